"""The buttons of live quizzes: under the lobby, under each question, and under the final board.

Everyone sees those that only hosts and organisers may use; the service looks who presses.
"""

from typing import ClassVar, Self

import discord
from discord import ui

from bot.chat.buttons import NumberedButton, TrapwiseButton
from bot.chat.layouts import row
from bot.chat.organisers import guild_of, quiz_channel
from bot.chat.render.text import plural
from bot.chat.replies import Interaction, reply
from bot.chat.services import services_of
from bot.chat.surfaces.private import AnswerPrivately, MyAnswer
from bot.domain.quiz import Quiz, QuizState
from bot.domain.rounds import OVER, Round
from bot.services.quizzing import Actor


class QuizButton(NumberedButton, word="base"):
    """A button that is about one quiz and nothing else."""

    @property
    def quiz_id(self) -> int:
        """The quiz that it is about."""
        return self.number


class Begin(QuizButton, word="quizbegin"):
    """Ends the lobby and asks the first question."""

    label, style = "Start now", discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.begin(actor_of(interaction), self.quiz_id)
        await reply(interaction, "Here comes the first question.")


class ItemButton(TrapwiseButton, template=r"tw:base"):
    """A button that is about one question of a quiz: once another is asked, it does nothing."""

    word: ClassVar[str]
    label: ClassVar[str]

    def __init_subclass__(cls, *, word: str) -> None:
        cls.word = word
        super().__init_subclass__(template=rf"tw:{word}:(?P<quiz>\d{{1,18}}):(?P<number>\d{{1,3}})")

    def __init__(self, quiz_id: int, number: int) -> None:
        super().__init__(f"tw:{self.word}:{quiz_id}:{number}", self.label, emoji="⏭️")
        self.quiz_id, self.number = quiz_id, number

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["quiz"]), int(parts["number"]))


class Skip(ItemButton, word="quizskip"):
    """Closes an open question."""

    label = "Skip"

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.skip(actor_of(interaction), self.quiz_id, open_item=self.number)
        await reply(interaction, SKIPPED)


class Next(ItemButton, word="quiznext"):
    """Asks what follows a question that is over, without more time to read."""

    label = "Next question"

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.skip(actor_of(interaction), self.quiz_id, read_item=self.number)
        await reply(interaction, SKIPPED)


class Pause(QuizButton, word="quizpause"):
    """Lets the quiz wait."""

    label, emoji = "Pause", "⏸️"

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.pause(actor_of(interaction), self.quiz_id)
        await reply(interaction, PAUSED, view=row(Resume(self.quiz_id)))


class Resume(QuizButton, word="quizresume"):
    """Lets a paused quiz go on."""

    label, emoji, style = "Resume", "▶️", discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.resume(actor_of(interaction), self.quiz_id)
        await reply(interaction, RESUMED)


class Stop(QuizButton, word="quizstop"):
    """Ends the quiz."""

    label, emoji = "Stop", "⏹️"

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.stop(actor_of(interaction), self.quiz_id)
        await reply(interaction, STOPPED)


class Again(QuizButton, word="quizagain"):
    """Starts another quiz of the same kind, whose host is whoever presses it."""

    label = "Another one like this"

    async def pressed(self, interaction: Interaction) -> None:
        quiz_channel(interaction)
        started = await services_of(interaction).quizzing.again(actor_of(interaction), self.quiz_id)
        await reply(interaction, begun(started))


SKIPPED = "On we go."
PAUSED = "Paused: what is open stays open, and nothing else is asked until you resume it, for half an hour at most."
RESUMED = "It goes on."
STOPPED = "Stopped: what is open is explained, then comes the final board."

OF_QUIZZES = (Begin, Skip, Next, Pause, Resume, Stop, Again)


def begun(quiz: Quiz) -> str:
    """Say that a quiz was started."""
    return f"🎯 A quiz of {plural(quiz.count, 'question')} is on its way to <#{quiz.channel_id}>."


def actor_of(interaction: Interaction) -> Actor:
    """Tell who does something, and where."""
    return Actor(
        guild_id=guild_of(interaction),
        channel_id=interaction.channel_id or 0,
        member_id=interaction.user.id,
        organiser=interaction.permissions.manage_guild,
    )


def under_question(asked: Round, quiz: Quiz | None) -> ui.View:
    """Make the buttons under a question, or one that is over; those for hosts are there while its quiz goes on."""
    answering = [AnswerPrivately(asked.id)] if asked.state not in OVER else []
    return row(*answering, MyAnswer(asked.id), *(_controls(asked, quiz) if quiz is not None else ()))


def _controls(asked: Round, quiz: Quiz) -> list[TrapwiseButton]:
    if asked.state not in OVER:
        if quiz.paused_at is not None:
            return [Resume(quiz.id), Stop(quiz.id)]
        return [Skip(quiz.id, asked.number), Pause(quiz.id), Stop(quiz.id)]
    if quiz.state is QuizState.OVER or asked.number >= quiz.count:
        return []
    return [Next(quiz.id, asked.number), Pause(quiz.id), Stop(quiz.id)]
