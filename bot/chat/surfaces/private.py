"""Answers in private: a menu that only its member sees, with what is on file, a receipt for each choice, and Withdraw.

Whatever is chosen is received before anything is awaited, so two clicks at once count in the order in which they came.
"""

from typing import Self

import discord
from discord import ui

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.layouts import row
from bot.chat.render.private import closed, instruction, label, menu, receipt, withdrawn
from bot.chat.replies import Interaction, amend, reply
from bot.chat.services import services_of
from bot.domain.errors import ForeignPost, NotOpen
from bot.domain.item import ItemKind
from bot.domain.rounds import RoundState
from bot.services.recalling import OwnAnswer


class AnswerPrivately(TrapwiseButton, template=r"tw:private:(?P<round>\d{1,18})"):
    """Opens the menu for whoever presses it."""

    def __init__(self, round_id: int) -> None:
        super().__init__(f"tw:private:{round_id}", "Answer privately")
        self.round_id = round_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["round"]))

    async def pressed(self, interaction: Interaction) -> None:
        assert interaction.message is not None
        own = await services_of(interaction).recalling.own(self.round_id, interaction.message.id, interaction.user.id)
        if own.round.state is RoundState.OPEN:
            await reply(interaction, menu(own), view=choosing(own))
        else:
            await reply(interaction, closed(own))


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
                [
                    discord.SelectOption(label=label(letter, option.text), value=letter, default=letter in picked)
                    for letter, option in posed.options
                ],
                most=1 if posed.item.kind is ItemKind.SINGLE else len(posed.options),
                placeholder=instruction(own.round),
            )
        self.round_id = round_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["round"]))

    async def pressed(self, interaction: Interaction) -> None:
        letters = "".join(sorted(set(self.chosen)))
        check_here(interaction, self.round_id, letters)
        services, member = services_of(interaction), interaction.user
        try:
            await services.answering.choose(self.round_id, member.id, letters, name=member.display_name)
        except NotOpen:
            await gone(interaction, self.round_id)
        else:
            await confirm(interaction, self.round_id)


class Withdraw(TrapwiseButton, template=r"tw:withdraw:(?P<round>\d{1,18})"):
    """Withdraws what is on file, by whichever surface it was given."""

    in_place = True

    def __init__(self, round_id: int) -> None:
        super().__init__(f"tw:withdraw:{round_id}", "Withdraw")
        self.round_id = round_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["round"]))

    async def pressed(self, interaction: Interaction) -> None:
        check_here(interaction, self.round_id)
        services = services_of(interaction)
        try:
            before = await services.answering.withdraw(self.round_id, interaction.user.id)
        except NotOpen:
            await gone(interaction, self.round_id)
        else:
            own = await services.recalling.own_here(self.round_id, interaction.guild_id, interaction.user.id)
            await amend(interaction, withdrawn(own, before), view=choosing(own))


def check_here(interaction: Interaction, round_id: int, letters: str = "") -> None:
    """Refuse, without waiting for anything, a round of another server and letters that it does not have."""
    asked = services_of(interaction).answering.under_way(round_id)
    if asked is not None and (asked.guild_id != interaction.guild_id or not set(letters) <= set(asked.posed.letters)):
        raise ForeignPost


async def confirm(interaction: Interaction, round_id: int) -> None:
    """Show what is stored now in place of the message it was chosen from, with the menu to change it."""
    own = await services_of(interaction).recalling.own_here(round_id, interaction.guild_id, interaction.user.id)
    await amend(interaction, receipt(own), view=choosing(own))


async def gone(interaction: Interaction, round_id: int) -> None:
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
