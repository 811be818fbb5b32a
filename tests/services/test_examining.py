"""Mock exams: what is drawn, going on with the one that is open, and what it came to."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import SittingGone, TooFewForExam, UnknownBank
from bot.domain.exam import Total
from bot.domain.sitting import Mode, SittingState, Wish
from bot.services.examining import Exam
from bot.services.offering import Learner
from tests.builders import make_bank, make_blueprint, make_item, make_trap
from tests.services.house import MINUTE, House

ANN = Learner(member_id=1, guild_id=100)
BEN = replace(ANN, member_id=2)
_MARK = 5040


async def _restarted(house: House, **items: int) -> None:
    """Start again with a bank that has so many items of each objective, in which B has a trap."""
    house.banks = (
        make_bank(
            [
                make_item(f"{objective[1:]}-{number:03}", objective=f"{objective[1]}.1", traps={"B": "door-as-lock"})
                for objective, count in items.items()
                for number in range(count)
            ],
            blueprint=make_blueprint(devices=(20, 30), apps=(70, 80)),
        ),
    )
    await house.restart()


def _wrong(exam: Exam, number: int) -> str:
    """The letter with the trap."""
    return next(letter for letter, option in exam.sitting.entries[number - 1].posed.options if option.trap)


async def _answered(house: House, exam: Exam, *, right: int, wrong: int = 0) -> None:
    """Answer the first ones rightly, and those that follow by falling for the trap."""
    for number in range(1, right + 1):
        await house.examining.answer(ANN, exam.sitting.id, number, exam.sitting.entries[number - 1].posed.key)
    for number in range(right + 1, right + wrong + 1):
        await house.examining.answer(ANN, exam.sitting.id, number, _wrong(exam, number))


async def _over(house: House, *, right: int, count: int = 10) -> Exam:
    exam = await house.examining.start(ANN, None, count=count)
    await _answered(house, exam, right=right)
    return await house.examining.hand_in(ANN, exam.sitting.id)


async def test_an_exam_is_drawn_by_the_blueprint(house: House) -> None:
    """Of 20 items a quarter is on the domain that has a quarter of the weight; a minute and a half for each."""
    await _restarted(house, o1=20, o2=20)
    exam = await house.examining.start(ANN, "sample", count=20)
    objectives = [entry.posed.item.objective for entry in exam.sitting.entries]
    assert (objectives.count("1.1"), objectives.count("2.1")) == (5, 15)
    assert len({entry.posed.item.id for entry in exam.sitting.entries}) == 20
    assert exam.sitting.deadline == house.clock() + 30 * MINUTE
    assert exam.sitting.mode is Mode.EXAM
    assert exam.paper is not None


async def test_by_default_an_exam_has_half_of_the_bank(house: House) -> None:
    """Its minutes follow; both can be chosen, and where there are not enough items it is all there are."""
    exam = await house.examining.start(ANN, None)
    assert (len(exam.sitting.entries), exam.sitting.deadline) == (6, house.clock() + 9 * MINUTE)
    other = await house.examining.start(BEN, None, count=60, minutes=7)
    assert (len(other.sitting.entries), other.sitting.deadline) == (12, house.clock() + 7 * MINUTE)
    assert other.paper is not None
    assert other.paper.asked == 60


async def test_an_open_exam_is_gone_on_with(house: House) -> None:
    """Whoever starts again gets the one that is open as they left it, also after a restart, whatever they ask for."""
    exam = await house.examining.start(ANN, None)
    await _answered(house, exam, right=2)
    await house.restart()
    again = await house.examining.start(ANN, None, count=8, minutes=1)
    assert (again.sitting.id, len(again.sitting.answered), again.paper) == (exam.sitting.id, 2, None)


async def test_two_starts_at_once_make_one_exam(house: House) -> None:
    """Both get it, and one of them how it was drawn."""
    exams = await asyncio.gather(*(house.examining.start(ANN, None) for _ in range(5)))
    assert len({exam.sitting.id for exam in exams}) == 1
    assert sum(exam.paper is not None for exam in exams) == 1


async def test_clicks_at_once_are_one_after_another(house: House) -> None:
    """Of many answers at the same time one stays, and however often it is handed in the exam counts once."""
    exam = await house.examining.start(ANN, None)
    sitting_id = exam.sitting.id
    await asyncio.gather(*(house.examining.answer(ANN, sitting_id, 1, letter) for letter in "ABCD" * 3))
    over = await asyncio.gather(*(house.examining.hand_in(ANN, sitting_id) for _ in range(5)))
    assert all(each == over[0] for each in over)
    assert len(over[0].sitting.answered) == 1
    assert house.rows("SELECT source FROM practised") == [("exam",)]


async def test_time_up_is_told_at_the_next_start(house: House) -> None:
    """It is the exam that ran out, graded by what was there; only then another one begins."""
    exam = await house.examining.start(ANN, None)
    await _answered(house, exam, right=2)
    house.clock.now += timedelta(hours=3)
    found = await house.examining.start(ANN, None)
    assert (found.sitting.id, found.sitting.state) == (exam.sitting.id, SittingState.EXPIRED)
    outcome = await house.examining.told(found)
    assert outcome.result.whole == Total(items=6, answered=2, right=2, earned=2 * _MARK, worth=6 * _MARK)
    assert (await house.examining.start(ANN, None)).sitting.id != exam.sitting.id


async def test_time_up_is_told_by_the_history_too(house: House) -> None:
    """Whoever looks at their exams finds the one that ran out meanwhile among them."""
    await house.examining.start(ANN, None)
    assert (await house.examining.record(ANN)).outcomes == ()
    house.clock.now += timedelta(hours=3)
    (outcome,) = (await house.examining.record(ANN)).outcomes
    assert outcome.sitting.state is SittingState.EXPIRED


async def test_items_of_open_rounds_are_never_drawn(group: House) -> None:
    """In the server none that is asked now; in direct messages none whose question the learner has answered."""
    asked = await group.posted()
    exam = await group.examining.start(ANN, None, count=60)
    ids = {entry.posed.item.id for entry in exam.sitting.entries}
    assert len(ids) == 11
    assert asked.posed.item.id not in ids
    alone = replace(ANN, guild_id=None)
    await group.tap(asked, ANN.member_id, "A")
    assert len((await group.examining.start(alone, None, count=60)).sitting.entries) == 11


async def test_what_the_channel_is_asked_meanwhile_is_held_back(group: House) -> None:
    """An item that comes into an open round is no part of the result, nor explained, until that is closed."""
    exam = await group.examining.start(ANN, None, count=60)
    await _answered(group, exam, right=0, wrong=12)
    asked = await group.posted(open_for=MINUTE)
    over = await group.examining.hand_in(ANN, exam.sitting.id)
    outcome = await group.examining.told(over)
    assert [entry.posed.item.id for entry in outcome.held] == [asked.posed.item.id]
    assert (outcome.result.whole.items, len(outcome.missed)) == (11, 11)
    (listed,) = (await group.examining.record(ANN)).outcomes
    assert listed.result.whole.items == 11
    hinted = group.rows("SELECT COUNT(*), SUM(item_id = ?) FROM practised", asked.posed.item.id)
    assert hinted == [(11, 0)], "it counts for no trap, and is no card"
    group.clock.now = asked.closes_at
    await group.work()
    outcome = await group.examining.outcome(ANN, exam.sitting.id)
    assert (outcome.held, outcome.result.whole.items, len(outcome.missed)) == ((), 12, 12)


async def test_nothing_is_told_of_an_open_exam(house: House) -> None:
    """Its outcome is not there, whoever asks for it by number."""
    exam = await house.examining.start(ANN, None)
    with pytest.raises(SittingGone):
        await house.examining.outcome(ANN, exam.sitting.id)


async def test_an_exam_comes_to_a_result(house: House) -> None:
    """Marks in all and per domain, the domains that had no question, and the traps, as its answers say."""
    await _restarted(house, o2=10)
    exam = await house.examining.start(ANN, None, count=10)
    await _answered(house, exam, right=6, wrong=3)
    over = await house.examining.hand_in(ANN, exam.sitting.id)
    outcome = await house.examining.told(over)
    whole = Total(items=10, answered=9, right=6, earned=6 * _MARK, worth=10 * _MARK)
    assert [(domain.id, total) for domain, total in outcome.result.domains] == [("apps", whole)]
    assert [domain.id for domain in outcome.result.untried] == ["devices"]
    assert outcome.result.traps == (("door-as-lock", 3),)
    assert [entry.number for entry in outcome.missed] == [7, 8, 9, 10]


async def test_what_was_done_after_the_end_changes_nothing(house: House) -> None:
    """Answers, flags and handing in again give the exam as it was."""
    over = await _over(house, right=2)
    key = over.sitting.entries[5].posed.key
    assert await house.examining.answer(ANN, over.sitting.id, 6, key) == over
    assert await house.examining.flag(ANN, over.sitting.id, 6, flag=True) == over
    assert await house.examining.hand_in(ANN, over.sitting.id) == over


async def test_an_exam_is_its_members_and_an_exam(house: House) -> None:
    """Neither someone else's, nor a practice run, nor an entry or letters that are not there, get anywhere."""
    exam = await house.examining.start(ANN, None)
    run = await house.sittings.begin(BEN, Mode.PRACTICE, "sample", Wish(count=1), [make_item()])
    number = exam.sitting.id
    for learner, sitting_id in ((BEN, number), (BEN, run.id), (ANN, number + 100)):
        for trying in (
            house.examining.find(learner, sitting_id),
            house.examining.answer(learner, sitting_id, 1, "A"),
            house.examining.flag(learner, sitting_id, 1, flag=True),
            house.examining.hand_in(learner, sitting_id),
            house.examining.outcome(learner, sitting_id),
        ):
            with pytest.raises(SittingGone):
                await trying
    for at, letters in ((0, "A"), (7, "A"), (1, "J"), (1, "")):
        with pytest.raises(SittingGone):
            await house.examining.answer(ANN, number, at, letters)
    assert (await house.examining.find(ANN, number)).sitting == exam.sitting
    assert (await house.sittings.find(BEN, run.id)).open


