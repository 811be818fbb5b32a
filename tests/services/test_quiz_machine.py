"""A quiz under random interleavings of what hosts, Discord and operators do to it: it always comes to its end."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import TrapwiseError
from bot.domain.quiz import Ending, QuizState
from bot.domain.rounds import RoundState
from bot.services.ports import PublishFailed, Refusal
from tests.builders import NOW
from tests.fakes import Clock, FakePublisher
from tests.services.house import House, Killed, right, sample_bank
from tests.services.quiz_house import HOST, WISH, items, stored

CALLS = ("invite", "post", "seed", "collect", "explain", "retell", "conclude")
LONG_ENOUGH = 40
"""Minutes after which a quiz that everybody leaves alone is over: of a pause that nobody ends, and what follows it."""

calls = st.sampled_from([*CALLS, "post", "post"])
does = st.sampled_from(["begin", "skip", "pause", "pause", "resume", "stop", "tap"])
passes = st.tuples(st.just("pass"), st.sampled_from([1, 5, 13, 31, 61, 600]))
failures = st.tuples(st.just("fail"), calls, st.sampled_from([Refusal.UNAVAILABLE, Refusal.REJECTED]), st.booleans())
kills = st.tuples(st.just("kill"), calls, st.booleans())
holds = st.tuples(st.just("hold"), calls)
others = st.sampled_from([("release",), ("restart",), ("went away",), ("came back",)])
acts = st.one_of(st.tuples(does), st.tuples(does), passes, passes, passes, failures, kills, holds, others)


class Walk:
    """One quiz, and what happens to it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.held: list[asyncio.Event] = []

    async def live(self, story: list[tuple[Any, ...]]) -> None:
        """Start a quiz, let everything happen, then leave it alone until it must be over."""
        await self.house.quizzing.start(HOST, replace(WISH, count=3, seconds=30))
        await self._work()
        for act in [*story[:1], ("begin",), *story[1:]]:
            await self._do(*act)
            await self._work()
        self._release()
        self.house.daily.caught_up()
        for _ in range(2 * LONG_ENOUGH):
            self.house.clock.now += timedelta(seconds=30)
            await self._work()

    async def judge(self) -> None:
        """Check that the quiz is over, everything was shown once, and that the channel is free."""
        chat, quiz = self.house.publisher, await stored(self.house)
        assert (quiz.state, quiz.step_at) == (QuizState.OVER, None)
        asked = await items(self.house)
        assert {each.state for each in asked} <= {RoundState.EXPLAINED, RoundState.VOID}
        assert [each.number for each in asked] == list(range(1, len(asked) + 1))
        shown = [*Counter(number for number, _ in chat.posts).values(), *Counter(_rounds(chat)).values()]
        assert set(shown) <= {1}
        assert len(chat.lobbies) <= 1
        assert len(chat.boards) == (quiz.ending is not Ending.TROUBLE)
        await self.house.quizzing.start(replace(HOST, member_id=9), WISH)

    async def _do(self, what: str, *how: Any) -> None:  # noqa: ANN401 - whatever belongs to it
        chat, daily = self.house.publisher, self.house.daily
        acts: dict[str, Callable[..., object]] = {
            "fail": lambda call, why, after: chat.fail(call, PublishFailed(why), after=after),
            "kill": lambda call, after: chat.fail(call, Killed(), after=after),
            "hold": lambda call: self.held.append(chat.hang(call)),
            "release": self._release,
            "went away": daily.went_away,
            "came back": daily.caught_up,
        }
        match what:
            case "tap":
                for each in self.house.answering.open_rounds():
                    await self.house.tap(each, 1, right(each))
            case "restart":
                await self._restart()
            case "pass":
                self.house.clock.advance(seconds=how[0])
            case _ if what in acts:
                acts[what](*how)
            case _:
                with contextlib.suppress(TrapwiseError):
                    await getattr(self.house.quizzing, what)(HOST, 1)

    def _release(self) -> None:
        for each in self.held:
            each.set()
        self.held.clear()

    async def _work(self) -> None:
        for _ in range(6):
            await self.house.daily.tick()
            workers = set(self.house.daily._workers.values())
            if not workers:
                return
            # What is held goes on later.
            done, _ = await asyncio.wait(workers, timeout=0.05 if self.held else 5)
            if any(isinstance(each.exception(), Killed) for each in done):
                await self._restart()

    async def _restart(self) -> None:
        tasks = list(self.house.daily._workers.values())
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.house.restart()


def _rounds(chat: FakePublisher) -> list[int]:
    return [told.round.id for told in chat.reveals]


@pytest.fixture
def databases(tmp_path: Path, template: Path) -> Callable[[], Path]:
    """Give a new database each time."""
    made = iter(range(10**6))

    def database() -> Path:
        file = tmp_path / f"{next(made)}.db"
        file.write_bytes(template.read_bytes())
        return file

    return database


@settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(story=st.lists(acts, min_size=3, max_size=14))
def test_a_quiz_always_ends(databases: Callable[[], Path], story: list[tuple[Any, ...]]) -> None:
    """Whatever happens, a quiz that is left alone is over in time, showed everything once, and freed its channel."""

    async def tell() -> None:
        house = House(file=databases(), clock=Clock(NOW), publisher=FakePublisher(), banks=(sample_bank(),))
        walk = Walk(await house.open())
        try:
            await walk.live(story)
            await walk.judge()
        finally:
            await house.answering.stop()
            await house.close()

    asyncio.run(tell())
