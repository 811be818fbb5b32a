"""The daily work: a tick that can be repeated, a loop that survives, and servers that never wait for each other."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bot.domain.rounds import Round
from bot.services.daily import Daily
from bot.services.ports import PublishFailed, Refusal
from bot.storage.store import StorageBusy
from tests.builders import NOW
from tests.services.house import MINUTE, House, until

DUE = NOW + timedelta(hours=22, minutes=30)


@asynccontextmanager
async def running(daily: Daily) -> AsyncIterator[None]:
    """Run the loop as the bot does, and end it as the bot does; no task of it is left."""
    before = asyncio.all_tasks()
    loop = asyncio.create_task(daily.run())
    try:
        yield
        assert not loop.done()
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await daily.stop()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before


def sleepy(house: House, nap: timedelta = timedelta(hours=1)) -> Daily:
    """Give a loop that looks by itself only after a long nap."""
    house.daily._longest_nap = nap
    return house.daily


async def test_a_tick_depends_on_the_database_and_the_clock_alone(group: House) -> None:
    """The same instant again does nothing again; a process that starts later does what the first would have done."""
    group.clock.now = DUE
    await group.work()
    calls = list(group.publisher.calls)
    await group.work()
    await group.restart()
    await group.work()
    assert group.publisher.calls == calls
    group.clock.now = (await group.round()).closes_at
    await group.restart()
    await group.work()
    assert await group.states() == ["explained"]


async def test_a_clock_that_runs_back_repeats_nothing(group: House) -> None:
    """Set back by a day, and forward again, the clock makes nobody be asked twice."""
    group.clock.now = DUE
    await group.work()
    for step in (-1, 1):
        group.clock.now += timedelta(days=step)
        await group.work()
    assert await group.states() == ["open"]


@pytest.mark.parametrize("rounds", [1, 5])
async def test_two_processes_ask_once(house: House, rounds: int) -> None:
    """Two that tick at the same moments on one database ask, close and reveal each question once."""
    await house.schedule(per_day=rounds)
    other = await house.second()
    house.clock.now = DUE
    for _ in range(3):
        await asyncio.gather(house.daily.tick(), other.daily.tick())
        await asyncio.gather(house.daily.idle(), other.daily.idle())
    assert len(house.publisher.posts) == rounds
    house.clock.now = DUE + timedelta(hours=23)
    for _ in range(3):
        await asyncio.gather(house.daily.tick(), other.daily.tick())
        await asyncio.gather(house.daily.idle(), other.daily.idle())
        house.clock.advance(minutes=1)
    await other.close()
    assert await house.states() == ["explained"] * rounds
    assert (len(house.publisher.posts), len(house.publisher.reveals)) == (rounds, rounds)


async def test_a_server_that_hangs_delays_no_other(house: House) -> None:
    """While one server's post gets no answer the others are asked, again and again, and it is stepped by one worker."""
    for guild_id in (100, 101, 102):
        await house.schedule(guild_id=guild_id)
    gate = house.publisher.hang("post", guild_id=101)
    house.clock.now = DUE
    await house.daily.tick()
    await until(lambda: len(house.publisher.posts) == 2)
    house.clock.now = DUE + timedelta(hours=23)
    for _ in range(3):
        await house.daily.tick()
        await until(lambda: set(house.daily._workers) == {(101, None)})
    assert len(house.publisher.reveals) == 2
    assert house.publisher.named("post") == ["post"] * 3
    gate.set()
    await house.daily.idle()
    assert len(house.publisher.posts) == 3


async def test_a_server_that_fails_stops_no_other(house: House) -> None:
    """A fault in one server's step leaves the others, and that server's other rounds, alone."""
    for guild_id in (100, 101):
        await house.schedule(guild_id=guild_id, per_day=2)
    house.publisher.fail("post", RuntimeError("a fault of ours"))
    house.clock.now = DUE
    await house.work(1)
    assert len(house.publisher.posts) == 3


async def test_an_outcome_that_cannot_be_stored_stops_no_other_round(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database takes no note of a step its worker goes on to the next round, and tries again later."""
    await house.schedule(per_day=2)
    house.clock.now = DUE
    real = house.stepper.step

    async def step(found: Round) -> None:
        if found.id == 1:
            message = "database is locked"
            raise StorageBusy(message)
        await real(found)

    with monkeypatch.context() as patch:
        patch.setattr(house.stepper, "step", step)
        await house.work(1)
        assert await house.states() == ["planned", "open"]
    await house.work(1)
    assert await house.states() == ["open", "open"]


async def test_a_tick_that_fails_does_not_stop_the_loop(group: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an unexpected exception in a tick the next one comes, and does the work."""
    real, failures = group.planner.plan_due, [1, 2]

    async def plan_due(now: datetime) -> bool:
        if failures:
            raise LookupError(failures.pop())
        return await real(now)

    monkeypatch.setattr(group.planner, "plan_due", plan_due)
    group.clock.now = DUE
    async with running(group.daily):
        await until(lambda: len(group.publisher.posts) == 1)
    assert failures == []


async def test_the_loop_does_what_becomes_due(group: House) -> None:
    """The loop posts at the schedule's time and reveals at the close, with nothing but the clock moving."""
    async with running(group.daily):
        await until(lambda: len(group.beats) > 2)
        assert group.publisher.posts == []
        group.clock.now = DUE
        await until(lambda: bool(group.publisher.seeds))
        group.clock.now = DUE + timedelta(hours=23)
        await until(lambda: len(group.publisher.reveals) == 1)


async def test_waking_does_at_once_what_the_loop_did_not_know_of(group: House) -> None:
    """A round asked for by hand is posted at once, whatever the loop is waiting for; so is a close by hand."""
    async with running(sleepy(group)):
        await until(lambda: len(group.beats) == 1)
        await group.organising.post_now(100, None)
        await until(lambda: bool(group.publisher.seeds))
        await group.organising.close_now(100, None)
        await until(lambda: len(group.publisher.reveals) == 1)


async def test_waking_in_the_middle_of_a_tick_is_not_forgotten(group: House) -> None:
    """What becomes due while a tick is under way gets a tick of its own."""
    async with running(sleepy(group)):
        await until(lambda: len(group.beats) == 1)
        group.daily.wake()
        await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0.001)
            group.daily.wake()
        await group.organising.post_now(100, None)
        await until(lambda: len(group.publisher.posts) == 1)


