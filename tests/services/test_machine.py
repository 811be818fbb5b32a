"""The machine the bot runs on: a clock that is stepped by an hour, and a second bot on the same database."""

import asyncio
import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.answer import Came
from bot.services.ports import PublishFailed, Refusal
from bot.services.watching import Watch
from bot.storage.store import StorageBusy
from tests.builders import NOW
from tests.services.house import MINUTE, House, refused_commits, right, wrong

DUE = NOW + timedelta(hours=22, minutes=30)
HOUR = timedelta(hours=1)


def lines(caplog: pytest.LogCaptureFixture, part: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if part in record.getMessage()]


async def test_a_clock_set_back_asks_and_closes_nothing_twice(group: House, caplog: pytest.LogCaptureFixture) -> None:
    """Set back right after a post, or right before or after a close: one post, one reveal, at the stated minute."""
    group.clock.now = DUE
    await group.work()
    group.clock.now -= HOUR
    await group.work()
    asked = await group.round()
    group.clock.now = asked.closes_at - MINUTE
    await group.work()
    group.clock.now -= HOUR
    for _ in range(6):
        await group.work()
        assert await group.states() == ["open"]
        group.clock.advance(minutes=10)
    group.clock.now = asked.closes_at
    await group.work()
    group.clock.now -= HOUR
    await group.work()
    assert await group.states() == ["explained"]
    assert (len(group.publisher.posts), len(group.publisher.reveals)) == (1, 1)
    assert len(lines(caplog, "clock was set back by 3600 s")) == 3


async def test_a_clock_set_forward_asks_closes_and_reveals_once(group: House) -> None:
    """What an hour's leap passes over is done once when it is noticed: a question's time, then its close."""
    group.clock.now = DUE - MINUTE
    await group.work()
    group.clock.now += HOUR
    await group.work()
    assert await group.states() == ["open"]
    assert (await group.schedule_now()).next_run == DUE + timedelta(days=1)
    asked = await group.round()
    group.clock.now = asked.closes_at - MINUTE
    await group.work()
    group.clock.now += HOUR
    await group.work()
    group.clock.now -= HOUR
    await group.work()
    assert [round_id for round_id, _ in group.publisher.posts] == [1, 2]
    assert [told.round.id for told in group.publisher.reveals] == [1]


async def test_answers_keep_their_order_whatever_the_clock_says(group: House) -> None:
    """The later of two letters counts also when the clock says that it came an hour earlier."""
    asked = await group.posted(open_for=HOUR / 2)
    await group.tap(asked, 1, wrong(asked)[0])
    group.clock.now -= HOUR
    await group.tap(asked, 1, right(asked))
    await group.work()
    await group.restart()
    held = group.answering.held(asked.id, 1)
    assert held is not None
    assert (held.choice, held.at) == (right(asked), NOW - HOUR)


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_step_that_waits_does_not_wait_for_a_clock_that_was_ahead(group: House, *, restarts: bool) -> None:
    """A reveal that was put off, or cut off in the middle, before the clock was set back comes soon after."""
    asked = await group.posted(open_for=HOUR / 2)
    group.publisher.fail("explain", PublishFailed(Refusal.UNAVAILABLE))
    group.clock.now = asked.closes_at
    await group.work(1)
    assert await group.states() == ["closed"]
    group.clock.now -= HOUR
    if restarts:
        await group.restart()
    await group.work(2)
    assert await group.states() == ["explained"]


async def test_after_an_outage_of_discord_nobody_waits_out_the_longest_wait(group: House) -> None:
    """As soon as Discord answers again what was put off for minutes is tried again, but no step that is under way."""
    asked = await group.posted(open_for=HOUR / 2)
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE), times=5)
    group.clock.now = asked.closes_at
    for _ in range(5):
        await group.work(1)
        group.clock.now = max(group.clock.now, (await group.round()).step_at or group.clock.now)
    group.clock.now -= timedelta(minutes=2)
    await group.work(1)
    assert await group.states() == ["closing"]
    group.daily.hurry()
    await group.work(1)
    assert await group.states() == ["explained"]
    assert len(group.publisher.reveals) == 1


@pytest.mark.parametrize("refused", [False, True])
async def test_hurrying_during_a_tick_or_before_one_that_fails_is_not_forgotten(group: House, *, refused: bool) -> None:
    """Discord may answer again while a tick writes, or while nothing can be stored: the next tick knows of it."""
    asked = await group.posted(open_for=HOUR / 2)
    group.clock.now = asked.closes_at
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE), times=5)
    for _ in range(5):
        await group.work(1)
        group.clock.now = max(group.clock.now, (await group.round()).step_at or group.clock.now)
    group.clock.now -= timedelta(minutes=2)
    if refused:
        group.daily.hurry()
        with refused_commits(group), pytest.raises(StorageBusy):
            await group.daily.tick()
    else:
        sa.event.listen(group.store._engine.sync_engine, "commit", lambda _: group.daily.hurry(), once=True)
        await group.work(1)
        assert await group.states() == ["closing"]
    await group.work(1)
    assert await group.states() == ["explained"]


async def test_a_private_answer_after_a_step_back_is_not_taken_for_an_old_one(group: House) -> None:
    """A last sign of life that lies ahead of the clock at the start does not make new private answers look old."""
    asked = await group.posted(open_for=HOUR / 2)
    await group.work()
    group.clock.now -= HOUR
    await group.restart()
    await group.answering.choose(asked.id, 1, "B")
    group.unheard(asked, 1, "A")
    await group.daily.catch_up()
    held = group.answering.held(asked.id, 1)
    assert held is not None
    assert held.choice == "B"


