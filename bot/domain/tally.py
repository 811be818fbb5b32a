"""Tallies: what a closed round's answers add up to."""

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
    chosen = dict.fromkeys(posed.letters, 0)
    results = []
    for member, answer in given.items():
        for letter in answer.choice if not answer.unresolved else "":
            chosen[letter] += 1
        results.append(_result(posed, member, answer))
    return Tally(
        participants=len(given),
        fully_right=sum(result.mark.fraction == 1 for result in results),
        unresolved=sum(answer.unresolved for answer in given.values()),
        chosen=chosen,
        results=tuple(results),
    )


def slips(posed: PosedItem, answer: Answer) -> frozenset[str]:
    """Name the traps an answer is consistent with: those of the distractors it chose."""
    if answer.unresolved:
        return frozenset()
    return frozenset(
        option.trap for letter, option in posed.options if letter in answer.choice and option.trap is not None
    )


def _result(posed: PosedItem, member: int, answer: Answer) -> Result:
    mark = grade(posed, answer)
    return Result(member_id=member, mark=mark, units=units(mark, posed.item.weight), slips=slips(posed, answer))
