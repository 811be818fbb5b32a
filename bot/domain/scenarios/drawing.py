"""Drawing: the next case to tell, one that nobody here has met as long as there are any."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from random import Random

from bot.domain.bank import Bank
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import SEEDS, Case
from bot.domain.scenarios.finding import find_case, key_at, key_of
from bot.domain.scenarios.generating import generate, has_cases

_TRIES = 200
"""Seeds looked at for a fresh case: of a thousand cases, all but the last few are found by then."""


def labs(bank: Bank) -> list[Lesson]:
    """List the lessons that cases can be made of."""
    return [lesson for lesson in bank.lessons.values() if has_cases(lesson)]


def is_same(bank: Bank, item_id: str, others: Collection[str]) -> bool:
    """Tell whether an item is among others, by their ids: itself, or a case that differs in words only."""
    if item_id in others:
        return True
    key = key_of(bank, item_id)
    return key is not None and any(key == key_of(bank, other) for other in others)


def _any(_: Case) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What cases may come from, and what keeps them away.

    `told` are the ids of generated items that were told before, with the instant of the last time; `taken` those that
    may not be told now. `fits` narrows cases down further. `lessons` must have cases.
    """

    bank: Bank
    lessons: Sequence[Lesson]
    told: Mapping[str, datetime]
    taken: Collection[str]
    fits: Callable[[Case], bool] = _any

    def fresh(self, rng: Random, *, count: int) -> list[Case]:
        """Draw up to `count` cases, no two alike, that were never told."""
        known = {key_of(self.bank, each) for each in (*self.told, *self.taken)}
        found: list[Case] = []
        for _ in range(_TRIES if self.lessons else 0):
            if len(found) == count:
                break
            lesson, seed = rng.choice(self.lessons), rng.randrange(SEEDS)
            key = key_at(lesson, seed)
            if key not in known and self.fits(case := generate(lesson, seed)):
                known.add(key)
                found.append(case)
        return found

    def again(self, *, count: int) -> list[Case]:
        """List up to `count` cases, no two alike, that were told before: those told longest ago."""
        if not count:
            return []
        known = {key_of(self.bank, each) for each in self.taken}
        last: dict[str, str] = {}
        for item_id in sorted(self.told, key=lambda each: (self.told[each], each)):
            if (key := key_of(self.bank, item_id)) is not None and key not in known:
                last.pop(key, None)
                last[key] = item_id
        here = {lesson.id for lesson in self.lessons}
        found = (find_case(self.bank, item_id) for item_id in last.values())
        fitting = (case for case in found if case is not None and case.lesson in here and self.fits(case))
        return list(islice(fitting, count))
