"""The buttons of live quizzes: under the lobby, under each question, and under the final board.

Everyone sees those that only hosts and organisers may use; the service looks who presses.
"""

import discord
from discord import ui

from bot.chat.buttons import NumberedButton
from bot.chat.layouts import row
from bot.chat.organisers import guild_of, quiz_channel
from bot.chat.render.text import plural
from bot.chat.replies import Interaction, reply
from bot.chat.services import services_of
from bot.chat.surfaces.private import AnswerPrivately, MyAnswer
from bot.domain.quiz import Quiz
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


class Skip(QuizButton, word="quizskip"):
    """Closes the open question, or asks the next one."""

    label, emoji = "Skip", "⏭️"

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.skip(actor_of(interaction), self.quiz_id)
        await reply(interaction, SKIPPED)


class Pause(QuizButton, word="quizpause"):
    """Lets the quiz wait."""

    label, emoji = "Pause", "⏸️"

    async def pressed(self, interaction: Interaction) -> None:
        await services_of(interaction).quizzing.pause(actor_of(interaction), self.quiz_id)
        await reply(interaction, PAUSED)


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

OF_QUIZZES = (Begin, Skip, Pause, Resume, Stop, Again)


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
    """Make the buttons under a question, or one that is over; those for hosts are there while it is one of a quiz."""
    controls: list[QuizButton] = []
    if quiz is not None:
        controls = [Skip(quiz.id), Pause(quiz.id), Stop(quiz.id)]
        if quiz.paused_at is not None:
            controls = [Resume(quiz.id), Stop(quiz.id)]
    answering = [AnswerPrivately(asked.id)] if asked.state not in OVER else []
    return row(*answering, MyAnswer(asked.id), *controls)
