"""Grading: from a choice to marks, exactly."""

from collections.abc import Collection
from fractions import Fraction
from math import floor

from bot.domain.answer import Answer
from bot.domain.item import Item
from bot.domain.kinds import KINDS, Mark
from bot.domain.posed import PosedItem

UNITS_PER_MARK = 5040
"""Marks are stored as whole units: 5040 is divisible by every key size from 1 to 10, twice over for half weights."""


def grade(posed: PosedItem, answer: Answer) -> Mark:
    """Grade one answer; an unresolved one earns nothing, for guessing which letter was meant would be unfair."""
    return grade_choice(posed, "" if answer.unresolved else answer.choice)


def grade_choice(posed: PosedItem, choice: Collection[str]) -> Mark:
    """Grade the letters that were chosen, wherever they were."""
    return KINDS[posed.item.kind].mark(key=posed.key, chosen=frozenset(choice), rule=posed.item.rule)


def units(mark: Mark, weight: Fraction) -> int:
    """Give the marks earned, in units of 1/5040 mark; exact for weights in halves."""
    earned = mark.fraction * weight * UNITS_PER_MARK
    if earned.denominator != 1:
        message = f"a weight of {weight} cannot be stored exactly"
        raise ValueError(message)
    return earned.numerator


def worth(item: Item) -> int:
    """Give the units that a fully right answer to an item earns."""
    return int(item.weight * UNITS_PER_MARK)


def marks(earned: int) -> str:
    """Write units as a number of marks, rounded once to at most two decimals, halves up: `3`, `2.5`, `1.33`."""
    hundredths = floor(Fraction(earned * 100, UNITS_PER_MARK) + Fraction(1, 2))
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")
