"""The buttons under a question: what a learner has on file, and settling what could not be told apart."""

from typing import Any, Self

import discord

from bot.chat.buttons import TrapwiseButton
from bot.chat.layouts import row
from bot.chat.letters import EMOJI
from bot.chat.render.marking import own_answer
from bot.chat.replies import Interaction, reply
from bot.chat.services import services_of
from bot.chat.surfaces.private import check_here, confirm, gone
from bot.domain.errors import NotOpen
from bot.domain.rounds import RoundState


class MyAnswer(TrapwiseButton, template=r"tw:mine:(?P<round>\d{1,18})"):
    """Shows privately what is on file for whoever presses it; also marks the post as belonging to its round."""

    def __init__(self, round_id: int) -> None:
        super().__init__(f"tw:mine:{round_id}", "My answer")
        self.round_id = round_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["round"]))

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
        check_here(interaction, self.round_id, self.letter)
        answering, member = services_of(interaction).answering, interaction.user
        held = answering.held(self.round_id, member.id)
        # Not held by an open round: it is closed, and `choose` says so.
        if held is None or held.unresolved:
            try:
                await answering.choose(self.round_id, member.id, self.letter, name=member.display_name)
            except NotOpen:
                await gone(interaction, self.round_id)
                return
        await confirm(interaction, self.round_id)


def post_id(message: discord.Message) -> int | None:
    """Give the round that a message is the post of, read from its button; `None` for any other message."""
    for component in message.components:
        for child in getattr(component, "children", ()):
            custom_id: Any = getattr(child, "custom_id", None)
            if isinstance(custom_id, str) and custom_id.startswith("tw:mine:"):
                return int(custom_id.removeprefix("tw:mine:"))
    return None
