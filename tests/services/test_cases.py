"""Cases as drills: a new one each time, the same one from a seed, and what becomes of stale ones."""

from dataclasses import replace

import pytest

from bot.domain.errors import (
    CaseGone,
    ItemBusy,
    NoCases,
    NoLabs,
    NothingToPractise,
    UnknownLesson,
    UnknownSeed,
)
from bot.domain.item import Item
from bot.domain.rounds import Round, RoundState
from bot.domain.scenarios.case import SEEDS, case_item
from bot.domain.scenarios.finding import find_item, key_of, traits_at, traits_of_case
from bot.domain.scenarios.generating import generate
from bot.services.drills import Drill
from bot.services.offering import Learner
from bot.storage import rounds
from tests.builders import NOW, make_item, make_posed, make_round, make_trap
from tests.domain.labs import make_fault, make_lab, make_link
from tests.domain.test_scenario_drawing import bank_of
from tests.services.house import MINUTE, House

ANN = Learner(member_id=1, guild_id=100)


@pytest.fixture
async def lab(house: House) -> House:
    """A house whose bank has one small chain (lesson 1.1) and a lesson without (9.1)."""
    links = [make_link(name, [make_fault(name, 0, trap="door-as-lock")]) for name in "abc"]
    bank = bank_of(replace(make_lab(links), items=(make_item("1.1-001"),)))
    house.banks = (replace(bank, traps={"door-as-lock": make_trap()}),)
    await house.restart()
    return house


def _key(house: House, drill: Drill) -> str:
    key = key_of(house.banks[0], drill.posed.item.id)
    assert key is not None
    return key


async def _solve(house: House, drill: Drill, learner: Learner = ANN) -> None:
    await house.drills.grade(learner, drill.posing, drill.posed.key)


async def _open(house: House, item: Item) -> Round:
    """A round on an item, which the server will have before it at the next tick."""
    await house.schedule(next_run=None)
    wanted = replace(make_round(make_posed(item), message_id=None, state=RoundState.PLANNED), step_at=NOW)
    async with house.store.write() as tx:
        planned = await rounds.plan(tx, wanted)
    assert planned is not None
    return planned


async def test_a_case_is_posed_with_what_is_wrong_in_it(lab: House) -> None:
    """Without a lesson it is one of the first that has cases; what is broken comes with it, for the feedback."""
    drill = await lab.drills.for_case(ANN, None, None)
    assert drill.posed.item.lesson == "1.1"
    assert drill.diagnosis is not None
    written = await lab.drills.of_item(ANN, "sample", "1.1-001")
    assert written.diagnosis is None


async def test_a_seed_gives_its_case_to_everyone(lab: House) -> None:
    """The same stem and letters for two members, in two processes, as often as they like."""
    first = await lab.drills.for_case(ANN, "1.1", 123)
    await _solve(lab, first)
    again = await lab.drills.for_case(ANN, "sample:1.1", 123)
    await lab.restart()
    other = await lab.drills.for_case(replace(ANN, member_id=2), "lesson 1.1", 123)
    assert first.posed == again.posed == other.posed
    assert first.posed.item.id == "1.1-case-123"
    assert first.posing.seed != again.posing.seed


async def test_no_case_comes_twice_before_all_have_been(lab: House) -> None:
    """Case after case differs from all that the member answered, until they have met nearly all there are."""
    met: list[str] = []
    for _ in range(40):
        drill = await lab.drills.for_case(ANN, None, None)
        met.append(_key(lab, drill))
        await _solve(lab, drill)
        lab.clock.advance(minutes=1)
    assert len(set(met)) == len(met)


async def test_another_one_is_another_case(lab: House) -> None:
    """After a case the next one is of the same lesson and different; also when every case has been."""
    drill = await lab.drills.for_case(ANN, None, None)
    met = []
    for _ in range(90):
        await _solve(lab, drill)
        lab.clock.advance(minutes=1)
        met.append(_key(lab, drill))
        drill = await lab.drills.another(ANN, "sample", drill.posed.item.id)
        assert drill.posed.item.lesson == "1.1"
        assert _key(lab, drill) != met[-1]
    assert len(set(met)) < len(met)


async def test_a_case_is_graded_and_kept_like_any_drill(lab: House) -> None:
    """It is stored once with what was shown, counts for the trap and on no board."""
    drill = await lab.drills.for_case(ANN, None, None)
    while not (trapped := [letter for letter, option in drill.posed.options if option.trap == "door-as-lock"]):
        drill = await lab.drills.for_case(ANN, None, None)
    outcome = await lab.drills.grade(ANN, drill.posing, trapped[0])
    assert (await lab.drills.grade(ANN, drill.posing, drill.posed.key)).choice == outcome.choice == trapped[0]
    assert outcome.drill.diagnosis == drill.diagnosis
    assert lab.rows("SELECT item_id, choice FROM practised") == [(drill.posed.item.id, trapped[0])]
    assert lab.rows("SELECT * FROM totals") == []
    (repeated,) = await lab.profiles.repeated(100, 1)
    assert (repeated.trap.id, repeated.times) == ("door-as-lock", 1)


