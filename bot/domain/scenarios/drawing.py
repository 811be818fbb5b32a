"""Drawing: the next case to tell, one that nobody here has met as long as there are any."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from random import Random
from typing import Self

from bot.domain.bank import Bank
from bot.domain.item import Difficulty
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import SEEDS, Case
from bot.domain.scenarios.finding import all_traits, find_case, key_of, traits_at, traits_of_case
from bot.domain.scenarios.generating import generate, has_cases
from bot.domain.scenarios.plan import Traits

_TRIES = 200
_TRIES_EACH = 4
"""Seeds looked at for one fresh case, and for each one more: nearly always enough while there are many left."""

_LAST_TRIES = 5000
"""Seeds looked at when that was not enough and a case is left: of thousands, all but the last few are found by then."""

LEAST_SUSPECTS = 3
"""Cases of one difficulty are told only if so many links may be the first that is broken: else it gives them away."""


def labs(bank: Bank, difficulty: Difficulty | None = None) -> list[Lesson]:
    """List the lessons that cases can be made of, of one difficulty if it is given."""
    return [lesson for lesson in bank.lessons.values() if has_cases(lesson) and _has_such(lesson, difficulty)]


def _has_such(lesson: Lesson, difficulty: Difficulty | None) -> bool:
    if difficulty is None:
        return True
    suspects = {each.suspect for each in all_traits(lesson) if each.difficulty is difficulty}
    return len(suspects - {None}) >= LEAST_SUSPECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That a generated item was told, and when last; `key` as it was then, empty where that was not noted."""

    item_id: str
    at: datetime
    key: str = ""


def gives_away(bank: Bank, item_id: str, others: Collection[str]) -> bool:
    """Tell whether an item's answer is that of one of others, by their ids.

    It is the item itself, a case that differs in words only, or one in which the same is wrong.
    """
    if item_id in others:
        return True
    traits = traits_of_case(bank, item_id)
    return traits is not None and traits in _Taken.of(bank, others)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """Cases that may not be told now, nor any that would tell their answers."""

    keys: frozenset[str]
    truths: frozenset[str]

    @classmethod
    def of(cls, bank: Bank, item_ids: Iterable[str]) -> Self:
        found = [traits for each in item_ids if (traits := traits_of_case(bank, each)) is not None]
        return cls(keys=frozenset(each.key for each in found), truths=frozenset(each.truth for each in found))

    def __contains__(self, traits: Traits) -> bool:
        return traits.key in self.keys or traits.truth in self.truths


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What cases may come from, and what keeps them away.

    `told` are generated items that were told before; `taken` the ids of items that may not be told now, nor what would
    give them away. `lessons` must have cases, of the difficulty if it is given (see `labs`).
    """

    bank: Bank
    lessons: Sequence[Lesson]
    told: Collection[Telling] = ()
    taken: Collection[str]
    difficulty: Difficulty | None = None

    def fresh(self, rng: Random, *, count: int) -> list[Case]:
        """Draw up to `count` cases, no two alike, that were never told.

        Fewer come only when there are no more, or hardly any among thousands.
        """
        known, taken = set(self._last_told()), _Taken.of(self.bank, self.taken)
        found = list(islice(self._drawn(self.lessons, known, taken, rng, _TRIES + _TRIES_EACH * count), count))
        if len(found) < count:
            left = [lesson for lesson in self.lessons if self._any_left(lesson, known, taken)]
            found += islice(self._drawn(left, known, taken, rng, _LAST_TRIES), count - len(found))
        return found

    def again(self, *, count: int) -> list[Case]:
        """List up to `count` cases, no two alike, that were told before: those told longest ago."""
        taken, here = _Taken.of(self.bank, self.taken), {lesson.id for lesson in self.lessons}
        found: dict[str, Case] = {}
        for each in self._last_told().values():
            if len(found) == count:
                break
            case, traits = find_case(self.bank, each.item_id), traits_of_case(self.bank, each.item_id)
            if case is not None and traits is not None and case.lesson in here and self._suits(traits, taken):
                found.setdefault(traits.key, case)
        return list(found.values())

    def _last_told(self) -> dict[str, Telling]:
        """Give the last telling of each key, the oldest first."""
        last: dict[str, Telling] = {}
        for each in sorted(self.told, key=lambda each: (each.at, each.item_id)):
            key = each.key or key_of(self.bank, each.item_id)
            if key is not None:
                last.pop(key, None)
                last[key] = each
        return last

    def _drawn(
        self, lessons: Sequence[Lesson], known: set[str], taken: _Taken, rng: Random, tries: int
    ) -> Iterator[Case]:
        """Draw cases whose keys are not known, and make those known."""
        for _ in range(tries if lessons else 0):
            lesson, seed = rng.choice(lessons), rng.randrange(SEEDS)
            traits = traits_at(lesson, seed)
            if traits.key not in known and self._suits(traits, taken):
                known.add(traits.key)
                yield generate(lesson, seed)

    def _any_left(self, lesson: Lesson, known: Collection[str], taken: _Taken) -> bool:
        return any(each.key not in known and self._suits(each, taken) for each in all_traits(lesson))

    def _suits(self, traits: Traits, taken: _Taken) -> bool:
        return self.difficulty in (None, traits.difficulty) and traits not in taken
