"""Finding: the case that an item's id stands for, what tells it from others, and what was wrong in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from bot.domain.bank import Bank
from bot.domain.chain import Chain
from bot.domain.item import Item
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import MARK, SEEDS, Case, Flaw, case_id, case_item, seed_of
from bot.domain.scenarios.generating import case_of, generate, has_cases
from bot.domain.scenarios.plan import draw_plan, key_of_plan

_KEYS_KEPT = 2**14
"""Keys kept: for each new case those of all that somebody met are compared, and each takes a while to work out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a case turns out to be: its chain, and the links that are not sound with what is wrong, in causal order."""

    chain: Chain
    flaws: tuple[Flaw, ...]

    @property
    def broken(self) -> Mapping[str, str]:
        """The names of the faults by the ids of their links."""
        return {flaw.link.id: flaw.fault.name for flaw in self.flaws}


def find_case(bank: Bank, item_id: str) -> Case | None:
    """The case that an item's id stands for, as its lesson tells it now; None for any other id."""
    found = _lab(bank, item_id)
    return None if found is None else generate(*found)


def find_item(bank: Bank, item_id: str) -> Item | None:
    """The item with this id, written or generated, if the bank has it."""
    written = bank.item(item_id)
    if written is not None:
        return written
    case = find_case(bank, item_id)
    return None if case is None else case_item(case, rule=bank.rule)


def key_of(bank: Bank, item_id: str) -> str | None:
    """What tells the case of an item's id from the bank's others; None for any other id."""
    found = _lab(bank, item_id)
    return None if found is None else _kept_key(_Itself(found[0]), found[1])


def key_at(lesson: Lesson, seed: int) -> str:
    """The key of the case of a seed, without telling it. The lesson must have cases."""
    assert lesson.chain is not None
    return key_of_plan(lesson, lesson.chain, draw_plan(lesson.chain, Random(seed)))


class _Itself:
    """A lesson as a key: equal to no other object, however alike, and quick to compare."""

    __slots__ = ("lesson",)

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson

    def __hash__(self) -> int:
        return id(self.lesson)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.lesson is self.lesson


@lru_cache(maxsize=_KEYS_KEPT)
def _kept_key(itself: _Itself, seed: int) -> str:
    return key_at(itself.lesson, seed)


def diagnose(bank: Bank, item: Item) -> Diagnosis | None:
    """What was wrong in the case that an item was made from; None if it is no case, or its lesson has changed since."""
    lesson = bank.lessons.get(item.lesson)
    if lesson is None or lesson.chain is None:
        return None
    case = case_of(lesson, item)
    return None if case is None else Diagnosis(chain=lesson.chain, flaws=case.flaws)


def _lab(bank: Bank, item_id: str) -> tuple[Lesson, int] | None:
    seed = seed_of(item_id)
    lesson = bank.lessons.get(item_id.partition(MARK)[0])
    if seed is None or not seed < SEEDS or lesson is None or not has_cases(lesson):
        return None
    return (lesson, seed) if case_id(lesson.id, seed) == item_id else None
