"""Answering: what becomes of every letter and private choice, in the order of arrival.

A change is merged in memory at once, and its sender waits for the commit that holds it; see `bot.services.writing`.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from bot.domain.answer import Answer, chosen_privately, cleared, lifted, reconciled, tapped, tidied
from bot.domain.errors import AnswerWaits, NotOpen
from bot.domain.item import LETTERS
from bot.domain.rounds import Round, RoundState
from bot.services.parking import Parking
from bot.services.ports import Clock, Snapshot
from bot.services.removals import Letter, Removals
from bot.services.writing import Clear, Live, Writing
from bot.storage import answers as stored
from bot.storage import rounds as ledger
from bot.storage.store import Store

_MOST_WAITING = 5_000
"""So many callers wait at most for a database in trouble: each costs kilobytes, what they hold next to nothing."""

_PATIENCE_SECONDS = 10.0

_UNDER_WAY = (RoundState.OPEN, RoundState.CLOSING)


class Verdict(StrEnum):
    """What became of a letter. One that is `HELD` will be stored when the database is well again."""

    RECORDED = "recorded"
    HELD = "held"
    LATE = "late"
    IGNORED = "ignored"


class Answering:
    """Keeps the answers of every round under way, in memory and in the database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._writing = Writing(store)
        self._live: dict[int, Live] = {}
        self._by_message: dict[int, Live] = {}
        self.removals = Removals()
        self._parking = Parking()
        self._sequence = 0
        self._waiting = 0
        self._shared = False
        # Whether Discord is telling again what happened while we were away.
        self._replaying = False

    async def load(self) -> list[Round]:
        """Take up every round under way from the database; gives the open and closing ones."""
        async with self._store.read() as tx:
            found = await ledger.in_states(tx, _UNDER_WAY)
            held = await stored.of_rounds(tx, [each.id for each in found])
        for each in found:
            self._take_up(each, held[each.id])
        return found

    @property
    def shared(self) -> bool:
        """Whether another process works on the same database, by mistake."""
        return self._shared

    async def note_others(self, *, present: bool) -> None:
        """Note whether another process works on the same database, and forget what it has graded or dropped."""
        self._shared = present
        if present and (known := list(self._live)):
            async with self._store.read() as tx:
                left = await ledger.still(tx, known, _UNDER_WAY)
            for round_id in set(known) - left:
                self.dropped(round_id)

    def went_away(self) -> None:
        """Note that Discord is gone: what it tells again afterwards may have happened in time, whenever we hear it."""
        self._replaying = True

    def came_back(self) -> None:
        """Note that Discord has told what happened meanwhile, or never will."""
        self._replaying = False

    def seeded(self, round_id: int) -> None:
        """Note that a post has the bot's own letters: one that is missing from now on was cleared."""
        live = self._live.get(round_id)
        if live is not None:
            live.round = replace(live.round, seeded=True)

    def opened(self, asked: Round) -> None:
        """Begin to take answers for a round that was just posted, with those that waited for it."""
        self._take_up(asked, {})
        if asked.message_id is not None:
            self._parking.known(asked.channel_id, asked.message_id)

    def posting(self, channel_id: int) -> AbstractContextManager[None]:
        """Let what happens on posts not known yet wait while a question is being sent to their channel."""
        return self._parking.posting(channel_id)

    def is_posting(self, channel_id: int) -> bool:
        """Tell whether a question is being sent to a channel."""
        return self._parking.is_posting(channel_id)

    async def take_up(self, found: Round) -> None:
        """Take up one round under way that is not known here: another process, or one that crashed, posted it."""
        if found.id in self._live:
            return
        async with self._store.read() as tx:
            held = (await stored.of_rounds(tx, [found.id]))[found.id]
        if found.id not in self._live:
            self._take_up(found, held)

    def dropped(self, round_id: int) -> None:
        """Forget a round that is graded or void."""
        live = self._live.pop(round_id, None)
        if live is not None and live.round.message_id is not None:
            self._by_message.pop(live.round.message_id, None)
            self.removals.forget(live.round.message_id)

    def round_of(self, message_id: int) -> Round | None:
        """Give the round that a post belongs to, while it takes or has just taken answers: a mere look-up."""
        live = self._by_message.get(message_id)
        return None if live is None else live.round

    def under_way(self, round_id: int) -> Round | None:
        """Give a round while it takes or has just taken answers: a mere look-up."""
        live = self._live.get(round_id)
        return None if live is None else live.round

    def open_rounds(self) -> list[Round]:
        """List the rounds that take answers."""
        return [live.round for live in self._live.values() if not live.closing]

    def held(self, round_id: int, member_id: int) -> Answer | None:
        """Give what a member holds for a round under way."""
        live = self._live.get(round_id)
        return None if live is None else live.answers.get(member_id)

    def all_held(self, round_id: int) -> Mapping[int, Answer] | None:
        """Give what everyone holds for a round under way, `None` when it is not: void meanwhile, for one."""
        live = self._live.get(round_id)
        return None if live is None else dict(live.answers)

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
        now = self._clock()
        self._change(live, member_id, lambda held: chosen_privately(held, letters, now=now), now)
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

    def now_at(self) -> int:
        """Give the next place in the order of changes; a snapshot begun now is compared by it."""
        self._sequence += 1
        return self._sequence

    async def reconcile(
        self,
        round_id: int,
        snapshot: Snapshot,
        *,
        begun: int,
        outage_began: datetime | None = None,
        closing: bool = False,
    ) -> int:
        """Bring a round in line with a snapshot that was begun at place `begun`; gives how many answers changed.

        Members who did something since are skipped: what they did live is newer than the snapshot. Once a round closes,
        only the snapshot of its `closing` counts, and not for members who did something after it closed. A snapshot
        that one begun later has overtaken counts for nobody.
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
        begun = begun if live.closed_at is None else min(begun, live.closed_at)
        swept, seen = live.cleared_since(begun)
        # A letter that the bot has not put there yet was cleared by nobody.
        wiped = snapshot.unseeded if live.round.seeded else ""
        now, changed = self._clock(), 0
        for member_id in set(snapshot.marks) | set(live.answers):
            if live.touched.get(member_id, 0) > begun:
                continue
            before = live.answers.get(member_id)
            compared = before or Answer(at=now)
            if member_id in seen:
                compared = replace(compared, seen=seen[member_id])
            # Marks that were swept meanwhile say nothing, be they missing or not, unless they had not been heard of.
            unknown = {mark for mark in compared.marks if mark.upper() in swept}
            after = reconciled(
                compared,
                snapshot.marks.get(member_id, frozenset()) | unknown,
                kind=live.round.posed.item.kind,
                now=now,
                cleared_letters=wiped,
                outage_began=outage_began,
            )
            after = cleared(after, swept)
            if after != (before or Answer(at=now)):
                changed += before is None or (after.choice, after.unresolved) != (before.choice, before.unresolved)
                self._writing.hold(live, member_id, after)
        for member_id, name in snapshot.names.items():
            self._writing.guess(live.round.guild_id, member_id, name)
        await self._writing.committed()
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

    def _take_up(self, found: Round, held: dict[int, Answer]) -> None:
        if found.message_id is None:
            return
        closed_at = self._sequence if found.state is RoundState.CLOSING else None
        live = Live(round=found, answers=held, closed_at=closed_at)
        self._live[found.id] = live
        self._by_message[found.message_id] = live

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
        if verdict is Verdict.RECORDED and name is not None:
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

        return self._change(live, member_id, change, now)

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
        if live.closing and self._replaying:
            return  # it happened while we were away, perhaps in time: the closing snapshot tells
        self._sequence += 1
        live.touched[member_id] = self._sequence
