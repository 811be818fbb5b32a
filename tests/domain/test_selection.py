"""Selection: which item is asked next."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank import Bank
from bot.domain.item import Difficulty, Item
from bot.domain.selection import History, choose, fitting, fresh, on_topic
from tests.builders import NOW, make_bank, make_blueprint, make_item

IDS = [f"item-{number}" for number in range(8)]
DRAWS = 2000

ids = st.sets(st.sampled_from(IDS))


def _bank(*items: Item, devices: tuple[int, int] = (50, 50), apps: tuple[int, int] = (50, 50)) -> Bank:
    return make_bank(items or [make_item(each) for each in IDS], blueprint=make_blueprint(devices=devices, apps=apps))


def _history(
    asked: Mapping[str, datetime] | None = None,
    *,
    slips: Mapping[str, float] | None = None,
    busy: set[str] | None = None,
) -> History:
    return History(asked=asked or {}, slips=slips or {}, busy=busy or set())


def _chosen(bank: Bank, history: History, *, count: int, seed: int = 1) -> list[str]:
    return [item.id for item in choose(bank, list(bank.items()), history, count=count, rng=Random(seed))]


def _shares(bank: Bank, history: History) -> dict[str, float]:
    """How often each item is drawn first, as a share of many draws from one seed."""
    rng, items = Random(20261123), list(bank.items())
    drawn = Counter(choose(bank, items, history, count=1, rng=rng)[0].id for _ in range(DRAWS))
    return {item.id: drawn[item.id] / DRAWS for item in items}


@given(asked=ids, busy=ids, count=st.integers(0, 10), seed=st.integers())
def test_the_rules_hold_for_every_history(asked: set[str], busy: set[str], count: int, seed: int) -> None:
    """Never a busy item, nor one twice; never-asked ones first, then those asked longest ago; as many as there are."""
    instants = {each: NOW - timedelta(days=IDS.index(each)) for each in asked}
    chosen = _chosen(_bank(), _history(instants, busy=busy), count=count, seed=seed)
    free = [each for each in IDS if each not in busy]
    new = [each for each in free if each not in asked]
    old = sorted((each for each in free if each in asked), key=lambda each: instants[each])
    assert len(chosen) == len(set(chosen)) == min(count, len(free))
    assert set(chosen[: len(new)]) <= set(new)
    assert chosen[len(new) :] == old[: max(count - len(new), 0)]


def test_every_item_is_asked_before_one_is_asked_again() -> None:
    """Day after day the bank is used up, and then it begins again with the item asked first."""
    bank, asked, order = _bank(), dict[str, datetime](), list[str]()
    for day in range(2 * len(IDS)):
        [item] = _chosen(bank, _history(asked), count=1, seed=day)
        asked[item] = NOW + timedelta(days=day)
        order.append(item)
    assert sorted(order[: len(IDS)]) == IDS
    assert order[len(IDS) :] == order[: len(IDS)]


def test_items_asked_at_one_instant_follow_by_name() -> None:
    """Where nothing else decides, the order is still the same every time."""
    assert _chosen(_bank(), _history(dict.fromkeys(reversed(IDS), NOW)), count=3) == IDS[:3]


@given(seed=st.integers(), asked=ids)
def test_a_choice_is_reproducible_from_its_seed(seed: int, asked: set[str]) -> None:
    """The same seed and history choose the same items, so that a step can be repeated after a crash."""
    history = _history(dict.fromkeys(asked, NOW), slips={"door-as-lock": 2})
    assert _chosen(_bank(), history, count=4, seed=seed) == _chosen(_bank(), history, count=4, seed=seed)


def test_different_seeds_choose_differently() -> None:
    """Two servers with the same bank do not march in step."""
    assert len({tuple(_chosen(_bank(), _history(), count=8, seed=seed)) for seed in range(20)}) > 15


def test_nothing_to_choose_from_is_nothing_chosen() -> None:
    """An empty topic, or one whose items are all in open rounds, gives no item and no error."""
    assert choose(_bank(), [], _history(), count=3, rng=Random(1)) == []
    assert _chosen(_bank(), _history(busy=set(IDS)), count=3) == []


def test_choosing_leaves_what_it_was_given_alone() -> None:
    """The list of candidates is the caller's."""
    bank = _bank()
    items = list(bank.items())
    choose(bank, items, _history(), count=5, rng=Random(1))
    assert items == list(bank.items())


def test_without_slips_items_of_a_domain_are_equal() -> None:
    """Nothing but chance decides between items that weigh the same."""
    shares = _shares(_bank(), _history())
    assert all(abs(share - 1 / 8) < 0.04 for share in shares.values())


