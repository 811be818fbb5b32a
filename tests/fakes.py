"""What stands in for the world outside: a chat that records what it is asked to do, and a clock that can be set."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.quiz import Quiz
from bot.domain.rounds import Round
from bot.services.ports import FinalBoard, Lobby, Posting, Reveal, Snapshot


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        """Move on by as much as a `timedelta` of these units."""
        self.now += timedelta(**units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a call goes wrong: it waits for `gate`, then raises, before it has any effect or `after` it."""

    error: BaseException | None = None
    after: bool = False
    gate: asyncio.Event | None = None
    guild_id: int | None = None


class FakePublisher:
    """A chat in memory. `faults` lists by method what goes wrong with its next calls; then all is well again."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.posts: list[tuple[int, int]] = []  # (round id, message id)
        self.reveals: list[Reveal] = []
        self.corrected: list[Reveal] = []
        self.lobbies: list[Lobby] = []
        self.retold: list[Posting] = []
        self.boards: list[FinalBoard] = []
        self.threads: list[int] = []
        self.told: list[tuple[int, str]] = []
        self.seeds: dict[int, str] = defaultdict(str)  # by message id
        self.marks: dict[int, dict[int, str]] = defaultdict(dict)  # by message id and member id

    def fail(self, method: str, error: BaseException, *, after: bool = False, times: int = 1) -> None:
        """Let the next calls of a method raise, before or after they did what was asked."""
        self.faults[method] += [Fault(error=error, after=after)] * times

    def hang(self, method: str, *, guild_id: int | None = None) -> asyncio.Event:
        """Let the next call of a method (for a server) wait until the event given back is set."""
        gate = asyncio.Event()
        self.faults[method].append(Fault(gate=gate, guild_id=guild_id))
        return gate

    def named(self, *methods: str) -> list[str]:
        """List the calls of these methods, in order."""
        return [method for method, _ in self.calls if method in methods]

    async def post(self, posting: Posting) -> int:
        async with self._call("post", posting.round):
            self.posts.append((posting.round.id, 9000 + len(self.posts)))
        return self.posts[-1][1]

    async def find_post(self, wanted: Round) -> int | None:
        async with self._call("find_post", wanted):
            return next((message for round_id, message in self.posts if round_id == wanted.id), None)

    async def seed(self, opened: Round, letters: str) -> None:
        async with self._call("seed", opened):
            there = self.seeds[opened.message_id or 0] + letters
            self.seeds[opened.message_id or 0] = "".join(each for each in opened.posed.letters if each in there)

    async def collect(self, asked: Round) -> Snapshot:
        message = asked.message_id or 0
        seen = {member: frozenset(marks) for member, marks in self.marks[message].items() if marks}
        unseeded = "".join(letter for letter in asked.posed.letters if letter not in self.seeds[message])
        async with self._call("collect", asked):
            return Snapshot(marks=seen, unseeded=unseeded, names={member: f"Member {member}" for member in seen})

    async def explain(self, reveal: Reveal) -> int:
        async with self._call("explain", reveal.round):
            self.reveals.append(reveal)
        return 9500 + len(self.reveals)

    async def correct(self, reveal: Reveal) -> None:
        async with self._call("correct", reveal.round):
            self.corrected.append(reveal)

    async def find_reveal(self, wanted: Round) -> int | None:
        async with self._call("find_reveal", wanted):
            return next((9501 + at for at, told in enumerate(self.reveals) if told.round.id == wanted.id), None)

    async def invite(self, lobby: Lobby) -> int:
        async with self._call("invite", lobby.quiz):
            self.lobbies.append(lobby)
        return 9700 + len(self.lobbies)

    async def find_lobby(self, quiz: Quiz) -> int | None:
        async with self._call("find_lobby", quiz):
            return next((9701 + at for at, sent in enumerate(self.lobbies) if sent.quiz.id == quiz.id), None)

    async def retell(self, posting: Posting) -> None:
        async with self._call("retell", posting.round):
            self.retold.append(posting)

    async def conclude(self, board: FinalBoard) -> int:
        async with self._call("conclude", board.quiz):
            self.boards.append(board)
        return 9800 + len(self.boards)

    async def find_board(self, quiz: Quiz) -> int | None:
        async with self._call("find_board", quiz):
            return next((9801 + at for at, sent in enumerate(self.boards) if sent.quiz.id == quiz.id), None)

    async def discuss(self, explained: Round) -> None:
        async with self._call("discuss", explained):
            self.threads.append(explained.id)

    async def tidy(self, asked: Round, member_id: int, letter: str) -> bool:
        self.calls.append(("tidy", asked.id))
        return bool(member_id and letter)

    async def tell(self, user_id: int, text: str) -> None:
        self.told.append((user_id, text))

    @asynccontextmanager
    async def _call(self, method: str, about: Round | Quiz) -> AsyncIterator[None]:
        self.calls.append((method, about.id))
        waiting = self.faults[method]
        fault = next((each for each in waiting if each.guild_id in (None, about.guild_id)), None)
        if fault is not None:
            waiting.remove(fault)
            if fault.gate is not None:
                await fault.gate.wait()
            if fault.error is not None and not fault.after:
                raise fault.error
        yield
        if fault is not None and fault.error is not None:
            raise fault.error