async def test_the_loop_sleeps_straight_to_the_next_instant(group: House) -> None:
    """It wakes for what comes next, at the latest after its longest nap, and does not spin while a server hangs."""
    assert await group.daily._until_next() == timedelta(milliseconds=20)
    daily = sleepy(group, timedelta(days=300))
    assert await daily._until_next() == DUE - NOW
    await group.planned(open_for=MINUTE)
    await group.work(1)
    assert await daily._until_next() == MINUTE
    gate = group.publisher.hang("collect")
    group.clock.now = NOW + MINUTE
    async with running(daily):
        await until(lambda: bool(group.publisher.named("collect")))
        group.clock.advance(minutes=5)
        beats = len(group.beats)
        await asyncio.sleep(0.3)
        assert len(group.beats) - beats <= 2
        gate.set()
        await until(lambda: len(group.publisher.reveals) == 1)


async def test_nothing_to_wait_for_is_a_long_nap(house: House) -> None:
    """Without any schedule the loop looks again after its longest nap."""
    daily = sleepy(house)
    assert await daily._until_next() == timedelta(hours=1)


async def test_stopping_waits_for_what_is_under_way_and_begins_nothing_else(house: House) -> None:
    """A step that has begun is finished before the database closes; the rest is left for the next start."""
    await house.schedule(per_day=3)
    gate = house.publisher.hang("post")
    house.clock.now = DUE
    await house.daily.tick()
    await until(lambda: bool(house.publisher.named("post")))
    stopping = asyncio.create_task(house.daily.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    gate.set()
    await asyncio.wait_for(stopping, timeout=5)
    assert await house.states() == ["open", "planned", "planned"]
    await house.restart()
    await house.work(1)
    assert await house.states() == ["open", "open", "open"]


async def test_stopping_an_idle_house_returns_at_once(group: House) -> None:
    """With nothing under way there is nothing to wait for."""
    await asyncio.wait_for(group.daily.stop(), timeout=5)


async def test_a_sign_of_life_that_fails_stops_nothing(group: House, caplog: pytest.LogCaptureFixture) -> None:
    """When the health check's file cannot be written, questions are asked all the same; one line tells of it."""
    caplog.set_level(logging.INFO, "bot")

    def beat() -> None:
        raise PermissionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group.daily, "_beat", beat)
        group.clock.now = DUE
        await group.work()
    assert len(group.publisher.posts) == 1
    await group.work()
    told = [record.getMessage() for record in caplog.records if "sign of life" in record.getMessage()]
    assert ["cannot be given" in told[0], "given again" in told[1], len(told)] == [True, True, 2]


async def test_every_tick_gives_a_sign_of_life_and_notes_the_time(group: House) -> None:
    """The beat comes with each tick, and the next start knows when the last one was."""
    group.clock.advance(minutes=7)
    await group.work(2)
    assert len(group.beats) == 2
    assert group.rows("SELECT value FROM process WHERE key = 'alive'") == [((NOW + 7 * MINUTE).isoformat(),)]


async def test_a_first_start_knows_no_outage(house: House) -> None:
    """A new database has missed nothing, and has nothing to catch up."""
    assert house.answering.unread() == {}
    await house.daily.catch_up()
    assert house.publisher.calls == []


async def test_catching_up_many_servers_goes_on_past_failures(house: House) -> None:
    """Each open post is compared, eight at a time, whatever happens to the others."""
    for guild_id in range(100, 120):
        await house.schedule(guild_id=guild_id)
        await house.planned(guild_id)
    await house.work(1)
    for error in (RuntimeError("a fault of ours"), PublishFailed(Refusal.UNAVAILABLE)):
        house.publisher.fail("collect", error, times=3)
    gates = [house.publisher.hang("collect", guild_id=guild_id) for guild_id in range(106, 110)]
    house.publisher.calls.clear()
    catching = asyncio.create_task(house.daily.catch_up())
    await until(lambda: len(house.publisher.named("collect")) == 20)
    assert not catching.done()
    for gate in gates:
        gate.set()
    await catching


async def test_hundreds_of_servers_at_once(house: House) -> None:
    """A hundred servers due at the same second are all asked once."""
    for guild_id in range(100):
        await house.schedule(guild_id=guild_id)
    house.clock.now = DUE
    await house.work(1)
    assert sorted(round_id for round_id, _ in house.publisher.posts) == list(range(1, 101))
    assert set(await house.states()) == {"open"}
