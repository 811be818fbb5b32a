"""Crashes: whatever is cut off wherever, a question is asked once, revealed once, and graded the same."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.rounds import Round, RoundState
from bot.services.ports import PublishFailed, Refusal
from bot.services.stepping import LEASE
from bot.storage.store import Store, Tx
from tests.builders import NOW
from tests.fakes import Clock, FakePublisher
from tests.services.house import House, Killed, right, sample_bank, wrong

DUE = NOW + timedelta(hours=22, minutes=30)
GRADED = [(1, 1, 5040, 1), (1, 2, 0, 1), (1, 3, 5040, 1)]
CALLS = ("post", "seed", "collect", "explain")


class Reaper:
    """Kills the process at its n-th commit, before or after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.countdown = 0
        self.after = False
        self.deaths = 0
        real, reaper = Store.write, self

        @asynccontextmanager
        async def write(self: Store) -> AsyncIterator[Tx]:
            reaper.countdown -= 1
            now = reaper.countdown == 0
            async with real(self) as tx:
                yield tx
                if now and not reaper.after:
                    reaper.strike()
            if now:
                reaper.strike()

        monkeypatch.setattr(Store, "write", write)

    def strike(self) -> None:
        self.deaths += 1
        raise Killed


async def run(house: House, reaper: Reaper | None = None) -> None:
    """Do what is due. After a kill, start again when the lease of what was cut off has run out."""
    deaths = reaper.deaths if reaper is not None else 0
    try:
        await house.daily.tick()
        ends = await asyncio.gather(*house.daily._workers.values(), return_exceptions=True)
        killed = any(isinstance(end, Killed) for end in ends)
    except Killed:
        killed = True
    if killed or (reaper is not None and reaper.deaths > deaths):
        await house.restart()
        house.clock.now += LEASE


async def answer(house: House, asked: Round) -> None:
    await house.tap(asked, 1, right(asked))
    await house.tap(asked, 2, right(asked) + wrong(asked)[0])
    house.unheard(asked, 3, right(asked))


async def live(house: House, reaper: Reaper | None = None) -> None:
    """Let a round live from its schedule to its reveal, whatever is cut off in between."""
    house.clock.now = DUE
    for _ in range(3):
        await run(house, reaper)
    asked = await house.round()
    assert (asked.state, asked.seeded) == (RoundState.OPEN, True)
    waiting = reaper.countdown if reaper is not None else 0
    if reaper is not None:
        reaper.countdown = 0
    await answer(house, asked)
    if reaper is not None:
        reaper.countdown = waiting
    house.clock.now = asked.closes_at
    for _ in range(3):
        await run(house, reaper)


async def check(house: House) -> None:
    """One round was asked, once; it was revealed, once; and everyone got what they earned."""
    assert await house.states() == ["explained"]
    assert [round_id for round_id, _ in house.publisher.posts] == [1]
    assert [told.round.id for told in house.publisher.reveals] == [1]
    assert house.publisher.reveals[0].tally.participants == 3
    assert house.results() == GRADED
    assert (await house.round()).step_at is None
    assert house.answering._live == {}


async def test_without_a_crash(group: House) -> None:
    """The life that the others are compared with."""
    await live(group)
    await check(group)
    assert group.publisher.named("find_post", "find_reveal") == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("method", CALLS)
async def test_a_kill_around_any_call(group: House, method: str, *, after: bool) -> None:
    """Killed before or after anything is sent, the next start finishes it, and sends nothing twice."""
    group.publisher.fail(method, Killed(), after=after)
    await live(group)
    await check(group)


@pytest.mark.parametrize("method", CALLS)
async def test_a_call_that_worked_but_was_not_answered(group: House, method: str) -> None:
    """Discord did it and the connection broke: before sending again the bot looks for it."""
    for error in (PublishFailed(Refusal.UNAVAILABLE), RuntimeError("a fault of ours")):
        group.publisher.fail(method, error, after=True)
    group.clock.now = DUE
    await run(group)
    for _ in range(4):
        group.clock.advance(minutes=1)
        await run(group)
    asked = await group.round()
    await answer(group, asked)
    group.clock.now = asked.closes_at
    for _ in range(5):
        await run(group)
        group.clock.advance(minutes=1)
    await check(group)


@pytest.mark.parametrize("method", ["post", "explain"])
async def test_looking_may_be_cut_off_too(group: House, method: str) -> None:
    """Killed after sending, and again while looking for what was sent: still sent once."""
    group.publisher.fail(method, Killed(), after=True)
    look = {"post": "find_post", "explain": "find_reveal"}[method]
    group.publisher.fail(look, Killed())
    group.publisher.fail(look, PublishFailed(Refusal.FORBIDDEN), after=True)
    group.clock.now = DUE
    for _ in range(2):
        await run(group)
    if method == "post":
        await run(group)
        await group.organising.resume(100, "Daily question")
        await run(group)
    asked = await group.round()
    assert asked.state is RoundState.OPEN
    await answer(group, asked)
    group.clock.now = asked.closes_at
    for _ in range(3):
        await run(group)
    if method == "explain":
        assert await group.states() == ["closed"]
        await group.organising.resume(100, "Daily question")
        await run(group)
    await check(group)


async def test_what_was_tapped_on_a_post_not_known_yet_is_found(group: House) -> None:
    """Letters that members tapped between the send and the crash's repair are collected when the post is found."""
    group.publisher.fail("post", Killed(), after=True)
    group.clock.now = DUE
    await run(group)
    group.publisher.marks[9000][7] = "A"
    await run(group)
    assert group.stored(await group.round()) == {7: "A"}


async def test_a_post_found_after_the_catch_up_limit_is_kept(group: House) -> None:
    """A question that was sent before a long outage is not called unsent: it takes its place, closes, is revealed."""
    group.publisher.fail("post", Killed(), after=True)
    group.clock.now = DUE
    await run(group)
    group.publisher.marks[9000][7] = "A"
    group.clock.now = DUE + timedelta(hours=10)
    await run(group)
    asked = await group.round()
    assert (asked.state, asked.message_id) == (RoundState.OPEN, 9000)
    group.clock.now = asked.closes_at
    await run(group)
    assert (await group.round()).state is RoundState.EXPLAINED
    assert [row[1] for row in group.results()] == [7]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_at_any_commit(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    """Killed at the first commit of a round's life, at the second, and so on to the last: always the same end."""
    reaper = Reaper(monkeypatch)
    reaper.after = after
    for number in range(1, 100):
        file = Path(shutil.copyfile(template, tmp_path / f"{number}.db"))
        house = await House(file=file, clock=Clock(NOW), publisher=FakePublisher(), banks=(sample_bank(),)).open()
        await house.schedule()
        reaper.countdown = number
        await live(house, reaper)
        await check(house)
        await house.close()
        if reaper.deaths < number:
            break
    assert reaper.deaths > 8
