"""`/insights`: what organisers may know about how their server learns, without knowing who."""

from discord import app_commands
from discord.ext import commands

from bot.chat.layouts import card
from bot.chat.organisers import guild_of, notices_first
from bot.chat.render.text import LAYOUT_LIMIT
from bot.chat.render.traps import server_traps
from bot.chat.replies import Interaction, show
from bot.chat.services import Services
from bot.chat.trap_buttons import TrapCard


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class InsightCog(commands.GroupCog, group_name="insights", group_description="How the server learns, without names"):
    """Tells organisers, privately, what the server finds hard."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command(description="The traps that catch this server most, and whether that gets better")
    async def traps(self, interaction: Interaction) -> None:
        found = await self._services.profiles.insights(guild_of(interaction))
        buttons = [TrapCard(each.bank.id, each.trap.id, each.trap.name) for each in found]
        texts = server_traps(found)
        notices = await notices_first(interaction, LAYOUT_LIMIT - sum(map(len, texts)))
        await show(interaction, card([*notices, *texts], buttons=buttons))
