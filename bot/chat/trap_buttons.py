"""Trap cards in Discord: a card leads on to practice, lessons and other traps, and a button brings up a card."""

from typing import Any, Self

from discord import ui

from bot.chat.buttons import TrapwiseButton
from bot.chat.drill_buttons import Drill
from bot.chat.layouts import card
from bot.chat.lesson_buttons import LessonLink
from bot.chat.render.lessons import page_about
from bot.chat.render.text import cut
from bot.chat.render.traps import trap_card
from bot.chat.replies import Interaction, show, turn
from bot.chat.services import services_of
from bot.chat.trap_links import LABEL, SIGN, TRAP, card_id
from bot.domain.bank import Bank
from bot.domain.related import items_on, met_in, related
from bot.domain.trap import Trap

_RELATED = 3
_LESSONS = 4


class TrapCard(TrapwiseButton, template=TRAP):
    """Shows a trap's card: below the message it is on, or in its place, which leads from trap to trap."""

    def __init__(self, bank_id: str, trap_id: str, label: str, *, turns: bool = False) -> None:
        super().__init__(card_id(bank_id, trap_id, turns=turns), cut(label, LABEL), emoji=SIGN)
        self.bank_id, self.trap_id, self.turns = bank_id, trap_id, turns

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["bank"], parts["trap"], parts["trap"], turns=parts["how"] == "turn")

    async def pressed(self, interaction: Interaction) -> None:
        bank, trap = services_of(interaction).library.trap_of(self.bank_id, self.trap_id)
        await (turn if self.turns else show)(interaction, trap_layout(bank, trap))


def trap_layout(bank: Bank, trap: Trap) -> ui.LayoutView:
    """Lay out a trap's card with its buttons."""
    buttons: list[ui.Item[Any]] = []
    if items_on(bank, trap.id):
        buttons.append(Drill.for_trap(bank.id, trap.id))
    lessons = met_in(bank, trap.id)[:_LESSONS]
    buttons += [
        LessonLink(bank.id, each.id, page_about(bank, each, [trap.id]), f"Lesson {each.id}") for each in lessons
    ]
    layout = card(trap_card(bank, trap), buttons=buttons)
    near = related(bank, trap, limit=_RELATED)
    if near:
        layout.add_item(ui.ActionRow(*(TrapCard(bank.id, each.id, each.name, turns=True) for each in near)))
    return layout


OF_TRAPS = (TrapCard,)