def test_the_blueprint_shares_the_questions_out() -> None:
    """A domain is asked about by its weight, however many items it has."""
    devices = [make_item(f"d{number}", objective="1.1") for number in range(6)]
    apps = [make_item(f"a{number}", objective="2.2") for number in range(2)]
    shares = _shares(_bank(*devices, *apps, devices=(20, 30), apps=(70, 80)), _history())
    assert abs(sum(shares[item.id] for item in apps) - 0.75) < 0.05


def test_a_trap_that_catches_many_is_asked_about_twice_as_often() -> None:
    """The most repeated trap doubles an item's weight, one half as frequent adds half."""
    items = [
        make_item("most", traps={"B": "door-as-lock"}),
        make_item("some", traps={"B": "key-as-lock", "C": "bell-as-lock"}),
        make_item("none", traps={"B": "never-fallen-for"}),
    ]
    history = _history(slips={"door-as-lock": 10, "key-as-lock": 5, "elsewhere": 1})
    shares = _shares(_bank(*items), history)
    assert abs(shares["most"] / shares["none"] - 2) < 0.4
    assert abs(shares["some"] / shares["none"] - 1.5) < 0.3


def test_what_has_faded_pulls_no_more() -> None:
    """A slip two half-lives old adds a quarter, not double, even where it is the only one."""
    items = [make_item("old", traps={"B": "door-as-lock"}), make_item("none")]
    shares = _shares(_bank(*items), _history(slips={"door-as-lock": 0.25}))
    assert abs(shares["old"] / shares["none"] - 1.25) < 0.2


@given(factor=st.floats(1.0, 50.0))
def test_only_proportions_between_traps_matter(factor: float) -> None:
    """While someone fell lately, weights that fade together choose the same items."""
    items = [make_item(f"i{number}", traps={"B": trap}) for number, trap in enumerate("abcab")]
    slips = {"a": 64.0, "b": 32.0, "c": 1.0}
    faded = {trap: weight / factor for trap, weight in slips.items()}
    for seed in range(5):
        before, after = _history(slips=slips), _history(slips=faded)
        assert _chosen(_bank(*items), before, count=3, seed=seed) == _chosen(_bank(*items), after, count=3, seed=seed)


def test_a_domain_without_weight_can_still_be_asked_about() -> None:
    """When nothing else is left, items that the blueprint gives no weight are drawn like any other."""
    items = [make_item("heavy", objective="2.1"), make_item("light", objective="1.1")]
    bank = _bank(*items, devices=(0, 0), apps=(100, 100))
    assert sorted(_chosen(bank, _history(), count=2)) == ["heavy", "light"]
    assert _shares(bank, _history())["light"] < 0.02


def test_an_item_outside_the_blueprint_can_be_asked() -> None:
    """An objective that was renamed in the blueprint does not hide its items."""
    assert _chosen(_bank(make_item("lost", objective="9.9")), _history(), count=1) == ["lost"]


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        (None, ["a", "b", "c", "d", "e"]),
        ("3.1", ["a", "b"]),
        ("3.1.1", ["a"]),
        ("3.10", ["c"]),
        ("3", ["a", "b", "c", "d"]),
        ("3.", []),
        ("6.2", ["b", "e"]),
        ("1", []),
        ("", []),
    ],
)
def test_a_topic_is_a_lesson_or_an_objective_or_the_beginning_of_one(topic: str | None, found: list[str]) -> None:
    """Prefixes end at a dot: 3.1 has 3.1.1 under it, but neither 3.10 nor 3.10.1."""
    bank = _bank(
        make_item("a", objective="3.1.1"),
        make_item("b", objective="3.1", lesson="6.2"),
        make_item("c", objective="3.10.1"),
        make_item("d", objective="3.2"),
        make_item("e", objective="4.1", lesson="6.2"),
    )
    assert sorted(item.id for item in on_topic(bank, topic)) == found


def test_fresh_items_are_those_never_asked() -> None:
    """What is counted for the warning is what this schedule never asked."""
    bank = _bank()
    left = fresh(bank.items(), {"item-3": NOW})
    assert [item.id for item in left] == [each for each in IDS if each != "item-3"]


def test_items_are_narrowed_by_what_was_asked_for() -> None:
    """Topic, trap and difficulty narrow a bank together; without any of them it is all of it."""
    easy = replace(make_item("1.1-002", traps={"B": "door-as-lock"}), difficulty=Difficulty.EASY)
    other = make_item("2.1-001", lesson="2.1", objective="2.1", traps={"B": "door-as-lock"})
    bank = make_bank([make_item(), easy, other])

    def found(topic: str | None = None, trap: str | None = None, difficulty: Difficulty | None = None) -> list[str]:
        return [item.id for item in fitting(bank, topic=topic, trap=trap, difficulty=difficulty)]

    assert found() == ["1.1-001", "1.1-002", "2.1-001"]
    assert found(trap="door-as-lock") == ["1.1-002", "2.1-001"]
    assert found("1.1", "door-as-lock") == ["1.1-002"]
    assert found("1.1", "door-as-lock", Difficulty.HARD) == []
