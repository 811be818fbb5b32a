"""`/insights`: what organisers may know about how their server learns, without knowing who."""

from discord import app_commands
from discord.ext import commands

from bot.chat.layouts import card
from bot.chat.organisers import guild_of
from bot.chat.render.traps import server_traps
from bot.chat.replies import Interaction, show
from bot.chat.services import Services
from bot.chat.trap_buttons import TrapCard
from bot.domain.errors import OrganisersOnly


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class InsightCog(commands.GroupCog, group_name="insights", group_description="How the server learns, without names"):
    """Tells organisers, privately, what the server finds hard."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command(description="The traps that catch this server most, and whether that gets better")
    async def traps(self, interaction: Interaction) -> None:
        # The server's settings may show the command to others; figures about a group are for those who answer for it.
        if not interaction.permissions.manage_guild:
            raise OrganisersOnly
        found = await self._services.profiles.insights(guild_of(interaction))
        buttons = [TrapCard(each.bank.id, each.trap.id, f"Card {place}") for place, each in enumerate(found, start=1)]
        await show(interaction, card(server_traps(found), buttons=buttons))