async def test_too_few_items_make_no_exam(group: House) -> None:
    """Below five that may be asked now, and for a bank that is not there, it is refused and nothing begins."""
    await _restarted(group, o1=5)
    await group.posted()
    with pytest.raises(TooFewForExam, match="Sample has fewer than 5"):
        await group.examining.start(ANN, None)
    with pytest.raises(UnknownBank):
        await group.examining.start(ANN, "none")
    assert await group.sittings.current(ANN, Mode.EXAM) is None


async def test_the_history_has_a_trend(house: House) -> None:
    """The latest exam first, compared with those before it; others' exams and other places are apart."""
    for right in (2, 3, 9):
        await _over(house, right=right)
        house.clock.now += MINUTE
    record = await house.examining.record(ANN)
    assert [outcome.result.whole.right for outcome in record.outcomes] == [9, 3, 2]
    assert record.trend is not None
    assert (float(record.trend.change), record.trend.exams, record.trend.clear) == (0.65, 2, True)
    assert (await house.examining.record(BEN)).outcomes == ()
    assert (await house.examining.record(replace(ANN, guild_id=None))).outcomes == ()


async def test_exams_of_a_bank_that_is_gone_are_left_out(house: House) -> None:
    """The history has none of them; an open one ends, so that another can begin."""
    await _over(house, right=3)
    exam = await house.examining.start(ANN, None)
    house.banks = (make_bank((make_item(f"2-{number}") for number in range(9)), bank_id="other", traps=[make_trap()]),)
    await house.restart()
    with pytest.raises(SittingGone):
        await house.examining.find(ANN, exam.sitting.id)
    begun = await house.examining.start(ANN, None)
    assert (begun.bank.id, begun.sitting.open) == ("other", True)
    assert (await house.examining.record(ANN)).outcomes == ()
