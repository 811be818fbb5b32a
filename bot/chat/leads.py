"""What an explained answer leads on to: the lesson where it tells of the traps, and the cards of those fallen for."""

from collections.abc import Collection
from typing import Any

from discord import ui

from bot.chat.lesson_buttons import LessonLink
from bot.chat.render.lessons import INTRO, page_about
from bot.chat.trap_links import trap_link
from bot.domain.bank import Bank
from bot.domain.posed import PosedItem

MOST_TRAPS = 3
"""Traps that an explanation leads to."""


def to_lesson(bank: Bank, posed: PosedItem, choice: Collection[str]) -> LessonLink:
    """Lead to the page about a trap that a choice fell for, else about another one of the item's."""
    lesson = bank.lessons.get(posed.item.lesson)
    named = [*sorted(posed.slips(choice)), *posed.traps]
    return LessonLink(bank.id, posed.item.lesson, INTRO if lesson is None else page_about(bank, lesson, named))


def to_traps(bank: Bank, posed: PosedItem, choice: Collection[str]) -> list[ui.Item[Any]]:
    """Lead to the cards of the traps that a choice fell for, as far as the bank has them."""
    fallen = [bank.traps[trap] for trap in sorted(posed.slips(choice)) if trap in bank.traps]
    return [trap_link(bank.id, trap) for trap in fallen[:MOST_TRAPS]]
