"""`/trap`: two things that are easily confused, told apart."""

from discord import app_commands
from discord.ext import commands

from bot.chat.replies import Interaction, show
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.chat.trap_buttons import trap_layout


class TrapCog(commands.Cog):
    """Shows traps privately."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(description="Explain a trap: two things that are easily confused")
    @app_commands.describe(name="Type either of the two things, such as antivirus")
    async def trap(self, interaction: Interaction, name: str) -> None:
        bank, trap = self._services.library.trap(name)
        await show(interaction, trap_layout(bank, trap))

    @trap.autocomplete("name")
    async def _traps(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_traps(typed))