def test_steps_of_the_clock_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """A leap forward is told when the steady clock does not know of it, a step back always; a slow tick is neither."""
    seconds = [0.0]
    watch = Watch(steady=lambda: seconds[0])
    assert not watch.went_back(NOW)
    for wall, steady in ((30, 30), (630, 630), (660, 660)):
        seconds[0] = steady
        assert not watch.went_back(NOW + timedelta(seconds=wall))
    assert caplog.records == []
    seconds[0] = 690
    assert not watch.went_back(NOW + timedelta(seconds=690) + HOUR)
    assert len(lines(caplog, "clock went forward by 3600 s")) == 1
    seconds[0] = 720
    assert watch.went_back(NOW + timedelta(seconds=720))
    assert len(lines(caplog, "clock was set back by 3570 s")) == 1


async def test_two_bots_on_one_database_notice_each_other(group: House, caplog: pytest.LogCaptureFixture) -> None:
    """Each says so once, whatever their clocks say, and again when the other has been gone for a while."""
    caplog.set_level(logging.INFO, "bot")
    other = await group.second()
    for _ in range(5):
        await group.work(1)
        await other.work(1)
        group.clock.advance(seconds=30)
    told = lines(caplog, "another Trapwise is using this database")
    assert len(told) == 2
    assert group.answering.shared
    assert "last seen 30 s ago, a process" in told[0]
    await other.close()
    for _ in range(8):
        await group.work(1)
        group.clock.advance(seconds=30)
    assert len(lines(caplog, "the other Trapwise left this database")) == 1
    assert not group.answering.shared


def test_how_long_another_bot_is_gone_is_told_by_the_steady_clock(caplog: pytest.LogCaptureFixture) -> None:
    """Neither does a leap of the wall clock end what two bots have to heed, nor does a step back lengthen it."""
    caplog.set_level(logging.INFO, "bot")
    seconds = [0.0]
    watch = Watch(steady=lambda: seconds[0])

    def look(wall: float, steady: float, who: str) -> bool:
        seconds[0] = steady
        watch.signed(f"{who} {NOW.isoformat()} a process", NOW + timedelta(seconds=wall))
        return watch.shared

    watch.signed(None, NOW)
    assert look(30, 30, "another")
    assert look(60, 60, watch._token)
    assert look(3690, 90, watch._token)
    assert look(-3600, 150, watch._token)
    assert not look(-3570, 180, watch._token)
    assert len(lines(caplog, "left this database after 30 s")) == 1


async def test_a_restart_is_not_taken_for_a_second_bot(group: House, caplog: pytest.LogCaptureFixture) -> None:
    """Killed and started again at once, a bot finds its own earlier signature and says nothing."""
    for _ in range(3):
        await group.work(2)
        await group.restart()
    await group.work(2)
    assert lines(caplog, "another Trapwise") == []


async def test_a_first_tick_that_cannot_be_stored_is_no_second_bot(
    group: House, caplog: pytest.LogCaptureFixture
) -> None:
    """After a restart on a full disk a bot finds the signature of its last run again and again, and says nothing."""
    await group.work(2)
    await group.restart()
    with refused_commits(group):
        for _ in range(2):
            with pytest.raises(StorageBusy):
                await group.daily.tick()
    await group.work(2)
    assert lines(caplog, "another Trapwise") == []
    assert not group.answering.shared


async def test_what_only_one_of_two_bots_heard_survives_the_other(group: House) -> None:
    """A bot that missed an evening of letters and private answers repairs from the database, not from its old memory.

    Its own snapshot could not tell which of two letters came last, and knows nothing of private answers.
    """
    asked = await group.posted(open_for=HOUR / 2)
    deaf = await group.second()
    await deaf.answering.take_up(asked)
    for _ in range(2):
        await group.work(1)
        await deaf.work(1)
    await group.tap(asked, 1, "AB")
    await group.answering.choose(asked.id, 2, "C")
    await deaf.daily.catch_up()
    assert group.stored(asked) == {1: "B", 2: "C"}
    group.clock.now = asked.closes_at
    await deaf.work()
    await deaf.close()
    assert {row[1]: row[2] for row in group.results()}.keys() == {1, 2}
    assert group.stored(asked) == {1: "B", 2: "C"}
    assert (await group.states(), len(group.publisher.reveals)) == (["explained"], 1)


async def test_two_bots_that_hear_everything_keep_the_same_answers(group: House) -> None:
    """However their commits interleave, both end with the choices that were made, and the database with them."""
    asked = await group.posted(open_for=HOUR / 2)
    other = await group.second()
    letters = asked.posed.letters
    for step in range(8):
        events = [(member, letters[(step + member) % len(letters)]) for member in range(1, 21)]
        for house in (group, other):
            await asyncio.gather(*(house.answering.tap(asked.message_id or 0, *event) for event in events))
    last = {member: letters[(7 + member) % len(letters)] for member in range(1, 21)}
    assert group.stored(asked) == last
    for house in (group, other):
        held = house.answering.all_held(asked.id) or {}
        assert {member: answer.choice for member, answer in held.items()} == last
        assert {answer.came for answer in held.values()} == {Came.LIVE}
    await other.close()
