"""Answers in private: what is on file, a menu that only its member sees, a receipt for each choice, and Withdraw.

Whatever is chosen is received before anything is awaited, so two clicks at once count in the order in which they came.
"""

from collections.abc import Awaitable
from typing import Self

from discord import ui

from bot.chat.buttons import RoundButton, TrapwiseButton, TrapwiseMenu
from bot.chat.choosing import options_of
from bot.chat.layouts import row
from bot.chat.letters import EMOJI
from bot.chat.render.marking import own_answer
from bot.chat.render.private import closed, instruction, menu, receipt, withdrawn
from bot.chat.replies import Interaction, amend, reply
from bot.chat.services import services_of
from bot.domain.errors import ForeignPost, NotOpen
from bot.domain.rounds import RoundState
from bot.services.recalling import OwnAnswer


class AnswerPrivately(RoundButton, word="private"):
    """Opens the menu for whoever presses it."""

    label = "Answer privately"

    async def pressed(self, interaction: Interaction) -> None:
        assert interaction.message is not None
        own = await services_of(interaction).recalling.own(self.round_id, interaction.message.id, interaction.user.id)
        if own.round.state is RoundState.OPEN:
            await reply(interaction, menu(own), view=choosing(own))
        else:
            await reply(interaction, closed(own))


class MyAnswer(RoundButton, word="mine"):
    """Shows privately what is on file for whoever presses it; also marks the post as belonging to its round."""

    label = "My answer"

    async def pressed(self, interaction: Interaction) -> None:
        assert interaction.message is not None
        own = await services_of(interaction).recalling.own(self.round_id, interaction.message.id, interaction.user.id)
        unsettled = (
            own.answer.choice
            if own.answer is not None and own.answer.unresolved and own.round.state is RoundState.OPEN
            else ""
        )
        view = row(*(Settle(self.round_id, letter) for letter in unsettled)) if unsettled else None
        await reply(interaction, own_answer(own), view=view)


class Choice(TrapwiseMenu, template=r"tw:choose:(?P<round>\d{1,18}):\d{1,15}[A-J]{0,10}"):
    """Records what is chosen from the options of a question.

    The last part of its id is since when what is picked in it, so that it is another menu after each change.
    """

    in_place = True

    def __init__(self, round_id: int, own: OwnAnswer | None = None) -> None:
        if own is None:
            super().__init__(f"tw:choose:{round_id}:0")
        else:
            posed, picked = own.round.posed, _picked(own)
            since = 0 if own.answer is None else int(own.answer.at.timestamp() * 1000)
            super().__init__(
                f"tw:choose:{round_id}:{since}{picked}",
                options_of(posed, picked),
                most=own.round.posed.most,
                placeholder=instruction(own.round),
            )
        self.round_id = round_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["round"]))

    async def pressed(self, interaction: Interaction) -> None:
        letters = "".join(sorted(set(self.chosen)))
        _check_here(interaction, self.round_id, letters)
        member = interaction.user
        choice = services_of(interaction).answering.choose(self.round_id, member.id, letters, name=member.display_name)
        await _confirmed(interaction, self.round_id, choice)


class Settle(TrapwiseButton, template=r"tw:settle:(?P<round>\d{1,18}):(?P<letter>[A-J])"):
    """Says which of several letters was meant."""

    in_place = True

    def __init__(self, round_id: int, letter: str) -> None:
        super().__init__(f"tw:settle:{round_id}:{letter}", f"Option {letter}", emoji=EMOJI[letter])
        self.round_id = round_id
        self.letter = letter

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["round"]), parts["letter"])

    async def pressed(self, interaction: Interaction) -> None:
        _check_here(interaction, self.round_id, self.letter)
        answering, member = services_of(interaction).answering, interaction.user
        held = answering.held(self.round_id, member.id)
        # Not held by an open round: it is closed, and `choose` says so.
        unsettled = held is None or held.unresolved
        choice = (
            answering.choose(self.round_id, member.id, self.letter, name=member.display_name) if unsettled else None
        )
        await _confirmed(interaction, self.round_id, choice)


class Withdraw(RoundButton, word="withdraw"):
    """Withdraws what is on file, by whichever surface it was given."""

    label = "Withdraw"
    in_place = True

    async def pressed(self, interaction: Interaction) -> None:
        _check_here(interaction, self.round_id)
        services = services_of(interaction)
        try:
            before = await services.answering.withdraw(self.round_id, interaction.user.id)
        except NotOpen:
            await _gone(interaction, self.round_id)
        else:
            own = await services.recalling.own_here(self.round_id, interaction.guild_id, interaction.user.id)
            await amend(interaction, withdrawn(own, before), view=choosing(own))


def _check_here(interaction: Interaction, round_id: int, letters: str | None = None) -> None:
    """Refuse, without waiting for anything, a round of another server and letters that its menu does not offer."""
    asked = services_of(interaction).answering.under_way(round_id)
    if asked is None:
        return
    if asked.guild_id != interaction.guild_id or (letters is not None and not asked.posed.offers(letters)):
        raise ForeignPost


async def _confirmed(interaction: Interaction, round_id: int, choice: Awaitable[object] | None) -> None:
    """Wait for a choice, and show what is stored now in place of the message it came from, with the menu to change it.

    When the question takes no answers any more, say so in its place.
    """
    try:
        if choice is not None:
            await choice
    except NotOpen:
        await _gone(interaction, round_id)
        return
    own = await services_of(interaction).recalling.own_here(round_id, interaction.guild_id, interaction.user.id)
    await amend(interaction, receipt(own), view=choosing(own))


async def _gone(interaction: Interaction, round_id: int) -> None:
    """Say in place of a stale message that its question takes no answers any more."""
    own = await services_of(interaction).recalling.own_here(round_id, interaction.guild_id, interaction.user.id)
    await amend(interaction, closed(own))


def choosing(own: OwnAnswer) -> ui.View | None:
    """Make the menu with what is on file picked already, and Withdraw when there is something; none after the close."""
    if own.round.state is not RoundState.OPEN:
        return None
    given = own.answer is not None and own.answer.given
    return row(Choice(own.round.id, own), *([Withdraw(own.round.id)] if given else []))


def _picked(own: OwnAnswer) -> str:
    """Give the letters on file; none of several that cannot be told apart."""
    return own.answer.choice if own.answer is not None and not own.answer.unresolved else ""


OF_ANSWERS = (AnswerPrivately, MyAnswer, Choice, Settle, Withdraw)
