"""`/practice`: a run of questions for oneself, on what one likes, with the answer at once."""

from discord import app_commands
from discord.ext import commands

from bot.chat.learners import learner_of
from bot.chat.practice_buttons import begun
from bot.chat.replies import Interaction
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.domain.item import Difficulty
from bot.domain.sitting import Mode, Wish

QUESTIONS = 10
"""How many questions a run has unless one says otherwise."""

Count = app_commands.Range[int, 1, 30]


class PracticeCog(commands.Cog):
    """Begins practice runs, and goes on with the one that is open."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(
        description="Practise by yourself, with the answer and its trap at once, and go on where you stopped"
    )
    @app_commands.describe(
        topic="A lesson or an objective; everything when left out",
        trap="Only what has this trap: type either of the two things",
        difficulty="Only easy, medium or hard ones",
        questions="How many, 1 to 30; 10 when left out",
        missed="Only what you answered wrong the last time",
        bank="Which bank; the first that fits when left out",
    )
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def practice(
        self,
        interaction: Interaction,
        *,
        topic: str | None = None,
        trap: str | None = None,
        difficulty: Difficulty | None = None,
        questions: Count | None = None,
        missed: bool | None = None,
        bank: str | None = None,
    ) -> None:
        learner, services = learner_of(interaction), self._services
        before = await services.sittings.current(learner, Mode.PRACTICE)
        going = before is not None and before.open
        if before is not None and going and (topic, trap, difficulty, questions, missed, bank) == (None,) * 6:
            note = "Going on where you stopped. `/practice` with any option begins another run."
            await begun(interaction, before, note)
            return
        found = services.library.trap(trap) if trap is not None else None
        meant, topic = services.library.subject(bank or (found[0].id if found else None), topic)
        wish = Wish(
            count=questions or QUESTIONS,
            topic=topic,
            trap=found[1].id if found else None,
            difficulty=difficulty,
            missed=bool(missed),
        )
        begins = await services.practising.begin(learner, meant.id, wish)
        await begun(interaction, begins, "Your earlier run has ended; its answers are kept." if going else None)

    @practice.autocomplete("topic")
    async def _topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices(self._services.library.suggest_topics(typed, interaction.namespace.bank))

    @practice.autocomplete("trap")
    async def _traps(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_traps(typed))

    @practice.autocomplete("bank")
    async def _banks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_banks(typed))
