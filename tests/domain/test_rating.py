"""Spaced review: how answers are rated, what counts as forgetting, and what is due."""

from datetime import timedelta

import pytest

from bot.domain.history import Event, missed
from bot.domain.rating import AHEAD, APART, LEECH, Card, Rating, due, fallen_for, lapses, rate
from tests.builders import NOW

WORTH = 5040


def _event(
    days: float = 0, *, units: int = WORTH, sure: bool | None = None, fallen: str = "", item_id: str = "x"
) -> Event:
    return Event(
        item_id=item_id,
        at=NOW + timedelta(days=days),
        units=units,
        full=units == WORTH,
        fallen=frozenset(fallen.split()),
        sure=sure,
    )


@pytest.mark.parametrize(
    ("units", "sure", "rating"),
    [
        (WORTH, None, Rating.GOOD),
        (WORTH, True, Rating.EASY),
        (WORTH, False, Rating.HARD),
        (WORTH // 2, None, Rating.HARD),
        (WORTH // 2, True, Rating.HARD),
        (WORTH // 2 - 1, None, Rating.AGAIN),
        (0, True, Rating.AGAIN),
        (0, False, Rating.AGAIN),
    ],
)
def test_answers_are_rated(units: int, sure: bool | None, rating: Rating) -> None:
    """Right is good, easy when sure and hard when guessed; half or more is hard, less is forgotten."""
    assert rate(_event(units=units, sure=sure), WORTH) is rating


def test_forgetting_takes_a_day() -> None:
    """The first failure is no lapse, nor is one a moment after another answer; one a day later is."""

    def count(*events: Event) -> int:
        return lapses([(event, rate(event, WORTH)) for event in events])

    assert count(_event(0, units=0)) == 0
    assert count(_event(0), _event(0.9, units=0)) == 0
    assert count(_event(0), _event(1, units=0), _event(1.1, units=0), _event(3, units=0), _event(9)) == 2


def test_eight_lapses_make_a_leech() -> None:
    """As in Anki."""
    assert not Card(item_id="x", due=NOW, lapses=LEECH - 1).leech
    assert Card(item_id="x", due=NOW, lapses=LEECH).leech
    assert timedelta(days=1) == APART


def test_the_most_frequent_trap_comes_first() -> None:
    """Traps that were fallen for are named by how often."""
    assert fallen_for([_event(fallen="a b"), _event(fallen="b"), _event()]) == ("b", "a")


def test_what_is_due_soon_is_taken_along() -> None:
    """The longest due comes first; what is due in some hours is taken along, what is due later is not."""
    cards = [
        Card(item_id=name, due=NOW + after, lapses=0)
        for name, after in {"soon": AHEAD, "later": AHEAD + timedelta(seconds=1), "long": -timedelta(days=9)}.items()
    ]
    assert [card.item_id for card in due(cards, NOW)] == ["long", "soon"]


def test_the_latest_answer_says_what_was_missed() -> None:
    """Wrong or partly right the last time is missed, whatever was before."""
    events = [
        _event(2, item_id="fell"),
        _event(3, units=0, item_id="fell"),
        _event(2, units=0, item_id="rose"),
        _event(3, item_id="rose"),
        _event(1, units=WORTH // 2, item_id="half"),
    ]
    assert missed(events) == missed(reversed(events)) == {"fell", "half"}
