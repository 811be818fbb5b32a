"""Standings: competition ranking of members by what they earned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Period(StrEnum):
    """The time a board covers; a period is a query, never a reset."""

    ALL_TIME = "all time"
    WEEK = "this week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one member earned in a period: `units` of marks (see `bot.domain.grading`) over `answered` rounds."""

    member_id: int
    name: str
    units: int
    answered: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One row of a leaderboard."""

    rank: int
    score: Score


def rank(scores: Iterable[Score]) -> list[Standing]:
    """Rank scores 1, 2, 2, 4 by marks; inside a tie alphabetically."""
    ordered = sorted(scores, key=lambda score: (-score.units, score.name.casefold(), score.member_id))
    standings: list[Standing] = []
    for place, score in enumerate(ordered, start=1):
        tied = bool(standings) and standings[-1].score.units == score.units
        standings.append(Standing(rank=standings[-1].rank if tied else place, score=score))
    return standings


def page_of(standings: Sequence[Standing], number: int, size: int) -> Sequence[Standing]:
    """Give page `number` (from 1) of `size` rows."""
    return standings[(number - 1) * size : number * size]


def first_day(period: Period, today: date) -> date | None:
    """Give the first date of the period that `today` lies in, `None` for no limit; weeks begin on Monday (ISO 8601)."""
    match period:
        case Period.ALL_TIME:
            return None
        case Period.WEEK:
            return today - timedelta(days=today.weekday())
