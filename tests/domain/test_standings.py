"""Standings: ranks, ties, stretches and periods."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.standings import Period, Score, key_of, rank, ranked_from, used_up_since

scores = st.lists(
    st.tuples(st.sampled_from(["Ann", "ann", "Ben", "Čeněk", "ß", "ss"]), st.integers(0, 3)),
    max_size=12,
).map(lambda rows: [_score(name, units, member_id=number) for number, (name, units) in enumerate(rows, start=1)])


def _score(name: str, units: int, *, member_id: int = 1) -> Score:
    return Score(member_id=member_id, name=name, units=units, answered=3, right=1)


def test_ranking_is_one_two_two_four() -> None:
    """Equal marks share a rank, and the next rank counts everyone before it."""
    standings = rank([_score("Dan", 1), _score("Cat", 5), _score("Ben", 5), _score("Ann", 9)])
    assert [(each.rank, each.score.name) for each in standings] == [(1, "Ann"), (2, "Ben"), (2, "Cat"), (4, "Dan")]


def test_a_tie_is_alphabetical_whatever_the_case() -> None:
    """Inside a tie names stand in order, and capitals do not come first."""
    assert [each.score.name for each in rank([_score("bea", 1), _score("Cat", 1), _score("ann", 1)])] == [
        "ann",
        "bea",
        "Cat",
    ]


def test_nobody_is_no_standings() -> None:
    """An empty board has no rows."""
    assert rank([]) == []
    assert ranked_from([], place=1, first=1) == []


@given(found=scores)
def test_a_rank_is_one_more_than_those_with_more(found: list[Score]) -> None:
    """Everyone is on the board once, and ranked by how many earned more than they did."""
    standings = rank(found)
    assert sorted(each.score.member_id for each in standings) == sorted(score.member_id for score in found)
    for each in standings:
        assert each.rank == 1 + sum(score.units > each.score.units for score in found)


@given(found=scores, rng=st.randoms(use_true_random=False))
def test_standings_do_not_depend_on_the_order_of_the_rows(found: list[Score], rng: Random) -> None:
    """The same scores in another order are the same board, even between people of one name."""
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert rank(shuffled) == rank(found)


@given(found=scores, place=st.integers(1, 12), size=st.integers(1, 5))
def test_a_stretch_of_a_board_is_ranked_as_in_the_whole(found: list[Score], place: int, size: int) -> None:
    """A page ranked by itself, from its place and how many stand before its first row, is that part of the board."""
    whole = rank(found)
    part = [each.score for each in whole[place - 1 :][:size]]
    first = 1 + sum(score.units > part[0].units for score in found) if part else 1
    assert ranked_from(part, place=place, first=first) == whole[place - 1 :][:size]


@pytest.mark.parametrize(
    ("on", "week"),
    [
        (date(2026, 11, 23), "2026-W48"),
        (date(2026, 11, 29), "2026-W48"),
        (date(2027, 1, 1), "2026-W53"),
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_weeks_are_those_of_iso_8601(on: date, week: str) -> None:
    """A week begins on Monday and belongs to the year that has most of it."""
    assert key_of(Period.WEEK, on) == week


@given(on=st.dates(), later=st.dates())
def test_two_dates_share_a_week_from_monday_to_sunday(on: date, later: date) -> None:
    """Two dates have one week's board in common just when they have the same Monday; all time is common to all."""
    mondays = {date.toordinal(each) - each.weekday() for each in (on, later)}
    assert (key_of(Period.WEEK, on) == key_of(Period.WEEK, later)) == (len(mondays) == 1)
    assert key_of(Period.ALL_TIME, on) == key_of(Period.ALL_TIME, later) == "all"


def test_an_item_is_used_up_for_sixty_days() -> None:
    """A ranked answer of the sixtieth day before makes an answer practice, one of the sixty-first does not."""
    assert used_up_since(date(2027, 3, 2)) == date(2027, 1, 1)
