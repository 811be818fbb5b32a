"""Answering: what becomes of every letter and private choice, in the order of arrival.

A change is merged in memory at once, and its sender waits for the commit that holds it; see `bot.services.writing`.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from functools import partial

from bot.domain.answer import Answer, Surface, chosen_privately, cleared, lifted, tapped, tidied
from bot.domain.errors import AnswerWaits, NotOpen
from bot.domain.item import LETTERS
from bot.domain.rounds import Round, RoundState
from bot.services.comparing import compared
from bot.services.live import Clear, Live
from bot.services.parking import Parking
from bot.services.ports import Clock, Snapshot
from bot.services.removals import Letter, Removals
from bot.services.underway import UnderWay
from bot.services.writing import Writing
from bot.storage import answers as stored
from bot.storage.store import Store

_MOST_WAITING = 5_000
"""So many callers wait at most for a database in trouble: each costs kilobytes, what they hold next to nothing."""

_PATIENCE_SECONDS = 10.0


class Verdict(StrEnum):
    """What became of a letter. One that is `HELD` will be stored when the database is well again."""

    RECORDED = "recorded"
    HELD = "held"
    LATE = "late"
    IGNORED = "ignored"


class Answering(UnderWay):
    """Keeps the answers of every round under way, in memory and in the database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock)
        self._writing = Writing(store)
        self.removals = Removals()
        self._parking = Parking()
        self._waiting = 0

    def opened(self, asked: Round, *, found: bool = False) -> None:
        """Begin to take answers for a round that was just posted, with those that waited for it."""
        super().opened(asked, found=found)
        if asked.message_id is not None:
            self._parking.known(asked.channel_id, asked.message_id)

    def dropped(self, round_id: int) -> None:
        """Forget a round that is graded or void."""
        gone = self.under_way(round_id)
        super().dropped(round_id)
        if gone is not None and gone.message_id is not None:
            self.removals.forget(gone.message_id)

    def posting(self, channel_id: int) -> AbstractContextManager[None]:
        """Let what happens on posts not known yet wait while a question is being sent to their channel."""
        return self._parking.posting(channel_id)

    def is_posting(self, channel_id: int) -> bool:
        """Tell whether a question is being sent to a channel."""
        return self._parking.is_posting(channel_id)

    async def tap(
        self, message_id: int, member_id: int, mark: str, *, name: str | None = None, channel_id: int = 0
    ) -> Verdict:
        """Record a letter that appeared on a post; returns once it is committed.

        With `channel_id` it may wait for a post that is being sent there, and so do `lift` and `clear`.
        """
        act = partial(self._tap, message_id, member_id, mark, name)
        verdict = (
            await self._parking.turn(channel_id, message_id, act) if self._waits(channel_id, message_id) else act()
        )
        return verdict if verdict is Verdict.IGNORED or await self._stored() else Verdict.HELD

    async def lift(self, message_id: int, member_id: int, mark: str, *, channel_id: int = 0) -> Verdict:
        """Record a letter that disappeared from a post; one that the bot itself removed withdraws nothing."""
        act = partial(self._lift, message_id, member_id, mark)
        verdict = (
            await self._parking.turn(channel_id, message_id, act) if self._waits(channel_id, message_id) else act()
        )
        return verdict if verdict is Verdict.IGNORED or await self._stored() else Verdict.HELD

    async def clear(self, message_id: int, letters: str = LETTERS, *, channel_id: int = 0) -> Round | None:
        """Record that a moderator cleared letters: no answer is withdrawn. Gives the round, to be seeded again."""
        act = partial(self._clear, message_id, letters)
        live = await self._parking.turn(channel_id, message_id, act) if self._waits(channel_id, message_id) else act()
        if live is None:
            return None
        await self._writing.committed()
        return None if live.closing else live.round

    async def choose(self, round_id: int, member_id: int, letters: str, *, name: str | None = None) -> Answer:
        """Record a private answer; returns once it is committed.

        Raises:
            NotOpen: the round takes no answers any more.
            AnswerWaits: the database takes nothing just now; the answer counts once it is stored.
            ValueError: the round has no option of such a letter.
        """
        live = self._live.get(round_id)
        if live is None or live.closing:
            raise NotOpen
        if not set(letters) <= set(live.round.posed.letters):
            message = f"round {round_id} has no options {letters}"
            raise ValueError(message)
        now = max(self._clock(), self._earliest or live.round.planned_at)
        self._change(live, member_id, lambda held: chosen_privately(held, letters, now=now), now)
        live.chosen(member_id, live.touched[member_id])
        if name is not None:
            self._writing.rename(live.round.guild_id, member_id, name)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._writing.committed()
        except TimeoutError:
            raise AnswerWaits from None
        return live.answers[member_id]

    async def withdraw(self, round_id: int, member_id: int) -> Answer | None:
        """Withdraw what a member holds, by whichever surface; gives what it was, if anything, once that is committed.

        It stays withdrawn, whatever letters are on the post, until a later letter or private answer.

        Raises:
            NotOpen: the round takes no answers any more.
        """
        held = self.held(round_id, member_id)
        await self.choose(round_id, member_id, "")
        return held if held is not None and held.given else None

    async def reconcile(self, round_id: int, snapshot: Snapshot, *, begun: int, closing: bool = False) -> int:
        """Bring a round in line with a snapshot that was begun at place `begun`; gives how many answers changed.

        Once a round closes, only the snapshot of its `closing` counts. A snapshot that one begun later has overtaken
        counts for nobody.
        """
        live = self._live.get(round_id)
        if live is None or live.closing is not closing or begun < live.compared:
            return 0
        live.compared = begun
        if self._shared:
            await self._take_over(live)
            # Meanwhile it may have closed, or be gone, or another snapshot may have overtaken this one.
            if self._live.get(round_id) is not live or live.closing is not closing or begun < live.compared:
                return 0
        found, changed = compared(live, snapshot, begun=begun, now=self._clock()), 0
        for member_id, after in found.answers.items():
            before = live.answers.get(member_id)
            changed += before is None or (after.choice, after.unresolved) != (before.choice, before.unresolved)
            self._writing.hold(live, member_id, after)
        for member_id, name in snapshot.names.items():
            self._writing.guess(live.round.guild_id, member_id, name)
        await self._writing.committed()
        live.found(begun, found.passed_over)
        return changed

    async def begin_closing(self, round_id: int, *, late: bool) -> None:
        """Stop taking answers once the move is committed, however long a busy database takes for it.

        When this returns, everything received before that is committed, too.
        """
        live = self._live.get(round_id)
        if live is not None and not live.closing:
            values: dict[str, object] = {"closing_at": self._clock(), "closed_late": late}
            self._writing.move(live, RoundState.CLOSING, values)
            await self._writing.committed()
            live.closed_at = self._sequence
        await self._writing.committed()

    async def settled(self, patience: float) -> None:
        """Wait until everything received so far is committed or refused, but no longer than `patience` seconds."""
        await self._writing.settled(patience)

    async def stop(self) -> None:
        """Wait until everything received is committed, or refused and told to whoever waits for it."""
        await self._writing.stop()

    def _waits(self, channel_id: int, message_id: int) -> bool:
        """Tell whether what happened on a message has to wait: a post is being sent there, perhaps this one."""
        return message_id not in self._by_message and self._parking.is_posting(channel_id)

    def _tap(self, message_id: int, member_id: int, mark: str, name: str | None) -> Verdict:
        live = self._by_message.get(message_id)
        if live is None or mark.upper() not in live.round.posed.letters:
            return Verdict.IGNORED
        self.removals.came_back(Letter(message_id, member_id, mark))
        now = self._clock()
        verdict = self._change(
            live, member_id, lambda held: tapped(held, mark, kind=live.round.posed.item.kind, now=now), now
        )
        if verdict is Verdict.RECORDED:
            live.heard(member_id, mark, self._sequence)
            if name is not None:
                self._writing.rename(live.round.guild_id, member_id, name)
        return verdict

    def _lift(self, message_id: int, member_id: int, mark: str) -> Verdict:
        live = self._by_message.get(message_id)
        if live is None or mark.upper() not in live.round.posed.letters:
            return Verdict.IGNORED
        if member_id not in live.answers:
            # Its arrival was missed; a snapshot under way may still show it, and is older than this.
            self._touch(live, member_id)
            return Verdict.IGNORED
        now = self._clock()
        removed_by_bot = self.removals.caused(Letter(message_id, member_id, mark))

        def change(held: Answer) -> Answer:
            if removed_by_bot:
                return tidied(held, mark)
            return lifted(held, mark, kind=live.round.posed.item.kind, now=now)

        verdict = self._change(live, member_id, change, now)
        if mark.upper() not in live.answers[member_id].letters:
            live.lifted(member_id, mark.upper())
        return verdict

    def _clear(self, message_id: int, letters: str) -> Live | None:
        live = self._by_message.get(message_id)
        if live is not None:
            # It touches nobody: a snapshot beside it still tells what else was missed.
            lost: dict[int, str] = {}
            live.clears.append(Clear(self.now_at(), letters, lost))
            for member_id, held in () if live.closing else list(live.answers.items()):
                after = cleared(held, letters)
                if after != held:
                    lost[member_id] = held.seen
                    self._writing.hold(live, member_id, after)
        return live

    async def _stored(self) -> bool:
        """Wait for the commit of everything received so far; false when too many wait already for one that fails."""
        if self._waiting >= _MOST_WAITING and self._store.trouble is not None:
            return False
        self._waiting += 1
        try:
            await self._writing.committed()
        finally:
            self._waiting -= 1
        return True

    async def _take_over(self, live: Live) -> None:
        """Hold what another process has stored: it may have heard what we did not."""
        since = self._sequence
        await self._writing.committed()
        async with self._store.read() as tx:
            held = (await stored.of_rounds(tx, [live.round.id]))[live.round.id]
        swept, _ = live.cleared_since(since)
        for member_id, answer in held.items():
            if live.touched.get(member_id, 0) <= since:
                live.answers[member_id] = cleared(answer, swept)
                if answer.surface is Surface.PRIVATE and answer.at >= (live.unread_since or answer.at):
                    live.chosen(member_id, self._sequence)

    def _change(self, live: Live, member_id: int, change: Callable[[Answer], Answer], now: datetime) -> Verdict:
        self._touch(live, member_id)
        if live.closing:
            return Verdict.LATE
        before = live.answers.get(member_id)
        after = change(before or Answer(at=now))
        if after != before:
            self._writing.hold(live, member_id, after)
        return Verdict.RECORDED

    def _touch(self, live: Live, member_id: int) -> None:
        if live.closing and self._away is not None:
            return  # it happened while we were away, perhaps in time: the closing snapshot tells
        self._sequence += 1
        live.touched[member_id] = self._sequence
