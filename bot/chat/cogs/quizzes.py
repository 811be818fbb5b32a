"""`/quiz`: live quizzes in a channel, for everyone who is there."""

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.chat.layouts import row
from bot.chat.organisers import quiz_channel
from bot.chat.quiz_buttons import PAUSED, RESUMED, SKIPPED, STOPPED, Resume, actor_of, begun
from bot.chat.render.quizzes import no_cases
from bot.chat.render.text import plural
from bot.chat.replies import Interaction, reply
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.domain.item import Difficulty
from bot.domain.quiz import LONGEST, MOST_ITEMS, SHORTEST
from bot.services.quizzing import QuizWish

Questions = app_commands.Range[int, 1, MOST_ITEMS]
Seconds = app_commands.Range[int, SHORTEST, LONGEST]
_BY_BUTTON: Literal["button only"] = "button only"


@app_commands.guild_only()
class QuizCog(commands.GroupCog, group_name="quiz", group_description="A live quiz in this channel, for everyone here"):
    """Starts quizzes, and lets their hosts and organisers skip, pause and stop them."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command(description="Start a live quiz here: questions one after another, then a board")
    @app_commands.describe(
        topic="Only a lesson or an objective; everything when left out",
        trap="Only questions on a trap: type either of the two things",
        bank="What questions are about; the first bank when left out",
        questions="How many, 1 to 30; 10 when left out",
        seconds="How long each stays open, 10 to 300; 30 when left out",
        difficulty="Only easy, medium or hard ones",
        answers="Letters and the button, or the button only, so that nobody sees the others' answers",
        points="For organisers: let marks count on the server's boards, too",
        cases="For organisers: also ask generated cases; they are long to read: 90 seconds or more suit",
    )
    async def start(
        self,
        interaction: Interaction,
        *,
        topic: str | None = None,
        trap: str | None = None,
        bank: str | None = None,
        questions: Questions = 10,
        seconds: Seconds = 30,
        difficulty: Literal["easy", "medium", "hard"] | None = None,
        answers: Literal["letters and button", "button only"] = "letters and button",
        points: bool = False,
        cases: bool = False,
    ) -> None:
        advice = quiz_channel(interaction)
        wish = QuizWish(
            bank=bank,
            topic=topic,
            trap=trap,
            difficulty=Difficulty(difficulty) if difficulty is not None else None,
            count=questions,
            seconds=seconds,
            by_letter=answers != _BY_BUTTON,
            counts=points,
            cases=cases,
        )
        quiz = await self._services.quizzing.start(actor_of(interaction), wish)
        fewer = f" There are no more than {plural(quiz.count, 'such question')} now." if quiz.count < questions else ""
        without = no_cases(quiz, self._services.library.bank(quiz.bank)) if cases else None
        await reply(interaction, f"{begun(quiz)}{fewer}{f' {without}' if without is not None else ''}{advice}")

    @app_commands.command(description="Close the open question now and explain it; between two, ask the next one")
    async def skip(self, interaction: Interaction) -> None:
        await self._services.quizzing.skip(actor_of(interaction))
        await reply(interaction, SKIPPED)

    @app_commands.command(description="Let the quiz wait: the open question stays open, its time stands still")
    async def pause(self, interaction: Interaction) -> None:
        paused = await self._services.quizzing.pause(actor_of(interaction))
        await reply(interaction, PAUSED, view=row(Resume(paused.id)))

    @app_commands.command(description="Let a paused quiz go on")
    async def resume(self, interaction: Interaction) -> None:
        await self._services.quizzing.resume(actor_of(interaction))
        await reply(interaction, RESUMED)

    @app_commands.command(description="End the quiz: the open question is explained, then comes the final board")
    async def stop(self, interaction: Interaction) -> None:
        await self._services.quizzing.stop(actor_of(interaction))
        await reply(interaction, STOPPED)

    @start.autocomplete("topic")
    async def _topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices(self._services.library.suggest_topics(typed, interaction.namespace.bank, cases=True))

    @start.autocomplete("trap")
    async def _traps(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_traps(typed))

    @start.autocomplete("bank")
    async def _banks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_banks(typed))
