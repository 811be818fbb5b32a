"""Sittings as they are kept: over a restart, beside open rounds, within limits, and until their time is up."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import ItemBusy, ServerBusy, SittingGone, SittingOpen, TooManySittings
from bot.domain.item import Difficulty, Item
from bot.domain.sitting import IDLE, Mode, Sitting, SittingState, Wish
from bot.services.offering import Learner
from bot.services.sittings import JUST_NOW, KEPT, Sittings
from tests.builders import make_bank, make_item
from tests.services.house import MINUTE, House

ANN = Learner(member_id=1, guild_id=100)
BEN = replace(ANN, member_id=2)
WISH = Wish(count=3, topic="1.1", difficulty=Difficulty.MEDIUM)


def _items(house: House, count: int = 3) -> list[Item]:
    return list(house.banks[0].items())[:count]


async def _begun(house: House, mode: Mode = Mode.PRACTICE, learner: Learner = ANN) -> Sitting:
    lasts = 30 * MINUTE if mode is Mode.EXAM else None
    return await house.sittings.begin(learner, mode, "sample", WISH, _items(house), lasts=lasts)


def _right(sitting: Sitting, number: int) -> frozenset[str]:
    return sitting.entries[number - 1].posed.key


def _wrong(sitting: Sitting, number: int) -> str:
    """The letter with the trap."""
    return next(letter for letter, option in sitting.entries[number - 1].posed.options if option.trap)


def _practised(house: House) -> list[tuple[object, ...]]:
    return house.rows("SELECT item_id, full, source, sure, fallen FROM practised ORDER BY id")


async def test_a_sitting_goes_on_after_a_restart(house: House) -> None:
    """It is found open with all that was done in it, posed as it was."""
    begun = await _begun(house)
    after = await house.sittings.answer(ANN, begun.id, 2, _right(begun, 2), sure=True)
    await house.restart()
    found = await house.sittings.current(ANN, Mode.PRACTICE)
    assert found == after
    assert found.wish == WISH
    assert [each.full for each in found.entries] == [None, True, None]


async def test_an_explained_answer_counts_at_once_and_once(house: House) -> None:
    """The first of many answers sent at the same time is stored, in the sitting and for the member's traps."""
    begun = await _begun(house, Mode.REVIEW)
    letters = [_wrong(begun, 1), *_right(begun, 1)]
    sent = [house.sittings.answer(ANN, begun.id, 1, letter, sure=False) for letter in letters * 4]
    after = await asyncio.gather(*sent)
    assert {each.entries[0].choice for each in after} == {letters[0]}
    assert _practised(house) == [("1.1-000", 0, "review", 0, "door-as-lock")]


@pytest.mark.parametrize("choice", ["", "AB", "J", "é"])
@pytest.mark.parametrize("mode", Mode)
async def test_only_what_an_item_offers_is_taken(house: House, mode: Mode, choice: str) -> None:
    """Nothing, two letters where one option is right, or a letter of no option is no answer, and tells nothing."""
    begun = await _begun(house, mode)
    with pytest.raises(SittingGone):
        await house.sittings.answer(ANN, begun.id, 1, choice)
    assert (await house.sittings.find(ANN, begun.id)).answered == ()
    assert _practised(house) == []


async def test_an_exam_counts_when_it_is_handed_in(house: House) -> None:
    """Answers may change and flags come and go; at the end each given answer counts, and nothing changes any more."""
    begun = await _begun(house, Mode.EXAM)
    await house.sittings.answer(ANN, begun.id, 1, _wrong(begun, 1))
    await house.sittings.answer(ANN, begun.id, 1, _right(begun, 1))
    await house.sittings.answer(ANN, begun.id, 2, _wrong(begun, 2))
    await house.sittings.flag(ANN, begun.id, 3, flag=True)
    marked = await house.sittings.flag(ANN, begun.id, 2, flag=True)
    assert [each.flagged for each in marked.entries] == [False, True, True]
    assert _practised(house) == []
    over = await house.sittings.finish(ANN, begun.id)
    assert [(each.units, each.full) for each in over.entries] == [(5040, True), (0, False), (0, False)]
    assert [row[:3] for row in _practised(house)] == [("1.1-000", 1, "exam"), ("1.1-001", 0, "exam")]
    assert await house.sittings.answer(ANN, begun.id, 3, "A") == over
    assert await house.sittings.finish(ANN, begun.id) == over
    assert await house.sittings.current(ANN, Mode.EXAM) is None
    assert await house.sittings.past(ANN, Mode.EXAM, most=5) == [over]


