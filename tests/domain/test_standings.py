"""Standings: ranks, ties, pages and periods."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.standings import Period, Score, first_day, page_of, rank

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
    assert page_of([], 1, 10) == []


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


@given(found=scores, size=st.integers(1, 5))
def test_pages_hold_everyone_once(found: list[Score], size: int) -> None:
    """Page by page the board is read without gaps or repetitions; beyond its end there is nothing."""
    standings = rank(found)
    pages = [page_of(standings, number, size) for number in range(1, len(standings) + 2)]
    assert [each for page in pages for each in page] == standings
    assert all(len(page) <= size for page in pages)


@pytest.mark.parametrize(
    ("today", "monday"),
    [
        (date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 29), date(2026, 11, 23)),
        (date(2027, 1, 1), date(2026, 12, 28)),
        (date(2024, 3, 1), date(2024, 2, 26)),
    ],
)
def test_a_week_begins_on_monday(today: date, monday: date) -> None:
    """Weeks are ISO weeks, across months and years."""
    assert first_day(Period.WEEK, today) == monday


def test_all_time_has_no_first_day() -> None:
    """The whole history counts."""
    assert first_day(Period.ALL_TIME, date(2026, 11, 23)) is None


@given(today=st.dates(min_value=date(1, 1, 8)))
def test_today_lies_in_its_week(today: date) -> None:
    """The first day is a Monday at most six days back."""
    first = first_day(Period.WEEK, today)
    assert first is not None
    assert first.weekday() == 0
    assert timedelta(0) <= today - first < timedelta(days=7)
