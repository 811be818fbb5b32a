"""A chat whose calls can be held, fail or kill the process, and the wire on which the process hears of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar

import pytest

from bot.domain.errors import NotOpen
from bot.domain.item import ItemKind
from bot.domain.quiz import Quiz
from bot.domain.rounds import Round
from bot.services import writing
from bot.services.answering import Answering, Verdict
from bot.services.ports import PublishFailed, Refusal, Snapshot
from bot.services.removals import Letter
from bot.storage.store import StorageBusy, Store, Tx
from tests.fakes import FakePublisher
from tests.services.house import Killed
from tests.services.round_model import Event, Fate, Letters, Look

CHANNEL = 200
OWNER: ContextVar[asyncio.Task[object] | None] = ContextVar("owner", default=None)
"""The task on whose behalf a call is made, when it is not the one that makes it."""

CALLS = ("post", "find_post", "seed", "collect", "explain", "find_reveal")


class Chat(FakePublisher):
    """A chat in memory: the marks on the one post are what its members see, `wire` is what was not delivered yet.

    `doom` counts down at every call and commit, before and after it: at nought the process is dead and does nothing
    more. The call named by `armed` is held, before or after it takes effect, until it is released.
    """

    def __init__(
        self, begun: Callable[[], Look], looked: Callable[[Look], None], returned: Callable[[Look], None]
    ) -> None:
        super().__init__()
        self.doom = 0
        self.dead = True
        self.connected = False
        self.tidies = False
        self.planted = False
        self.forbidden = False
        # After so many commits the database takes no more, until that is over.
        self.busy_in = 0
        self.busy = False
        self.wire: list[Event] = []
        self.armed: tuple[str, bool] | None = None
        self.held: dict[asyncio.Task[object] | None, asyncio.Event] = {}
        self.changed = asyncio.Event()
        self._begun, self._looked, self._returned = begun, looked, returned

    @property
    def message(self) -> int:
        """The question's message id, 0 before there is one."""
        return self.posts[0][1] if self.posts else 0

    def point(self) -> None:
        """Pass a point at which the process may be killed; a dead one passes none."""
        self.doom -= 1
        self.dead = self.dead or self.doom == 0
        if self.dead:
            raise Killed

    def commit(self) -> None:
        """Let a commit pass, unless the database is busy."""
        self.busy_in -= 1
        self.busy = self.busy or self.busy_in == 0
        if self.busy:
            self.changed.set()
            why = "another program holds it"
            raise StorageBusy(why)

    def release(self) -> None:
        """Let go on what is held, and whatever waits for the database."""
        self.busy, self.busy_in = False, 0
        for gate in self.held.values():
            gate.set()
        self.held.clear()

    def there(self, member: int) -> Letters:
        """Give the marks that a member holds on the post."""
        return frozenset(self.marks[self.message].get(member, ""))

    def toggle(self, member: int, mark: str) -> None:
        """Tap a mark: it comes, or goes if it was there."""
        held = self.marks[self.message].get(member, "")
        self.marks[self.message][member] = held.replace(mark, "") if mark in held else held + mark
        self.happens(Event(kind="lift" if mark in held else "tap", member=member, what=mark))

    def clear(self, letters: str) -> None:
        """Let a moderator clear letters, the bot's own among them."""
        for member in self.marks[self.message]:
            self._keep(member, lambda mark: mark.upper() not in letters)
        self.seeds[self.message] = "".join(each for each in self.seeds[self.message] if each not in letters)
        for letter in [letters] if len(letters) > 1 else letters:
            self.happens(Event(kind="clear", member=0, what=letter))

    def happens(self, event: Event) -> None:
        """Send word to the process, if it is connected."""
        if self.connected:
            self.wire.append(event)

    async def seed(self, opened: Round, letters: str) -> None:
        try:
            await super().seed(opened, letters)
        finally:
            self.planted = self.planted or bool(self.seeds[self.message])

    async def collect(self, asked: Round) -> Snapshot:
        look = self._begun()
        try:
            async with self._call("collect", asked):
                self._looked(look)
        except BaseException:
            look.fate = Fate.REFUSED
            raise
        self._returned(look)
        return Snapshot(
            marks={member: marks for member, marks in look.marks.items() if marks},
            unseeded="".join(sorted(look.unseeded)),
            names={member: f"Member {member}" for member, marks in look.marks.items() if marks},
        )

    async def tidy(self, asked: Round, member_id: int, letter: str) -> bool:  # noqa: ARG002 - there is one post
        if letter not in self.there(member_id):
            return False
        self._keep(member_id, lambda mark: mark != letter)
        self.happens(Event(kind="tidied", member=member_id, what=letter))
        return True

    def _keep(self, member: int, wanted: Callable[[str], bool]) -> None:
        self.marks[self.message][member] = "".join(filter(wanted, self.marks[self.message].get(member, "")))

    @asynccontextmanager
    async def _call(self, method: str, about: Round | Quiz) -> AsyncIterator[None]:
        self.point()
        await self._hold(method, after=False)
        self.forbidden |= method == "collect" and any(
            isinstance(fault.error, PublishFailed) and fault.error.why is Refusal.FORBIDDEN
            for fault in self.faults[method][:1]
        )
        async with super()._call(method, about):
            yield
            await self._hold(method, after=True)
        self.point()

    async def _hold(self, method: str, *, after: bool) -> None:
        if self.armed == (method, after):
            self.armed, gate = None, asyncio.Event()
            self.held[OWNER.get() or asyncio.current_task()] = gate
            self.changed.set()
            await gate.wait()


