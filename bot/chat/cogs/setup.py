"""`/setup`: from an empty server to a daily question in under a minute."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.layouts import row
from bot.chat.organisers import check_channel, guild_of, tell_organiser
from bot.chat.render.schedules import schedule as written
from bot.chat.replies import Interaction
from bot.chat.schedule_buttons import PostNow, Preview
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.domain.reading import read_time, read_zone, suggest_zones
from bot.services.organising import Wish


class SetupCog(commands.Cog):
    """Makes, or changes, the server's first schedule."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(description="Set up the daily question: where, when, and from which bank")
    @app_commands.describe(
        channel="Where questions are asked",
        time="Local time of day, such as 08:30",
        zone="Your time zone: type a city, such as Prague",
        bank="What questions are about; the first bank when left out",
    )
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def setup(
        self,
        interaction: Interaction,
        channel: discord.TextChannel,
        time: str,
        zone: str,
        bank: str | None = None,
    ) -> None:
        services = self._services
        wish = Wish(
            guild_id=guild_of(interaction),
            member_id=interaction.user.id,
            channel_id=channel.id,
            at=read_time(time),
            zone=read_zone(zone),
            bank=bank if bank is not None else services.library.banks[0].id,
        )
        advice = check_channel(channel)
        made = await services.organising.set_up(wish)
        text = (
            f"✅ Ready.\n{written(made, services.library, services.clock())}{advice}\n"
            "-# Days, number of questions, how long they stay open and more: `/schedule edit`."
        )
        await tell_organiser(interaction, text, view=row(Preview(made.id), PostNow(made.id)))

    @setup.autocomplete("zone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return [app_commands.Choice(name=name, value=name) for name in suggest_zones(typed)]

    @setup.autocomplete("bank")
    async def _banks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_banks(typed))
