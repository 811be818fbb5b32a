"""Mock exams: what is drawn, what a result adds up to, and when a trend is more than chance."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank import Bank, Blueprint
from bot.domain.exam import (
    FEWEST,
    MOST,
    Paper,
    Total,
    Trend,
    allot,
    draw,
    result,
    trend,
    usual_length,
    usual_minutes,
)
from bot.domain.sitting import Entry, Mode, answered, handed_in
from tests.builders import NOW, make_bank, make_blueprint, make_item, make_posed, make_sitting

weights = st.lists(st.integers(0, 100), min_size=1, max_size=7)
_MARK = 5040


def _bank(devices: int, apps: int, bounds: Blueprint | None = None) -> Bank:
    """A bank with so many items of each domain; they weigh the same unless a blueprint says otherwise."""
    items = [make_item(f"d{number}", objective="1.1") for number in range(devices)]
    items += [make_item(f"a{number}", objective="2.1") for number in range(apps)]
    return make_bank(items, blueprint=bounds)


def _draw(bank: Bank, count: int | None, *, busy: frozenset[str] = frozenset(), seed: int = 1) -> Paper:
    return draw(bank, count=count, busy=busy, seen={}, now=NOW, rng=Random(seed))


def _domains(paper: Paper) -> Counter[str]:
    return Counter(item.id[0] for item in paper.items)


def _total(earned: int, items: int = 20) -> Total:
    return Total(items=items, answered=items, right=earned, earned=earned * _MARK, worth=items * _MARK)


@given(weights=weights, count=st.integers(0, 80), data=st.data())
def test_places_are_shared_out_by_weight(weights: list[int], count: int, data: st.DataObject) -> None:
    """All places that there is room for are given, none above its room, and heavier ones never fewer than lighter."""
    named = {str(place): weight for place, weight in enumerate(weights)}
    room = {each: data.draw(st.integers(0, 30)) for each in named}
    given_out = allot(named, room, count)
    assert sum(given_out.values()) == min(count, sum(room.values()))
    assert all(0 <= given_out[each] <= room[each] for each in named)
    for (one, heavy), (other, light) in permutations(named.items(), 2):
        if heavy > light and given_out[one] < room[one]:
            assert given_out[one] >= given_out[other]


@given(weights=weights.filter(any), count=st.integers(0, 80))
def test_with_room_for_all_nobody_is_a_whole_place_off(weights: list[int], count: int) -> None:
    """Largest remainders: each gets its exact share, rounded down or up."""
    named = {str(place): weight for place, weight in enumerate(weights)}
    given_out = allot(named, dict.fromkeys(named, count), count)
    for each, weight in named.items():
        assert abs(given_out[each] - Fraction(count * weight, sum(weights))) < 1


@pytest.mark.parametrize(
    ("weights", "room", "count", "expected"),
    [
        ((45, 55, 35, 35, 25), (99, 99, 99, 99, 99), 20, (5, 6, 4, 3, 2)),
        ((45, 55, 35, 35, 25), (6, 0, 26, 0, 0), 20, (6, 0, 14, 0, 0)),
        ((1, 1, 1), (9, 9, 9), 4, (2, 1, 1)),
        ((50, 50, 0), (2, 3, 9), 6, (2, 3, 1)),
        ((0, 0), (9, 9), 3, (2, 1)),
        ((50, 50), (0, 0), 6, (0, 0)),
    ],
)
def test_places_by_example(
    weights: tuple[int, ...], room: tuple[int, ...], count: int, expected: tuple[int, ...]
) -> None:
    """Five domains; two of them with items; equal ones; one without weight; none with any; and no room at all."""
    named = {str(place): weight for place, weight in enumerate(weights)}
    rooms = {str(place): each for place, each in enumerate(room)}
    assert tuple(allot(named, rooms, count).values()) == expected


@given(
    devices=st.integers(0, 12),
    apps=st.integers(0, 12),
    count=st.integers(1, 30),
    busy=st.sets(st.sampled_from([f"d{number}" for number in range(12)])),
    seed=st.integers(),
)
def test_a_paper_keeps_the_rules(devices: int, apps: int, count: int, busy: set[str], seed: int) -> None:
    """No item twice, none that is busy, as many as there are up to the count; and the same again from the same seed."""
    bank = _bank(devices, apps)
    paper = _draw(bank, count, busy=frozenset(busy), seed=seed)
    free = [item.id for item in bank.items() if item.id not in busy]
    drawn = [item.id for item in paper.items]
    assert len(drawn) == len(set(drawn)) == min(count, len(free))
    assert set(drawn) <= set(free)
    assert [part.drawn for part in paper.parts] == [_domains(paper)["d"], _domains(paper)["a"]]
    assert _draw(bank, count, busy=frozenset(busy), seed=seed) == paper


def test_a_paper_follows_the_middle_of_the_weights() -> None:
    """Bounds of 20 to 30 and 70 to 80 percent make 5 of 20 items and 15."""
    assert _domains(_draw(_bank(40, 40, make_blueprint(devices=(20, 30), apps=(70, 80))), 20)) == {"d": 5, "a": 15}


def test_a_domain_without_items_is_missing() -> None:
    """It is named with what its weight asks for, and the others get its share."""
    devices, apps = _draw(_bank(0, 30, make_blueprint(devices=(20, 30), apps=(70, 80))), 20).parts
    assert (devices.missing, devices.wanted, devices.drawn) == (True, 5, 0)
    assert (apps.missing, apps.thin, apps.drawn) == (False, False, 20)


def test_a_domain_with_few_items_is_thin() -> None:
    """All it has are drawn; what is busy is not there either."""
    devices, apps = _draw(_bank(4, 30), 20, busy=frozenset({"d0"})).parts
    assert (devices.thin, devices.missing, devices.wanted, devices.drawn) == (True, False, 10, 3)
    assert (apps.wanted, apps.drawn) == (10, 17)


def test_a_domain_without_weight_is_not_missed() -> None:
    """Nothing is said of what the blueprint itself gives no weight."""
    assert not any(
        part.missing for part in _draw(_bank(0, 9, make_blueprint(devices=(0, 0), apps=(100, 100))), 5).parts
    )


def test_items_of_no_domain_are_not_drawn() -> None:
    """An objective that the blueprint does not have belongs to no exam by blueprint."""
    bank = make_bank([make_item("lost", objective="9.9"), make_item("kept")])
    assert [item.id for item in _draw(bank, 5).items] == ["kept"]


def test_the_order_is_shuffled() -> None:
    """Items of one domain do not come in a row, nor the same ones in every exam."""
    papers = [_draw(_bank(10, 10), 10, seed=seed) for seed in range(20)]
    assert len({tuple(item.id for item in paper.items) for paper in papers}) == 20
    assert len({tuple(item.id[0] for item in paper.items) for paper in papers}) > 10


def test_what_was_seen_lately_comes_last() -> None:
    """An exam is about what one knows, not about what one read this morning."""
    seen = {f"d{number}": NOW - timedelta(hours=number) for number in range(6)}
    paper = draw(_bank(10, 0), count=4, busy=(), seen=seen, now=NOW, rng=Random(1))
    assert {item.id for item in paper.items} == {"d6", "d7", "d8", "d9"}


@pytest.mark.parametrize(("items", "length"), [(0, 5), (9, 5), (10, 5), (11, 6), (32, 16), (80, 40), (10_000, 40)])
def test_an_exam_is_half_a_bank_by_default(items: int, length: int) -> None:
    """So the next one has others; never fewer than five, nor more than forty."""
    assert usual_length(items) == length
    assert FEWEST <= length <= MOST


def test_without_a_count_a_paper_has_its_usual_length() -> None:
    """That is half of what there is to draw from, which busy items are not."""
    paper = _draw(_bank(11, 11), None, busy=frozenset({"d0", "d1"}))
    assert (len(paper.items), paper.asked) == (10, 10)


def test_there_is_a_minute_and_a_half_for_each_item() -> None:
    """Parts of a minute are given."""
    assert [usual_minutes(items) for items in (5, 16, 20, 60)] == [8, 24, 30, 90]


def _entries() -> list[Entry]:
    """Four items of devices, one of them wrong and one not answered, and one of apps that is wrong."""
    sitting = make_sitting(Mode.EXAM, items=5, deadline=timedelta(hours=1))
    other = make_posed(make_item("2.1-001", objective="2.1", key="AC", traps={"B": "door-as-lock"}))
    sitting = replace(sitting, entries=(*sitting.entries[:4], replace(sitting.entries[4], posed=other)))
    for number, choice in ((1, "A"), (2, "A"), (3, "B"), (5, "AB")):
        sitting = answered(sitting, number, choice, NOW, sure=None)
    return list(handed_in(sitting, NOW).entries)


def test_a_result_adds_up_per_domain() -> None:
    """Marks, part marks and what was left out, in the blueprint's order."""
    found = result(make_blueprint(), _entries())
    assert found.whole == Total(items=5, answered=4, right=2, earned=5 * _MARK // 2, worth=5 * _MARK)
    devices, apps = found.domains
    assert (devices[0].id, devices[1]) == (
        "devices",
        Total(items=4, answered=3, right=2, earned=2 * _MARK, worth=4 * _MARK),
    )
    assert (apps[0].id, apps[1].share) == ("apps", Fraction(1, 2))
    assert (found.elsewhere, found.untried) == (None, ())


def test_the_traps_fallen_for_are_counted() -> None:
    """Those that caught most often come first; what was not answered fell for none."""
    entries = _entries()
    assert result(make_blueprint(), entries).traps == (("door-as-lock", 2),)
    assert result(make_blueprint(), entries[:2]).traps == ()


def test_domains_that_no_item_was_about_are_named() -> None:
    """They are not part of the result, and it says so; one without weight is not missed."""
    entries = _entries()[:4]
    assert [domain.id for domain in result(make_blueprint(), entries).untried] == ["apps"]
    assert result(make_blueprint(apps=(0, 0)), entries).untried == ()


def test_items_that_left_the_blueprint_count_elsewhere() -> None:
    """Whoever renames an objective takes no marks from an exam that is over."""
    entries = _entries()
    lost = replace(entries[0], posed=make_posed(make_item("lost", objective="9.9")))
    found = result(make_blueprint(), [lost, *entries[1:]])
    assert found.elsewhere == Total(items=1, answered=1, right=1, earned=_MARK, worth=_MARK)
    assert found.whole.items == 5


def test_nothing_is_no_share() -> None:
    """An exam whose items are all held back comes to nothing, without an error."""
    assert result(make_blueprint(), []).whole.share == 0


@given(rights=st.lists(st.integers(0, 5), min_size=1, max_size=20), data=st.data())
def test_domains_add_up_to_the_whole(rights: list[int], data: st.DataObject) -> None:
    """Whatever was answered, nothing is lost or counted twice between the domains."""
    sitting = make_sitting(Mode.EXAM, items=len(rights), deadline=timedelta(hours=1))
    objectives = data.draw(st.lists(st.sampled_from(["1.1", "2.2", "9.9"]), min_size=len(rights), max_size=len(rights)))
    posed = [make_posed(make_item(f"i{place}", objective=each)) for place, each in enumerate(objectives)]
    pairs = zip(sitting.entries, posed, strict=True)
    sitting = replace(sitting, entries=tuple(replace(entry, posed=each) for entry, each in pairs))
    for number, right in enumerate(rights, start=1):
        if right:
            sitting = answered(sitting, number, "ABCD"[right % 4], NOW, sure=None)
    found = result(make_blueprint(), handed_in(sitting, NOW).entries)
    parts = [total for _, total in found.domains] + ([found.elsewhere] if found.elsewhere else [])
    for name in ("items", "answered", "right", "earned", "worth"):
        assert sum(getattr(part, name) for part in parts) == getattr(found.whole, name)


def test_one_exam_is_no_trend() -> None:
    """There is nothing to compare with; an exam with nothing in it is none."""
    assert trend([]) is None
    assert trend([_total(10)]) is None
    assert trend([_total(10), _total(0, items=0)]) is None


def test_a_change_is_clear_beyond_chance() -> None:
    """Of twenty items two more are chance, eight more are not."""
    assert trend([_total(12), _total(10)]) == Trend(change=Fraction(1, 10), exams=1, clear=False)
    assert trend([_total(18), _total(10)]) == Trend(change=Fraction(2, 5), exams=1, clear=True)
    assert trend([_total(4), _total(16)]) == Trend(change=Fraction(-3, 5), exams=1, clear=True)


def test_the_latest_is_compared_with_the_five_before() -> None:
    """Together, by their items; what was longer ago is past."""
    found = trend([_total(15), *[_total(10)] * 4, _total(20, items=40), _total(0)])
    assert found == Trend(change=Fraction(1, 4), exams=5, clear=True)


@given(rights=st.lists(st.integers(0, 20), min_size=2, max_size=8))
def test_a_trend_needs_a_change(rights: list[int]) -> None:
    """The change is within all or nothing, it is never clear without one, and the same shares are none."""
    found = trend([_total(each) for each in rights])
    assert found is not None
    assert -1 <= found.change <= 1
    assert found.change != 0 or not found.clear
    same = trend([_total(rights[0])] * len(rights))
    assert same is not None
    assert same.change == 0
    assert not same.clear