def kill_around_commits(patch: pytest.MonkeyPatch, chat: Chat) -> None:
    """Make the moments before and after each commit points at which the process may be killed."""
    real = Store.write

    @asynccontextmanager
    async def write(self: Store) -> AsyncIterator[Tx]:
        if chat.dead:
            raise Killed
        async with real(self) as tx:
            yield tx
            chat.point()
            chat.commit()
        chat.point()

    patch.setattr(Store, "write", write)
    patch.setattr(writing, "_RETRY_SECONDS", 0.001)


async def hear(event: Event, answering: Answering, chat: Chat, later: Callable[[Round], None]) -> None:
    """Do with an event what the surfaces do (`bot.chat.surfaces.reactions` for one), and note whether it counted."""
    if answering.round_of(chat.message) is None and not answering.is_posting(CHANNEL):
        event.counts(False)
        return
    was_open = any(each.message_id == chat.message for each in answering.open_rounds())
    match event.kind:
        case "tap":
            name = f"Member {event.member}"
            verdict = await answering.tap(chat.message, event.member, event.what, name=name, channel_id=CHANNEL)
            event.counts(verdict is Verdict.RECORDED)
            asked = answering.round_of(chat.message)
            if verdict is Verdict.RECORDED and asked and chat.tidies and asked.posed.item.kind is ItemKind.SINGLE:
                await _tidy(event.member, answering, asked, chat)
        case "clear":
            cleared = await answering.clear(chat.message, event.what, channel_id=CHANNEL)
            # A round that closes while the clear is stored is not seeded again; the clear counts all the same.
            event.counts(was_open or cleared is not None)
            if cleared is not None:
                with suppress(RuntimeError):
                    try:
                        await chat.seed(cleared, event.what)
                    except PublishFailed:
                        later(cleared)
        case "choose":
            with suppress(NotOpen):
                asked = answering.round_of(chat.message)
                await answering.choose(0 if asked is None else asked.id, event.member, event.what)
                event.counts(True)
            event.counts(False)
        case _:
            verdict = await answering.lift(chat.message, event.member, event.what, channel_id=CHANNEL)
            event.counts(verdict is Verdict.RECORDED or (verdict is Verdict.IGNORED and was_open))


async def _tidy(member: int, answering: Answering, asked: Round, chat: Chat) -> None:
    held = answering.held(asked.id, member)
    for mark in sorted(filter(str.isupper, held.marks if held is not None else "")):
        current = answering.held(asked.id, member)
        if current is not None and mark not in current.choice:
            removed = Letter(chat.message, member, mark)
            answering.removals.begin(removed)
            answering.removals.end(removed, gone=await chat.tidy(asked, member, mark))
