"""Standings: competition ranking of members by what they earned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_LONGEST_KEY = 100

USED_UP = timedelta(days=60)
"""A member's second answer to an item within this time of a ranked one is practice: it earns no rank."""


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
    ordered = sorted(scores, key=lambda score: (-score.units, name_key(score.name), score.member_id))
    return ranked_from(ordered, place=1, first=1)


def ranked_from(scores: Sequence[Score], *, place: int, first: int) -> list[Standing]:
    """Rank a stretch of a board in its order; its first row is at `place` and shares rank `first` with those before."""
    standings: list[Standing] = []
    rank_now = first
    for number, score in enumerate(scores, start=place):
        if standings and standings[-1].score.units != score.units:
            rank_now = number
        standings.append(Standing(rank=rank_now, score=score))
    return standings


def key_of(period: Period, on: date) -> str:
    """Name the period of a kind that a date lies in: `all`, or the ISO 8601 week such as `2026-W48`."""
    match period:
        case Period.ALL_TIME:
            return "all"
        case Period.WEEK:
            year, week, _ = on.isocalendar()
            return f"{year:04}-W{week:02}"


def used_up_since(day: date) -> date:
    """Give the first date on which an earlier ranked answer to the same item makes an answer of a day practice."""
    return day - USED_UP


def name_key(name: str) -> str:
    """Fold a display name for the order inside a tie."""
    return name.casefold()[:_LONGEST_KEY]
