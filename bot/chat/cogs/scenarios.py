"""`/scenario`: cases made of a lesson's chain, as many as one likes."""

from discord import app_commands
from discord.ext import commands

from bot.chat.drill_buttons import drill_layout
from bot.chat.learners import learner_of
from bot.chat.replies import Interaction, show
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.domain.scenarios.case import SEEDS

Seed = app_commands.Range[int, 0, SEEDS - 1]


class ScenarioCog(commands.Cog):
    """Poses cases privately."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(description="Solve a made-up case: what is missing, what fails, what completes the design?")
    @app_commands.describe(
        lesson="A lesson with a chain; the first one when left out",
        seed="The number at the foot of a case, to get that case again",
    )
    async def scenario(self, interaction: Interaction, lesson: str | None = None, seed: Seed | None = None) -> None:
        drill = await self._services.drills.for_case(learner_of(interaction), lesson, seed)
        await show(interaction, drill_layout(drill))

    @scenario.autocomplete("lesson")
    async def _lessons(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_labs(typed))
