"""Drawing and finding cases: ids lead to cases, and none is told twice while there are others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank import Bank
from bot.domain.item import Difficulty, MultipleRule
from bot.domain.lesson import Lesson
from bot.domain.practice import pose_by
from bot.domain.scenarios.case import SEEDS, case_id, case_item
from bot.domain.scenarios.drawing import Stock, Telling, gives_away, labs
from bot.domain.scenarios.finding import all_traits, diagnose, find_case, find_item, key_of, traits_at, traits_of_case
from bot.domain.scenarios.generating import generate
from tests.builders import NOW, make_bank, make_item
from tests.domain.labs import labs as any_labs
from tests.domain.labs import make_fault, make_lab, make_link, shipped_bank, shipped_lab

seeds = st.integers(0, SEEDS - 1)


def bank_of(*lessons: Lesson, rule: MultipleRule = MultipleRule.EXAM) -> Bank:
    """A bank of these lessons, and one with a written item and no chain."""
    plain = make_bank([make_item("9.1-001", lesson="9.1", objective="2.1")])
    return replace(plain, rule=rule, lessons={**plain.lessons, **{each.id: each for each in lessons}})


def tiny_bank() -> Bank:
    """A bank whose one chain has three links with one fault each: a few dozen cases."""
    return bank_of(make_lab([make_link(name, [make_fault(name, 0)]) for name in "abc"]))


def middling_bank() -> Bank:
    """A bank whose one chain has six links with two faults each: a few hundred cases, and many things to be wrong."""
    return bank_of(make_lab([make_link(name, [make_fault(name, number) for number in (0, 1)]) for name in "abcdef"]))


def stock(bank: Bank, *, told: Mapping[str, datetime] | None = None, taken: tuple[str, ...] = ()) -> Stock:
    """Every lab of a bank."""
    tellings = [Telling(item_id=item_id, at=at) for item_id, at in (told or {}).items()]
    return Stock(bank=bank, lessons=labs(bank), told=tellings, taken=taken)


@given(lesson=any_labs(), seed=seeds)
def test_an_id_leads_to_its_case(lesson: Lesson, seed: int) -> None:
    """The id of a generated item gives the case, the item with the bank's rule, its key and what was wrong in it."""
    bank = bank_of(lesson, rule=MultipleRule.STRICT)
    case = generate(lesson, seed)
    item = case_item(case, rule=MultipleRule.STRICT)
    assert find_case(bank, item.id) == case
    assert find_item(bank, item.id) == item
    assert key_of(bank, item.id) == traits_at(lesson, seed).key == case.key
    assert traits_of_case(bank, item.id) in all_traits(lesson)
    found = diagnose(bank, item)
    assert found is not None
    assert found.broken == {flaw.link.id: flaw.fault.name for flaw in case.flaws}


@pytest.mark.parametrize(
    "item_id", ["1.1-case-x", "1.1-case-", "1.1-case-007", f"1.1-case-{SEEDS}", "9.1-case-1", "8.8-case-1", "1.1-001"]
)
def test_other_ids_lead_nowhere(item_id: str) -> None:
    """No case has an id that is not written as ids are, of a lesson without a chain, or of none."""
    bank = tiny_bank()
    assert find_case(bank, item_id) is None
    assert find_item(bank, item_id) is None
    assert key_of(bank, item_id) is None


def test_written_items_are_found_and_have_no_diagnosis() -> None:
    """What somebody wrote is found by its id as before; nothing in it was broken."""
    bank = tiny_bank()
    item = bank.item("9.1-001")
    assert item is not None
    assert find_item(bank, item.id) == item
    assert diagnose(bank, item) is None
    assert diagnose(bank, replace(item, lesson="8.8")) is None
    assert diagnose(bank, replace(item, lesson="1.1")) is None


def test_a_case_is_posed_in_one_order() -> None:
    """Whoever tells the case of a seed again sees the same letters; a written item's are shuffled each time."""
    bank = tiny_bank()
    case, written = find_item(bank, "1.1-case-7"), find_item(bank, "9.1-001")
    assert case is not None
    assert written is not None
    assert len({pose_by(case, seed).order for seed in ("aaaaa", "bbbbb", "ccccc", "ddddd")}) == 1
    assert len({pose_by(written, seed).order for seed in ("aaaaa", "bbbbb", "ccccc", "ddddd")}) > 1


@given(seed=seeds, known=st.integers(0, 12))
def test_a_fresh_case_is_none_that_was_told(seed: int, known: int) -> None:
    """What is drawn has no key of what was told or is taken, no two have the same, and what is taken stays unknown."""
    bank, rng = middling_bank(), Random(seed)
    before = [case_id(each.lesson, each.seed) for each in stock(bank).fresh(rng, count=known + 2)]
    told, taken = dict.fromkeys(before[:known], NOW), before[known:]
    drawn = stock(bank, told=told, taken=tuple(taken)).fresh(rng, count=3)
    keys = [case.key for case in drawn]
    assert len(set(keys)) == len(keys) == 3
    assert not set(keys) & {key_of(bank, each) for each in before}
    assert not any(gives_away(bank, case_id(case.lesson, case.seed), taken) for case in drawn)


