"""Trap profiles: what slips and right answers come to, over time."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.practice import Go
from bot.domain.profile import (
    BACK,
    FORGOTTEN,
    HALF_LIFE,
    RECENT,
    Encounter,
    Meeting,
    Share,
    group_weights,
    practised,
    profile,
    trend,
    weigh,
)
from tests.builders import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def met(days_ago: float, *, fell: bool, trap: str = "door-as-lock", bank: str = "sample") -> Encounter:
    """Say that a trap was met some days ago."""
    return Encounter(bank=bank, trap=trap, at=NOW - days_ago * DAY, fell=fell)


def _slip(days_ago: float = 0, trap: str = "door-as-lock") -> Encounter:
    return met(days_ago, fell=True, trap=trap)


def _right(days_ago: float = 0, trap: str = "door-as-lock") -> Encounter:
    return met(days_ago, fell=False, trap=trap)


encounters = st.lists(
    st.builds(met, st.integers(-40, 400), fell=st.booleans(), trap=st.sampled_from(["a", "b"])), max_size=30
)
lives = encounters.map(lambda found: [each for each in found if each.trap == "a"])
pasts = lives.map(lambda found: [each for each in found if each.at <= NOW])


@pytest.mark.parametrize(
    ("events", "weight"),
    [
        ([], 0),
        ([_slip()], 1),
        ([_slip(), _slip()], 2),
        ([_slip(30)], 0.5),
        ([_slip(90)], 0.125),
        ([_slip(30), _slip()], 1.5),
        ([_slip(1), _right(1 / 2)], 0.5 ** (1 / 30) - BACK * 0.5 ** (1 / 60)),
        ([_slip(30), _right(0)], 0),
        ([_slip(), _slip(), _slip(), _right(-1)], 3 - BACK),
        ([_slip(), _slip(-30)], 2),
        ([_right(1), _right(1), _slip()], 1),
        ([_right(), _slip()], 1),
    ],
)
def test_the_rule_in_numbers(events: list[Encounter], weight: float) -> None:
    """A slip adds one, a later right answer takes half off, and everything halves in thirty days."""
    assert weigh(events, NOW) == pytest.approx(weight)


@given(found=lives)
def test_a_weight_lies_between_nothing_and_the_number_of_slips(found: list[Encounter]) -> None:
    """However many right answers: never below zero; and without any, never above the slips."""
    assert 0 <= weigh(found, NOW) <= sum(each.fell for each in found)


@given(found=encounters, seed=st.integers())
def test_order_is_that_of_time_alone(found: list[Encounter], seed: int) -> None:
    """Whatever the order they are told in, the same encounters give the same profile."""
    shuffled = Random(seed).sample(found, len(found))
    assert profile(shuffled, NOW) == profile(found, NOW)


@given(found=lives, days=st.integers(-40, 400))
def test_one_more_slip_never_helps_and_one_more_right_answer_never_harms(found: list[Encounter], days: int) -> None:
    """Falling once more, whenever it was, never makes a weight smaller; being right never makes it greater."""
    weight, tiny = weigh(found, NOW), 1e-9
    assert weigh([*found, met(days, fell=True, trap="a")], NOW) >= weight - tiny
    assert weigh([*found, met(days, fell=False, trap="a")], NOW) <= weight + tiny


@given(found=pasts, wait=st.integers(0, 1000))
def test_time_alone_fades_a_weight(found: list[Encounter], wait: int) -> None:
    """While nothing happens a weight only fades, by half every thirty days."""
    later = weigh(found, NOW + wait * DAY)
    assert later == pytest.approx(weigh(found, NOW) * 0.5 ** (wait * DAY / HALF_LIFE))


@given(found=lives, days=st.integers(401, 900), count=st.integers(1, 9))
def test_right_answers_before_the_first_slip_are_no_credit(found: list[Encounter], days: int, count: int) -> None:
    """Only later right answers count back."""
    assert weigh([*found, *[met(days, fell=False, trap="a")] * count], NOW) == weigh(found, NOW)


@given(found=pasts)
def test_a_slip_now_counts_one_whatever_came_before(found: list[Encounter]) -> None:
    """The latest slip weighs one, on top of what was left."""
    assert weigh([*found, met(0, fell=True, trap="a")], NOW) == pytest.approx(weigh(found, NOW) + 1)


@given(found=pasts)
def test_enough_right_answers_clear_a_trap(found: list[Encounter]) -> None:
    """Two right answers a slip are always enough, and then the trap is in the profile no more."""
    cleared = [*found, *[met(-1, fell=False, trap="a")] * (2 * len(found))]
    assert weigh(cleared, NOW + DAY) == 0
    assert profile(cleared, NOW + DAY) == []


@given(found=encounters)
def test_a_profile_has_each_trap_fallen_for_once(found: list[Encounter]) -> None:
    """One confusion per trap with its slips counted, the heaviest first, none that is forgotten."""
    listed = profile(found, NOW)
    assert [each.weight for each in listed] == sorted((each.weight for each in listed), reverse=True)
    for trap in ("a", "b"):
        mine = [each for each in found if each.trap == trap]
        weight, times = weigh(mine, NOW), sum(each.fell for each in mine)
        there = [each for each in listed if each.trap == trap]
        assert [(each.times, each.weight) for each in there] == (
            [(times, weight)] if times and weight >= FORGOTTEN else []
        )


def test_of_equal_traps_the_latest_comes_first() -> None:
    """What weighs the same is listed by the latest slip, then by name; banks are kept apart."""
    found = [_slip(0, "a"), _slip(0, "c"), met(0, fell=True, trap="a", bank="other")]
    assert [(each.bank, each.trap) for each in profile(found, NOW)] == [
        ("other", "a"),
        ("sample", "a"),
        ("sample", "c"),
    ]
    clock_set_back = [_slip(-1, "late"), _slip(0, "a")]
    assert [each.trap for each in profile(clock_set_back, NOW)] == ["late", "a"]


def test_a_slip_is_forgotten_after_three_half_lives() -> None:
    """A single slip is in the profile for ninety days; who falls more often is remembered longer."""
    assert [each.times for each in profile([_slip(90)], NOW)] == [1]
    assert profile([_slip(90.1)], NOW) == []
    assert [each.times for each in profile([_slip(100), _slip(100)], NOW)] == [2]


def _go(hours: float, *fallen: str, resisted: str = "", item: str = "1.1-001", bank: str = "sample") -> Go:
    return Go(
        bank=bank, item_id=item, at=NOW + hours * HOUR, fallen=frozenset(fallen), resisted=frozenset(resisted.split())
    )


def _met(*goes: Go, asked: Iterable[float] = ()) -> list[tuple[str, float, bool]]:
    read = {("sample", "1.1-001"): [NOW + hours * HOUR for hours in asked]}
    return [(each.trap, (each.at - NOW) / HOUR, each.fell) for each in practised(goes, read)]


def test_practice_is_encounters_too() -> None:
    """A trap fallen for is a slip on it, and one resisted was met."""
    assert _met(_go(0, "b")) == [("b", 0, True)]
    assert _met(_go(0, resisted="b c")) == [("b", 0, False), ("c", 0, False)]
    assert _met(_go(0)) == []
    assert _met() == []


def test_another_go_at_once_proves_nothing() -> None:
    """Within a day of a go that counted, others at the same item do not, whatever the order they come in."""
    goes = [
        _go(24, resisted="b c"),
        _go(23, resisted="b c"),
        _go(0, "b"),
        _go(47, "b"),
        _go(1, "b", item="2"),
        _go(2, "b", bank="b"),
    ]
    assert _met(*goes) == [("b", 0, True), ("b", 1, True), ("b", 2, True), ("b", 24, False), ("c", 24, False)]


def test_a_go_right_after_the_question_proves_nothing() -> None:
    """Within a day of the reveal of a question that was answered, practising its item counts for nothing."""
    goes = [_go(-1, "b"), _go(23, resisted="b"), _go(26, resisted="b")]
    assert _met(*goes, asked=[2]) == [("b", -1, True), ("b", 26, False)]
    assert _met(goes[1], _go(23, "b", item="2"), asked=[0]) == [("b", 23, True)]
    assert _met(_go(1, "b"), asked=[2, -40]) == [("b", 1, True)]


meetings = st.lists(
    st.builds(
        lambda trap, days, fell, others: Meeting(trap=trap, at=NOW - days * DAY, met=fell + others, fell=fell),
        st.sampled_from(["a", "b"]),
        st.integers(0, 180),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=20,
)


def _meeting(days_ago: int, fell: int, met: int = 10, trap: str = "a") -> Meeting:
    return Meeting(trap=trap, at=NOW - days_ago * DAY, met=met, fell=fell)


def test_a_servers_recent_slips_weigh_more() -> None:
    """Six who fell two months ago weigh less than two who fell today; a trap nobody fell for has no weight."""
    found = [_meeting(60, 6), _meeting(0, 2, trap="b"), _meeting(0, 0, trap="c")]
    assert group_weights(found, NOW) == pytest.approx({"a": 1.5, "b": 2})


@given(found=meetings, seed=st.integers(), wait=st.integers(0, 300))
def test_a_servers_weights_fade_together(found: list[Meeting], seed: int, wait: int) -> None:
    """Waiting changes no proportion between traps, and order of telling changes nothing."""
    weights = group_weights(found, NOW)
    later = group_weights(Random(seed).sample(found, len(found)), NOW + wait * DAY)
    factor = 0.5 ** (wait * DAY / HALF_LIFE)
    assert later == pytest.approx({trap: weight * factor for trap, weight in weights.items()})
    assert all(0 < weights[each.trap] <= sum(m.fell for m in found) for each in found if each.fell)


@given(found=meetings, wait=st.integers(0, 60))
def test_a_trend_counts_every_answer_once(found: list[Meeting], wait: int) -> None:
    """What is not of the last thirty days is of the time before."""
    assume(found)
    recent, before = trend(found, NOW + wait * DAY)
    assert recent.met + before.met == sum(each.met for each in found)
    assert recent.fell + before.fell == sum(each.fell for each in found)


def test_the_trend_compares_thirty_days_with_what_was_before() -> None:
    """A round thirty days old is recent, one a moment older is not."""
    found = [_meeting(0, 1), Meeting(trap="a", at=NOW - RECENT, met=5, fell=2), _meeting(31, 7, met=8)]
    assert trend(found, NOW) == (Share(met=15, fell=3), Share(met=8, fell=7))
