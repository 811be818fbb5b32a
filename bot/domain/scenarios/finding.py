"""Finding: the case that an item's id stands for, what tells it from others, and what was wrong in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from bot.domain.bank import Bank
from bot.domain.chain import Chain
from bot.domain.item import Item
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import MARK, SEEDS, Case, Flaw, case_id, case_item, seed_of
from bot.domain.scenarios.generating import case_of, generate, has_cases
from bot.domain.scenarios.plan import Traits, all_plans, draw_plan, traits_of

_TRAITS_KEPT = 2**14
"""Traits kept: for each new case those of all that somebody met are compared, and each takes a while to work out."""

_LABS_KEPT = 64
"""Lessons of which the traits of all cases are kept, a thousand or two of each."""


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


def traits_of_case(bank: Bank, item_id: str) -> Traits | None:
    """What the case of an item's id is compared with the bank's others by; None for any other id."""
    found = _lab(bank, item_id)
    return None if found is None else _kept_traits(_Itself(found[0]), found[1])


def key_of(bank: Bank, item_id: str) -> str | None:
    """What tells the case of an item's id from the bank's others; None for any other id."""
    traits = traits_of_case(bank, item_id)
    return None if traits is None else traits.key


def traits_at(lesson: Lesson, seed: int) -> Traits:
    """The traits of the case of a seed, without telling it. The lesson must have cases."""
    assert lesson.chain is not None
    return traits_of(lesson, lesson.chain, draw_plan(lesson.chain, Random(seed)))


def all_traits(lesson: Lesson) -> Collection[Traits]:
    """The traits that cases of a lesson can have. The lesson must have cases."""
    return _all_kept(_Itself(lesson))


class _Itself:
    """A lesson as a key: equal to no other object, however alike, and quick to compare."""

    __slots__ = ("lesson",)

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson

    def __hash__(self) -> int:
        return id(self.lesson)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.lesson is self.lesson


@lru_cache(maxsize=_TRAITS_KEPT)
def _kept_traits(itself: _Itself, seed: int) -> Traits:
    return traits_at(itself.lesson, seed)


@lru_cache(maxsize=_LABS_KEPT)
def _all_kept(itself: _Itself) -> tuple[Traits, ...]:
    lesson, chain = itself.lesson, itself.lesson.chain
    assert chain is not None
    return tuple(dict.fromkeys(traits_of(lesson, chain, plan) for plan in all_plans(chain)))


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