@pytest.mark.parametrize("likeness", ["key", "truth"])
async def test_a_case_of_an_open_round_is_told_in_no_words_and_no_form(lab: House, likeness: str) -> None:
    """Neither by its seed, nor by one of the same case or with the same wrong, nor at random; elsewhere it may be."""
    lesson = lab.banks[0].lessons["1.1"]
    open_seed = 5
    asked, open_traits = case_item(generate(lesson, open_seed)), traits_at(lesson, open_seed)

    def is_twin(seed: int) -> bool:
        traits = traits_at(lesson, seed)
        same = traits.key == open_traits.key, traits.truth == open_traits.truth
        return same == ((True, True) if likeness == "key" else (False, True))

    twin = next(seed for seed in range(6, 5000) if is_twin(seed))
    before = await lab.drills.for_case(ANN, None, twin)
    await _open(lab, asked)
    for seed in (open_seed, twin):
        with pytest.raises(ItemBusy):
            await lab.drills.for_case(ANN, None, seed)
    with pytest.raises(ItemBusy):
        await lab.drills.grade(ANN, before.posing, "A")
    assert lab.rows("SELECT * FROM practised") == []
    drawn = {(await lab.drills.for_case(ANN, None, None)).posed.item.id for _ in range(60)}
    found = [traits for each in drawn if (traits := traits_of_case(lab.banks[0], each)) is not None]
    assert found
    assert open_traits.truth not in {each.truth for each in found}
    elsewhere = await lab.drills.for_case(replace(ANN, guild_id=555), None, twin)
    assert elsewhere.posed == before.posed


async def test_a_case_in_a_round_is_practised_afterwards(lab: House) -> None:
    """Below its reveal the case itself can be tried, and a written item like it; without one, another case."""
    item = find_item(lab.banks[0], "1.1-case-5")
    assert item is not None
    asked = await _open(lab, item)
    await lab.work(1)
    lab.clock.now = asked.closes_at + MINUTE
    await lab.work()
    assert (await lab.round(asked.id)).state is RoundState.EXPLAINED
    assert (await lab.drills.of_item(ANN, "sample", item.id)).posed.item == item
    assert (await lab.drills.for_similar(ANN, asked.id)).posed.item.id == "1.1-001"
    lab.banks = (replace(lab.banks[0], lessons={"1.1": replace(lab.banks[0].lessons["1.1"], items=())}),)
    await lab.restart()
    other = await lab.drills.for_similar(ANN, asked.id)
    assert other.diagnosis is not None
    assert other.posed.item.id != item.id


@pytest.mark.parametrize("seed", [-1, SEEDS, 2**60])
async def test_a_seed_that_no_case_has(lab: House, seed: int) -> None:
    """It is refused with the numbers that there are."""
    with pytest.raises(UnknownSeed, match=f"`{seed}` is no case's number: those go from 0 to 4294967295"):
        await lab.drills.for_case(ANN, None, seed)


async def test_lessons_without_cases(lab: House, group: House) -> None:
    """A lesson without a chain and one that there is not are refused; so is a library without any chain."""
    with pytest.raises(NoCases, match=r"I have no cases for lesson 9\.1, Lesson 9\.1: pick another"):
        await lab.drills.for_case(ANN, "9.1", None)
    with pytest.raises(UnknownLesson, match=r"I know no lesson named `5\.5`"):
        await lab.drills.for_case(ANN, "5.5", None)
    assert [each.value for each in lab.library.suggest_labs("")] == ["sample:1.1"]
    lab.banks = (bank_of(),)
    await lab.restart()
    with pytest.raises(NoLabs):
        await group.drills.for_case(ANN, None, None)


async def test_a_case_that_changed_or_went_says_so(lab: House) -> None:
    """An answer to a case that reads differently by now, or is there no more, is refused; nothing is stored."""
    drill = await lab.drills.for_case(ANN, None, None)
    bank = lab.banks[0]
    lesson = bank.lessons["1.1"]
    assert lesson.chain is not None
    assert lesson.chain.cases is not None
    cases = replace(lesson.chain.cases, scenes=("Another house.",))
    for changed in (replace(lesson.chain, cases=cases), None):
        lab.banks = (replace(bank, lessons={"1.1": replace(lesson, chain=changed)}),)
        await lab.restart()
        with pytest.raises(CaseGone):
            await lab.drills.grade(ANN, drill.posing, "A")
    with pytest.raises(CaseGone):
        await lab.drills.another(ANN, "sample", drill.posed.item.id)
    assert lab.rows("SELECT * FROM practised") == []


async def test_nothing_is_left_when_every_case_is_in_an_open_round(lab: House) -> None:
    """That is said in the words of any drill."""
    lesson = lab.banks[0].lessons["1.1"]
    by_key = {generate(lesson, seed).key: seed for seed in range(3000)}
    await lab.schedule()
    async with lab.store.write() as tx:
        for number, seed in enumerate(by_key.values(), start=1):
            posed = make_posed(case_item(generate(lesson, seed)))
            await rounds.plan(tx, make_round(posed, message_id=None, number=number))
    with pytest.raises(NothingToPractise):
        await lab.drills.for_case(ANN, None, None)
