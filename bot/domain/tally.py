"""Tallies: what a closed round's answers add up to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.answer import Answer
from bot.domain.grading import grade, units
from bot.domain.kinds import Mark
from bot.domain.posed import PosedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one member's answer earned."""

    member_id: int
    mark: Mark
    units: int
    slips: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a round went: `chosen` counts the answers per letter, over `participants` answers that were given."""

    participants: int
    fully_right: int
    unresolved: int
    chosen: Mapping[str, int]
    results: tuple[Result, ...]


def tally(posed: PosedItem, answers: Mapping[int, Answer]) -> Tally:
    """Grade every given answer (by member id) and count the choices; unresolved answers count no letter."""
    given = {member: answer for member, answer in answers.items() if answer.given}
    results = []
    # Thousands of members give the same few answers: each is graded once.
    earned: dict[tuple[str, bool], tuple[Mark, int, frozenset[str]]] = {}
    for member, answer in given.items():
        what = (answer.choice, answer.unresolved)
        if what not in earned:
            earned[what] = _earned(posed, answer)
        mark, count, fallen_for = earned[what]
        results.append(Result(member_id=member, mark=mark, units=count, slips=fallen_for))
    return Tally(
        participants=len(given),
        fully_right=sum(result.mark.fraction == 1 for result in results),
        unresolved=sum(answer.unresolved for answer in given.values()),
        chosen=posed.chosen(Counter(answer.choice for answer in given.values() if not answer.unresolved)),
        results=tuple(results),
    )


def slips(posed: PosedItem, answer: Answer) -> frozenset[str]:
    """Name the traps an answer is consistent with: those of the distractors it chose."""
    return frozenset() if answer.unresolved else posed.slips(answer.choice)


def _earned(posed: PosedItem, answer: Answer) -> tuple[Mark, int, frozenset[str]]:
    mark = grade(posed, answer)
    return mark, units(mark, posed.item.weight), slips(posed, answer)
