"""`/exam`: a mock exam drawn by the blueprint, with a time limit, and how the earlier ones went."""

from discord import app_commands
from discord.ext import commands

from bot.chat.exam_buttons import show_exam
from bot.chat.exam_results import record_layout
from bot.chat.learners import learner_of
from bot.chat.replies import Interaction, show
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.domain.exam import FEWEST, MOST

_LONGEST = 240
_STILL_OPEN = "-# You have this one open: go on with it, or hand it in. After that `/exam start` begins another."
_RAN_OUT = "-# This is the exam that you had open. `/exam start` once more begins another."

Questions = app_commands.Range[int, FEWEST, MOST]
Minutes = app_commands.Range[int, 1, _LONGEST]


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class ExamCog(
    commands.GroupCog, group_name="exam", group_description="A mock exam by the blueprint, against the clock"
):
    """Begins exams, goes on with the one that is open, and shows those that are over; privately."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command(description="Begin a mock exam, or go on with the one that is open")
    @app_commands.describe(
        questions="How many, 5 to 60; half of what the bank has when left out",
        minutes="How long, 1 to 240; a minute and a half for each question when left out",
        bank="Which bank; the first one when left out",
    )
    async def start(
        self,
        interaction: Interaction,
        questions: Questions | None = None,
        minutes: Minutes | None = None,
        bank: str | None = None,
    ) -> None:
        learner, examining = learner_of(interaction), self._services.examining
        exam = await examining.start(learner, bank, count=questions, minutes=minutes)
        await show_exam(interaction, exam, _STILL_OPEN if exam.sitting.open else _RAN_OUT)

    @start.autocomplete("bank")
    async def _banks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_banks(typed))

    @app_commands.command(description="Your mock exams, how each went, and whether you get better")
    async def history(self, interaction: Interaction) -> None:
        await show(interaction, record_layout(await self._services.examining.record(learner_of(interaction))))