async def test_time_up_grades_what_was_there(house: House) -> None:
    """An answer that comes at the deadline or later does not count, a minute before it does."""
    begun = await _begun(house, Mode.EXAM)
    assert begun.deadline is not None
    house.clock.now = begun.deadline - MINUTE
    await house.sittings.answer(ANN, begun.id, 1, _right(begun, 1))
    house.clock.now = begun.deadline
    late = await house.sittings.answer(ANN, begun.id, 2, _right(begun, 2))
    assert (late.state, late.ended_at) == (SittingState.EXPIRED, begun.deadline)
    assert [each.choice for each in late.entries[1:]] == [None, None]
    assert [row[1] for row in _practised(house)] == [1]


@pytest.mark.parametrize("contact", ["current", "find", "begin"])
async def test_a_deadline_applies_at_any_contact(house: House, contact: str) -> None:
    """Whoever comes back later, by a command or a button, finds their exam graded, and may begin another."""
    begun = await _begun(house, Mode.EXAM)
    await house.sittings.answer(ANN, begun.id, 1, _right(begun, 1))
    await house.restart()
    house.clock.now += 10 * IDLE
    match contact:
        case "current":
            found = await house.sittings.current(ANN, Mode.EXAM)
        case "find":
            found = await house.sittings.find(ANN, begun.id)
        case _:
            await _begun(house, Mode.EXAM)
            found = (await house.sittings.past(ANN, Mode.EXAM, most=1))[0]
    assert found is not None
    assert (found.state, [each.full for each in found.entries]) == (SittingState.EXPIRED, [True, False, False])
    assert len(_practised(house)) == 1


@pytest.mark.parametrize("mode", Mode)
async def test_a_sitting_of_a_bank_that_is_gone_ends(house: House, mode: Mode) -> None:
    """It could not go on, so at the next contact it makes room; the answers in it are kept."""
    begun = await _begun(house, mode)
    await house.sittings.answer(ANN, begun.id, 1, _right(begun, 1))
    house.banks = (make_bank([make_item("2.1-000")], bank_id="other"),)
    await house.restart()
    assert await house.sittings.current(ANN, mode) is None
    assert (await house.sittings.find(ANN, begun.id)).state is SittingState.DONE
    assert len(_practised(house)) == 1


async def test_a_sitting_left_alone_for_a_day_is_over(house: House) -> None:
    """An answer keeps it open for another day; what was answered stays."""
    begun = await _begun(house)
    house.clock.now += IDLE - MINUTE
    await house.sittings.answer(ANN, begun.id, 1, _right(begun, 1))
    house.clock.now += IDLE - MINUTE
    assert (await house.sittings.find(ANN, begun.id)).open
    house.clock.now += MINUTE
    over = await house.sittings.find(ANN, begun.id)
    assert (over.state, over.entries[0].full) == (SittingState.EXPIRED, True)


async def test_a_member_has_one_of_a_kind_in_a_place(house: House) -> None:
    """A new run ends the one before; an exam is not given up by accident; other modes, places and members are apart."""
    first, exam = await _begun(house), await _begun(house, Mode.EXAM)
    alone, bens = await _begun(house, learner=replace(ANN, guild_id=None)), await _begun(house, learner=BEN)
    second = await _begun(house)
    with pytest.raises(SittingOpen):
        await _begun(house, Mode.EXAM)
    states = [(await house.sittings.find(ANN, each.id)).state for each in (first, second, exam, alone)]
    assert states == ["done", "open", "open", "open"]
    assert (await house.sittings.find(BEN, bens.id)).open


async def test_a_sitting_is_its_members(house: House) -> None:
    """Nobody else sees it or answers in it, and entries and options that are not there are not found."""
    begun = await _begun(house)
    with pytest.raises(SittingGone):
        await house.sittings.find(BEN, begun.id)
    with pytest.raises(SittingGone):
        await house.sittings.answer(BEN, begun.id, 1, "A")
    for number in (0, 4):
        with pytest.raises(SittingGone):
            await house.sittings.answer(ANN, begun.id, number, "A")
    with pytest.raises(SittingGone):
        await house.sittings.answer(ANN, begun.id, 1, "AJ")


