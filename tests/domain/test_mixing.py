"""Mixing: how generated cases stand among written items."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank import Bank
from bot.domain.item import Difficulty, MultipleRule
from bot.domain.mixing import SHARE, labs_on, mix
from bot.domain.scenarios.case import case_id, seed_of
from bot.domain.scenarios.drawing import LEAST_SUSPECTS, Telling, labs
from bot.domain.scenarios.finding import find_case, key_of
from bot.domain.selection import History, choose, on_topic
from tests.builders import NOW, make_item
from tests.domain.labs import make_fault, make_lab, make_link, shipped_bank
from tests.domain.test_scenario_drawing import bank_of

seeds = st.integers(0, 999)
NOTHING = History(asked={}, slips={}, busy=())


def tiny_bank(items: int = 3) -> Bank:
    """A bank of one small chain with so many written items beside it."""
    links = [make_link(name, [make_fault(name, 0, trap=f"trap-{name}")]) for name in "abc"]
    written = tuple(make_item(f"1.1-{number:03}") for number in range(items))
    lesson = replace(make_lab(links), items=written)
    return replace(bank_of(rule=MultipleRule.MINUS), lessons={lesson.id: lesson})


def _mixed(bank: Bank, history: History, *, count: int = 1, seed: int = 0, topic: str | None = "1.1") -> list[str]:
    return [each.id for each in mix(bank, topic, history, count=count, rng=Random(seed), cases=True)]


@given(seed=seeds, count=st.integers(1, 5), topic=st.sampled_from([None, "1.1", "9.1", "3"]))
def test_without_leave_no_case_is_asked(seed: int, count: int, topic: str | None) -> None:
    """Then it is the choice among written items, draw for draw; so it is where there is no chain on the topic."""
    bank = tiny_bank()
    plain = choose(bank, on_topic(bank, topic), NOTHING, count=count, rng=Random(seed))
    assert mix(bank, topic, NOTHING, count=count, rng=Random(seed), cases=False) == plain
    alone = replace(bank, lessons={key: replace(each, chain=None) for key, each in bank.lessons.items()})
    assert mix(alone, topic, NOTHING, count=count, rng=Random(seed), cases=True) == plain


@given(
    seed=seeds,
    count=st.integers(1, 5),
    asked=st.sets(st.integers(0, 2)),
    busy=st.sets(st.integers(0, 2)),
    told=st.lists(st.integers(0, 500), max_size=20),
)
def test_what_is_chosen_is_new_to_the_server(
    seed: int, count: int, asked: set[int], busy: set[int], told: list[int]
) -> None:
    """As many as wanted, all different, none in an open round; while there is a fresh case, nothing asked before."""
    bank = tiny_bank()
    taken = [*(f"1.1-{each:03}" for each in busy), *(case_id("1.1", each) for each in told[:2])]
    history = History(
        asked={f"1.1-{each:03}": NOW for each in asked},
        slips={},
        busy=taken,
        told=[Telling(item_id=case_id("1.1", each), at=NOW) for each in told[2:]],
    )
    chosen = _mixed(bank, history, count=count, seed=seed)
    assert len(chosen) == count
    names = [key_of(bank, each) or each for each in chosen]
    assert len(set(names)) == count
    before = {key_of(bank, each) or each for each in (*taken, *history.asked, *(each.item_id for each in history.told))}
    assert not set(names) & before
    assert _mixed(bank, history, count=count, seed=seed) == chosen


def test_about_every_third_question_is_a_case() -> None:
    """While there are items that were never asked."""
    bank = tiny_bank()
    kinds = Counter(seed_of(_mixed(bank, NOTHING, seed=seed)[0]) is not None for seed in range(600))
    assert SHARE * 600 * 0.8 < kinds[True] < SHARE * 600 * 1.2


def test_cases_follow_when_the_items_are_used_up() -> None:
    """Then every question is a case, which carries the bank's rule of marking."""
    bank = tiny_bank()
    history = replace(NOTHING, asked=dict.fromkeys(("1.1-000", "1.1-001", "1.1-002"), NOW))
    chosen = [mix(bank, "1.1", history, count=1, rng=Random(seed), cases=True)[0] for seed in range(30)]
    assert all(seed_of(each.id) is not None for each in chosen)
    assert {each.rule for each in chosen} == {MultipleRule.MINUS}


def test_when_every_case_was_told_the_oldest_item_comes_again() -> None:
    """First written items, least recently asked first; where there are none, the case told longest ago."""
    bank = tiny_bank()
    by_key = {key_of(bank, case_id("1.1", seed)): seed for seed in range(5000)}
    told = [
        Telling(item_id=case_id("1.1", seed), at=NOW + timedelta(minutes=place))
        for place, seed in enumerate(by_key.values())
    ]
    asked = {"1.1-000": NOW, "1.1-001": NOW - timedelta(days=1), "1.1-002": NOW}
    history = History(asked=asked, slips={}, busy=(), told=told)
    assert _mixed(bank, history) == ["1.1-001"]
    assert _mixed(tiny_bank(0), history) == [told[0].item_id]


