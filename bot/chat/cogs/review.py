"""`/review`: what one has answered before, again when one is about to forget it."""

from discord import app_commands
from discord.ext import commands

from bot.chat.learners import learner_of
from bot.chat.replies import Interaction
from bot.chat.review_buttons import QUESTIONS, begin_review, resume_review
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.domain.sitting import Mode

Count = app_commands.Range[int, 1, 50]


class ReviewCog(commands.Cog):
    """Begins reviews, and goes on with the one that is open."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(description="Questions you answered before, again just before you would forget them")
    @app_commands.describe(
        questions="How many at most, 1 to 50; 20 when left out",
        bank="Which bank; the one with most due when left out",
    )
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def review(self, interaction: Interaction, questions: Count | None = None, bank: str | None = None) -> None:
        before = await self._services.sittings.current(learner_of(interaction), Mode.REVIEW)
        going = before is not None and before.open
        if before is not None and going and questions is None and bank is None:
            await resume_review(interaction, before)
        else:
            note = "Your earlier review has ended; its answers are kept." if going else ""
            await begin_review(interaction, bank, questions or QUESTIONS, note)

    @review.autocomplete("bank")
    async def _banks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_banks(typed))