async def test_an_item_in_an_open_round_is_not_explained(group: House) -> None:
    """Its entry is known to be busy; an answer to it is refused and not stored, answered before or not."""
    asked = await group.posted(open_for=MINUTE)
    item = asked.posed.item
    begun = await group.sittings.begin(ANN, Mode.PRACTICE, "sample", WISH, [*_items(group, 12)])
    (number,) = (each.number for each in begun.entries if each.posed.item.id == item.id)
    assert await group.sittings.busy(begun) == {number}
    with pytest.raises(ItemBusy):
        await group.sittings.answer(ANN, begun.id, number, "A")
    assert _practised(group) == []
    group.clock.now = asked.closes_at
    await group.work()
    assert await group.sittings.busy(begun) == frozenset()
    await group.sittings.answer(ANN, begun.id, number, "A")


async def test_an_exam_takes_answers_to_items_of_open_rounds(group: House) -> None:
    """It tells nothing before it is over, so what the channel is asked meanwhile can be answered."""
    await group.posted()
    begun = await group.sittings.begin(ANN, Mode.EXAM, "sample", WISH, _items(group, 12), lasts=MINUTE)
    for number in range(1, 13):
        await group.sittings.answer(ANN, begun.id, number, "A")
    assert len(await group.sittings.busy(begun)) == 1


async def test_limits_hold(house: House) -> None:
    """A member begins so many a day, and a server has so many under way; those left alone for an hour take no place."""
    few = Sittings(house.store, house.clock, library=house.library, per_day=3, per_server=2)
    house.sittings = few
    for _ in range(3):
        await _begun(house)
    with pytest.raises(TooManySittings):
        await _begun(house, learner=replace(ANN, guild_id=None))
    await _begun(house, learner=BEN)
    cat = replace(ANN, member_id=3)
    with pytest.raises(ServerBusy):
        await _begun(house, learner=cat)
    await _begun(house, learner=replace(cat, guild_id=555))
    house.clock.now += JUST_NOW + MINUTE
    assert (await _begun(house, learner=cat)).open


async def test_old_sittings_are_dropped_but_exams_stay(house: House) -> None:
    """A month after the last contact a run is gone, whoever begins one then; its answers and every exam are kept."""
    begun, exam = await _begun(house), await _begun(house, Mode.EXAM)
    await house.sittings.answer(ANN, begun.id, 1, "A")
    house.clock.now += KEPT + timedelta(seconds=1)
    await _begun(house, learner=BEN)
    with pytest.raises(SittingGone):
        await house.sittings.find(ANN, begun.id)
    assert (await house.sittings.find(ANN, exam.id)).state is SittingState.EXPIRED
    assert len(_practised(house)) == 1
    assert house.rows("SELECT COUNT(*) FROM sitting_items WHERE sitting_id = ?", begun.id) == [(0,)]


async def test_a_dropped_sitting_is_never_taken_for_another(house: House) -> None:
    """The only run there was is dropped when the next begins; that has a number of its own, and its answers count."""
    first = await _begun(house)
    await house.sittings.answer(ANN, first.id, 1, _right(first, 1))
    house.clock.now += KEPT + MINUTE
    second = await _begun(house)
    assert second.id != first.id
    await house.sittings.answer(ANN, second.id, 1, _right(second, 1))
    assert len(_practised(house)) == 2


async def test_an_answer_is_as_early_as_it_came(house: House) -> None:
    """One that came in time counts although the database was busy until after the deadline."""
    begun = await _begun(house, Mode.EXAM)
    assert begun.deadline is not None
    house.clock.now = begun.deadline - timedelta(seconds=1)
    async with house.store.write():
        waiting = asyncio.create_task(house.sittings.answer(ANN, begun.id, 1, _right(begun, 1)))
        await asyncio.sleep(0.05)
        house.clock.now = begun.deadline + MINUTE
    after = await waiting
    assert (after.open, after.entries[0].answered) == (True, True)
    over = await house.sittings.find(ANN, begun.id)
    assert (over.state, over.entries[0].full) == (SittingState.EXPIRED, True)