def test_every_case_of_a_small_chain_is_told_before_any_comes_again() -> None:
    """Drawn one by one, hardly a case is left out; then nothing is fresh, and the one told longest ago comes again."""
    bank, rng, told = tiny_bank(), Random(1), dict[str, datetime]()
    while fresh := stock(bank, told=told).fresh(rng, count=1):
        told[case_id(fresh[0].lesson, fresh[0].seed)] = NOW + timedelta(minutes=len(told))
    keys = {each.key for each in all_traits(labs(bank)[0])}
    assert len(told) == len(keys)
    first, second, *_ = told
    again = [case_id(each.lesson, each.seed) for each in stock(bank, told=told).again(count=2)]
    assert again == [first, second]
    assert case_id("1.1", stock(bank, told=told, taken=(first,)).again(count=1)[0].seed) == second


def test_the_shipped_chain_goes_on_for_long() -> None:
    """Of lesson 6.2 some four hundred cases follow one another without a repetition."""
    bank, rng = shipped_bank(), Random(20261123)
    drawn = stock(bank).fresh(rng, count=150)
    told = {case_id(each.lesson, each.seed): NOW for each in drawn}
    assert len({case.key for case in drawn}) == len(drawn) >= 130
    for _ in range(5):
        more = stock(bank, told=told).fresh(rng, count=90)
        told |= {case_id(each.lesson, each.seed): NOW for each in more}
    assert len({key_of(bank, each) for each in told}) == len(told) >= 400


def test_the_last_cases_of_the_shipped_chain_are_found() -> None:
    """When all but a few of its thousand cases were told, and all of another lesson's, one of those few comes."""
    full, lesson = tiny_bank(), shipped_lab()
    bank = replace(full, lessons={**full.lessons, lesson.id: lesson})
    rng = Random(20261123)
    keys = [each.key for lab in labs(bank) for each in all_traits(lab)]
    left = {key for key in keys if key.endswith("lesson=6.2")}
    left = set(rng.sample(sorted(left), 8))
    told = [Telling(item_id="1.1-case-0", at=NOW, key=key) for key in keys if key not in left]
    (found,) = replace(stock(bank), told=told).fresh(rng, count=1)
    assert found.key in left


def test_none_is_drawn_only_when_none_is_left() -> None:
    """Of a chain all of whose cases were told none is drawn; of one that has them as many as are wanted."""
    bank, rng = tiny_bank(), Random(1)
    keys = {each.key for each in all_traits(labs(bank)[0])}
    told = [Telling(item_id="1.1-case-0", at=NOW, key=key) for key in keys]
    assert replace(stock(bank), told=told).fresh(rng, count=1) == []
    assert len(stock(shipped_bank()).fresh(rng, count=600)) == 600


def test_a_stock_may_be_narrowed() -> None:
    """Only cases of a difficulty are drawn and told again; without a lesson there is none."""
    bank = shipped_bank()
    hard = replace(stock(bank), difficulty=Difficulty.HARD)
    assert {case.difficulty for case in hard.fresh(Random(1), count=5)} == {Difficulty.HARD}
    assert replace(stock(bank), lessons=[]).fresh(Random(1), count=1) == []
    told = [Telling(item_id=case_id("6.2", seed), at=NOW) for seed in range(40)]
    assert {case.difficulty for case in replace(hard, told=told).again(count=5)} == {Difficulty.HARD}


def test_what_was_told_is_known_by_the_key_it_had() -> None:
    """A key that was noted stands, whatever the chain tells of the seed by now; else it is worked out."""
    bank = tiny_bank()
    first = key_of(bank, "1.1-case-1")
    keys = {each.key for each in all_traits(labs(bank)[0])}
    noted = [Telling(item_id="1.1-case-1", at=NOW, key=key) for key in keys if key != first]
    assert [case.key for case in replace(stock(bank), told=noted).fresh(Random(1), count=1)] == [first]
    both = [*noted, Telling(item_id="1.1-case-1", at=NOW)]
    assert replace(stock(bank), told=both).fresh(Random(1), count=1) == []
    assert [case.seed for case in replace(stock(bank), told=both).again(count=5)] == [1]


@pytest.mark.parametrize("likeness", ["key", "truth"])
def test_a_case_gives_away_its_twins(likeness: str) -> None:
    """So does one told in other words or with the same things wrong; a written item gives away itself only."""
    bank, lesson = shipped_bank(), shipped_lab()
    traits = [traits_at(lesson, seed) for seed in range(2000)]

    def twins(one: int, other: int) -> bool:
        same_key, same_truth = traits[one].key == traits[other].key, traits[one].truth == traits[other].truth
        return same_key if likeness == "key" else same_truth and not same_key

    pair = next((one, other) for other in range(2000) for one in range(other) if twins(one, other))
    stranger = next(seed for seed in range(2000) if traits[seed].truth not in {traits[each].truth for each in pair})
    one, other, far = (case_id("6.2", seed) for seed in (*pair, stranger))
    assert generate(lesson, pair[0]).stem != generate(lesson, pair[1]).stem
    assert gives_away(bank, one, [other])
    assert not gives_away(bank, one, [far, "6.2-001"])
    assert gives_away(bank, "6.2-001", ["6.2-001"])
    assert not gives_away(bank, "6.2-001", ["6.2-002", one])


def test_a_lesson_read_again_has_keys_of_its_own() -> None:
    """What was worked out for a lesson is not taken for another one of the same id."""
    before = tiny_bank()
    after = bank_of(make_lab([make_link(name, [make_fault(name, 1)]) for name in "abcd"]))
    for seed in range(20):
        item_id = case_id("1.1", seed)
        assert key_of(before, item_id) == generate(labs(before)[0], seed).key
        assert key_of(after, item_id) == generate(labs(after)[0], seed).key
        assert key_of(before, item_id) != key_of(after, item_id)
