"""The buttons under a reveal: one's own answer explained, the lesson, a similar item, and reporting the item."""

from typing import Self

import discord

from bot.chat.buttons import TrapwiseButton
from bot.chat.drill_buttons import Drill
from bot.chat.layouts import REVEALED, card
from bot.chat.lesson_buttons import LessonLink
from bot.chat.render.explaining import own_explained
from bot.chat.render.lessons import CHAIN, INTRO
from bot.chat.render.marking import own_answer
from bot.chat.replies import Interaction, reply, show
from bot.chat.report_buttons import Report
from bot.chat.services import services_of
from bot.domain.errors import ForeignPost
from bot.domain.rounds import Round, RoundState
from bot.domain.scenarios.case import seed_of


class Explain(TrapwiseButton, template=r"tw:why:(?P<round>\d{1,18})"):
    """Explains privately the answer of whoever presses it."""

    def __init__(self, round_id: int) -> None:
        super().__init__(f"tw:why:{round_id}", "My answer explained", style=discord.ButtonStyle.primary)
        self.round_id = round_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["round"]))

    async def pressed(self, interaction: Interaction) -> None:
        assert interaction.message is not None
        services, message = services_of(interaction), interaction.message
        own = await services.recalling.own_here(self.round_id, interaction.guild_id, interaction.user.id)
        asked = own.round
        # A reveal that was sent just now is not known to the ledger yet.
        if asked.reveal_id not in (None, message.id):
            raise ForeignPost
        if asked.state is RoundState.VOID:
            await reply(interaction, own_answer(own))
            return
        traps = services.library.traps_of(asked.bank, asked.posed.item)
        taken = own.answer is not None and own.answer.given
        buttons = [] if taken else [Drill.of_item(asked.bank, asked.posed.item.id)]
        await show(interaction, card(own_explained(own, traps), accent=REVEALED, buttons=buttons))


def under_reveal(asked: Round) -> list[TrapwiseButton]:
    """Make the buttons of a round's reveal; that of a case leads to its chain."""
    item = asked.posed.item
    return [
        Explain(asked.id),
        LessonLink(asked.bank, item.lesson, INTRO if seed_of(item.id) is None else CHAIN),
        Drill.for_similar(asked.id),
        Report(asked.id),
    ]


UNDER_REVEALS = (Explain,)
