"""Stuck steps: what becomes of a round whose step fails again and again although Discord is there."""

import pytest

from bot.domain.rounds import RoundState
from bot.services.ports import PublishFailed, Refusal
from tests.services.house import MINUTE, House
from tests.services.test_refusals import HOUR, after, open_round, told


@pytest.mark.parametrize("error", [PublishFailed(Refusal.REJECTED), RuntimeError("a fault of ours")])
@pytest.mark.parametrize(("method", "doing"), [("post", "post"), ("seed", "put the letters on"), ("explain", "reveal")])
async def test_a_step_that_fails_five_times_waits_for_the_organiser(
    group: House, method: str, doing: str, error: Exception
) -> None:
    """It is blocked and told once; the schedule goes on, and resuming tries again."""
    group.publisher.fail(method, error, times=5)
    await group.planned(open_for=20 * HOUR)
    if method == "explain":
        await group.work()
        await after(group, 20 * HOUR)
    for _ in range(40):
        await after(group, MINUTE, ticks=1)
    assert len(group.publisher.named(method)) == 5
    (text,) = told(group)
    assert text.startswith(f"**Daily question**: I could not {doing} a question in <#200>, five times in a row: ")
    assert "`/schedule resume`" in text
    assert (await group.schedule_now()).paused is None
    await group.organising.resume(100, "Daily question")
    await group.work()
    assert len(group.publisher.named(method)) == 6
    assert len(told(group)) == 1


async def test_a_blocked_reveal_does_not_hold_up_the_next_question(group: House) -> None:
    """Once it waits for the organiser the schedule goes on without it."""
    group.publisher.fail("explain", RuntimeError("a fault of ours"), times=99)
    await open_round(group)
    for _ in range(40):
        await after(group, MINUTE * 3, ticks=1)
    await group.planned()
    await group.work()
    assert await group.states() == ["closed", "open"]


async def test_outages_are_no_faults(group: House) -> None:
    """However often Discord was away, a single fault afterwards is tried again, not given up."""
    group.publisher.fail("explain", PublishFailed(Refusal.UNAVAILABLE), times=8)
    group.publisher.fail("explain", PublishFailed(Refusal.REJECTED), times=4)
    await open_round(group)
    for _ in range(240):
        await after(group, MINUTE, ticks=1)
    assert await group.states() == ["explained"]
    assert told(group) == []


async def test_a_close_that_fails_is_never_given_up(group: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round past its close does not stay open: told once after five faults, it is tried until it closes."""
    await open_round(group)

    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(group.answering, "begin_closing", fails)
        for _ in range(90):
            await after(group, MINUTE, ticks=1)
    (text,) = told(group)
    assert "I could not close a question" in text
    assert await after(group, HOUR) == RoundState.EXPLAINED


async def test_a_rejected_catch_up_is_left_to_the_close(group: House) -> None:
    """A snapshot that Discord rejects at the start changes nothing."""
    asked = await open_round(group)
    group.publisher.fail("collect", PublishFailed(Refusal.REJECTED))
    await group.daily.catch_up()
    assert await group.round() == asked
    assert told(group) == []


async def test_a_schedules_name_cannot_format_a_notice(house: House) -> None:
    """What someone called a schedule is shown as plain words: no link, no mention."""
    await house.schedule(name="[free](https://x.example) @everyone")
    house.publisher.fail("post", PublishFailed(Refusal.FORBIDDEN))
    await house.planned()
    await house.work()
    assert told(house)[0].startswith("**free https x.example everyone** is paused: ")