def test_a_trap_that_catches_many_draws_cases_too() -> None:
    """Cases with a trap the server keeps falling for come more often."""
    bank = shipped_bank()
    history = replace(NOTHING, asked={item.id: NOW for item in bank.items()})

    def hits(slips: dict[str, float]) -> int:
        drawn = (
            mix(bank, "6.2", replace(history, slips=slips), count=1, rng=Random(seed), cases=True)[0]
            for seed in range(150)
        )
        return sum("grace-as-instant" in item.traps for item in drawn)

    assert hits({"grace-as-instant": 5.0}) > hits({})


@pytest.mark.parametrize(
    ("topic", "there"),
    [
        ("6.2", ["6.2"]),
        ("1.3", ["1.3"]),
        ("1.3.5", ["2.3", "6.2"]),
        ("3.1", ["6.2"]),
        ("3", ["6.2"]),
        ("5", []),
        ("9.9", []),
    ],
)
def test_a_topic_chooses_whole_labs(topic: str, there: list[str]) -> None:
    """A topic has all the cases of a lesson that is on it: by its id, an objective of it, or what comes before that."""
    known = ("1.1", "1.3", "2.3", "6.2")
    bank = replace(shipped_bank(), lessons={each: shipped_bank().lessons[each] for each in known})
    assert [lesson.id for lesson in labs_on(bank, topic)] == there
    assert labs_on(bank, None) == labs(bank)


def topics_of(bank: Bank) -> list[str | None]:
    """Every topic that a bank knows: none, its lessons, its objectives, and what objectives begin with."""
    objectives = [objective.id for domain in bank.blueprint.domains for objective in domain.objectives]
    beginnings = {objective.rsplit(".", cut)[0] for objective in objectives for cut in (1, 2)}
    return [None, *bank.lessons, *objectives, *sorted(beginnings)]


@pytest.mark.parametrize("difficulty", [None, *Difficulty])
def test_no_topic_gives_a_case_away(difficulty: Difficulty | None) -> None:
    """Whatever the organiser names, and everyone reads: three links or more are the first that is broken."""
    bank = shipped_bank()
    asked = replace(NOTHING, asked={item.id: NOW for item in bank.items()})
    offered = {
        tuple(each.id for each in labs_on(bank, topic, difficulty=difficulty)): topic for topic in topics_of(bank)
    }
    assert len(offered) > 2
    for topic in (topic for lessons, topic in offered.items() if lessons):
        drawn = mix(bank, topic, asked, count=40, rng=Random(1), cases=True, difficulty=difficulty)
        cases = [case for item in drawn if (case := find_case(bank, item.id)) is not None]
        suspects = Counter(f"{case.lesson} {flaw.link.id}" for case in cases for flaw in case.flaws[:1])
        assert len(suspects) >= LEAST_SUSPECTS, topic
        assert max(suspects.values()) <= 0.75 * suspects.total(), topic


def test_a_difficulty_that_would_tell_the_link_has_no_cases() -> None:
    """Where all easy cases of a chain are about one or two links, there are none on request; elsewhere there are."""
    loud, quiet = (make_fault(name, 0, quiet=name not in "ab") for name in "ac")
    few = make_lab([make_link("a", [loud]), make_link("b", [make_fault("b", 0)]), make_link("c", [quiet])])
    assert labs(bank_of(few)) == [few]
    assert labs(bank_of(few), Difficulty.EASY) == []
    enough = make_lab([make_link(name, [make_fault(name, 0)]) for name in "abc"])
    assert labs(bank_of(enough), Difficulty.EASY) == [enough]


@given(seed=seeds, difficulty=st.sampled_from([None, Difficulty.EASY, Difficulty.MEDIUM]))
def test_a_difficulty_narrows_cases_as_it_narrows_items(seed: int, difficulty: Difficulty | None) -> None:
    """Whatever is chosen is of the difficulty that is asked for."""
    chosen = mix(tiny_bank(0), "1.1", NOTHING, count=4, rng=Random(seed), cases=True, difficulty=difficulty)
    assert {item.difficulty for item in chosen} <= ({difficulty} if difficulty is not None else set(Difficulty))
    assert len(chosen) == 4


@given(seed=seeds, trap=st.sampled_from(["trap-a", "nobody"]))
def test_on_a_trap_no_case_is_asked(seed: int, trap: str) -> None:
    """The trap of a case is that of what is broken in it: who knows the one sees the other. Items are asked as ever."""
    written = make_item("1.1-000", traps={"B": "trap-a"})
    bank = tiny_bank(0)
    bank = replace(bank, lessons={key: replace(each, items=(written,)) for key, each in bank.lessons.items()})
    chosen = mix(bank, "1.1", NOTHING, count=4, rng=Random(seed), cases=True, trap=trap)
    assert chosen == ([written] if trap == "trap-a" else [])
