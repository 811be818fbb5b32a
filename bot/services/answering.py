"""Answering: every change to an answer goes through one ordered buffer and one writer.

A change is merged in memory at once, in the order of arrival, and its sender waits for the commit that holds it.
While one commit runs the next batch gathers, so concurrent taps share a transaction and a lone tap waits for one.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.answer import Answer, chosen_privately, cleared, lifted, reconciled, tapped, tidied
from bot.domain.errors import NotOpen
from bot.domain.item import LETTERS
from bot.domain.rounds import Round, RoundState
from bot.services.ports import Clock, Snapshot
from bot.storage import answers as stored
from bot.storage import rounds as ledger
from bot.storage.store import StorageBusy, Store

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 0.5

_NAMES_REMEMBERED = 50_000
"""Names known to be stored; remembering them only saves writing them again."""


class Verdict(StrEnum):
    """What became of a letter."""

    RECORDED = "recorded"
    LATE = "late"
    IGNORED = "ignored"


@dataclass(slots=True)
class _Live:
    """A round that takes answers, or is about to be graded, with everything its members hold."""

    round: Round
    answers: dict[int, Answer]
    # The place in the order of changes at which it stopped taking answers.
    closed_at: int | None = None
    # When each member last did something, so that a snapshot begun before does not undo it.
    touched: dict[int, int] = field(default_factory=dict)

    @property
    def closing(self) -> bool:
        return self.closed_at is not None


@dataclass(slots=True)
class _Batch:
    """What the next commit will hold, what was held before it, and whom to tell."""

    done: asyncio.Future[None]
    answers: dict[tuple[int, int], Answer] = field(default_factory=dict)
    before: dict[tuple[int, int], Answer | None] = field(default_factory=dict)
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    moves: list[tuple[Round, RoundState, dict[str, object]]] = field(default_factory=list)


class Answering:
    """Keeps the answers of every round under way, in memory and in the database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._live: dict[int, _Live] = {}
        self._by_message: dict[int, _Live] = {}
        self._names: dict[tuple[int, int], str] = {}
        self._tidied: set[tuple[int, int, str]] = set()
        self._posting: dict[int, asyncio.Future[None]] = {}
        self._batch: _Batch | None = None
        self._committing: _Batch | None = None
        self._writer: asyncio.Task[None] | None = None
        self._sequence = 0

    async def load(self) -> list[Round]:
        """Take up every round under way from the database; gives the open and closing ones."""
        async with self._store.read() as tx:
            found = await ledger.in_states(tx, (RoundState.OPEN, RoundState.CLOSING))
            held = await stored.of_rounds(tx, [each.id for each in found])
        for each in found:
            self._take_up(each, held[each.id])
        return found

    def opened(self, asked: Round) -> None:
        """Begin to take answers for a round that was just posted."""
        self._take_up(asked, {})

    @contextmanager
    def posting(self, channel_id: int) -> Iterator[None]:
        """Let letters on posts not known yet wait while a question is being sent to their channel."""
        known = asyncio.get_running_loop().create_future()
        self._posting[channel_id] = known
        try:
            yield
        finally:
            known.set_result(None)
            if self._posting.get(channel_id) is known:
                del self._posting[channel_id]

    async def once_posted(self, channel_id: int, message_id: int) -> Round | None:
        """Give the round of a post that may be on its way to the ledger; at once where nothing is being posted."""
        on_its_way = self._posting.get(channel_id)
        if on_its_way is not None:
            await asyncio.shield(on_its_way)
        return self.round_of(message_id)

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
            self._tidied = {key for key in self._tidied if key[0] != live.round.message_id}

    def round_of(self, message_id: int) -> Round | None:
        """Give the round that a post belongs to, while it takes or has just taken answers: a mere look-up."""
        live = self._by_message.get(message_id)
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

    async def tap(self, message_id: int, member_id: int, mark: str, *, name: str | None = None) -> Verdict:
        """Record a letter that appeared on a post; returns once it is committed."""
        live = self._by_message.get(message_id)
        if live is None or mark.upper() not in live.round.posed.letters:
            return Verdict.IGNORED
        self.unmark_tidied(message_id, member_id, mark)
        now = self._clock()
        verdict = self._change(
            live, member_id, lambda held: tapped(held, mark, kind=live.round.posed.item.kind, now=now), now
        )
        if verdict is Verdict.RECORDED and name is not None:
            self._rename(live.round.guild_id, member_id, name)
        await self._committed()
        return verdict

    async def lift(self, message_id: int, member_id: int, mark: str) -> Verdict:
        """Record a letter that disappeared from a post; one that the bot itself removed withdraws nothing."""
        live = self._by_message.get(message_id)
        if live is None or mark.upper() not in live.round.posed.letters:
            return Verdict.IGNORED
        if member_id not in live.answers:
            # Its arrival was missed; a snapshot under way may still show it, and is older than this.
            self._touch(live, member_id)
            return Verdict.IGNORED
        now = self._clock()
        removed_by_bot = (message_id, member_id, mark) in self._tidied
        self._tidied.discard((message_id, member_id, mark))

        def change(held: Answer) -> Answer:
            if removed_by_bot:
                return tidied(held, mark)
            return lifted(held, mark, kind=live.round.posed.item.kind, now=now)

        verdict = self._change(live, member_id, change, now)
        await self._committed()
        return verdict

    async def clear(self, message_id: int, letters: str = LETTERS) -> Round | None:
        """Record that a moderator cleared letters: no answer is withdrawn. Gives the round, to be seeded again."""
        live = self._by_message.get(message_id)
        if live is None:
            return None
        now = self._clock()
        for member_id in list(live.answers):
            self._change(live, member_id, lambda held: cleared(held, letters), now)
        await self._committed()
        return None if live.closing else live.round

    async def choose(self, round_id: int, member_id: int, letters: str, *, name: str | None = None) -> Answer:
        """Record a private answer; returns once it is committed.

        Raises:
            NotOpen: the round takes no answers any more.
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
            self._rename(live.round.guild_id, member_id, name)
        await self._committed()
        return live.answers[member_id]

    def mark_tidied(self, message_id: int, member_id: int, mark: str) -> None:
        """Remember that the bot is about to remove a letter itself."""
        self._tidied.add((message_id, member_id, mark))

    def unmark_tidied(self, message_id: int, member_id: int, mark: str) -> None:
        """Forget it: the letter stayed, and taking it away is up to its member again."""
        self._tidied.discard((message_id, member_id, mark))

    def now_at(self) -> int:
        """Give the present place in the order of changes; a snapshot begun now is compared by it."""
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
        only the snapshot of its `closing` counts, and not for members who did something after it closed.
        """
        live = self._live.get(round_id)
        if live is None or live.closing is not closing:
            return 0
        begun = begun if live.closed_at is None else min(begun, live.closed_at)
        now, changed = self._clock(), 0
        for member_id in set(snapshot.marks) | set(live.answers):
            if live.touched.get(member_id, 0) > begun:
                continue
            before = live.answers.get(member_id)
            after = reconciled(
                before or Answer(at=now),
                snapshot.marks.get(member_id, frozenset()),
                kind=live.round.posed.item.kind,
                now=now,
                cleared_letters=snapshot.unseeded,
                outage_began=outage_began,
            )
            if after != (before or Answer(at=now)):
                changed += before is None or (after.choice, after.unresolved) != (before.choice, before.unresolved)
                self._hold(live, member_id, after)
        for member_id, name in snapshot.names.items():
            self._rename(live.round.guild_id, member_id, name)
        await self._committed()
        return changed

    async def begin_closing(self, round_id: int, *, late: bool) -> None:
        """Stop taking answers: everything received before this moment is committed together with the move."""
        live = self._live.get(round_id)
        if live is not None and not live.closing:
            live.closed_at = self._sequence
            values: dict[str, object] = {"closing_at": self._clock(), "closed_late": late}
            self._gathering().moves.append((live.round, RoundState.CLOSING, values))
        await self._committed()

    async def settled(self, patience: float) -> None:
        """Wait until everything received so far is committed or refused, but no longer than `patience` seconds."""
        batch = self._batch or self._committing
        if batch is not None:
            await asyncio.wait({batch.done}, timeout=patience)

    async def stop(self) -> None:
        """Wait until everything received is committed, or refused and told to whoever waits for it."""
        while self._writer is not None:
            await asyncio.shield(self._writer)

    def _take_up(self, found: Round, held: dict[int, Answer]) -> None:
        if found.message_id is None:
            return
        closed_at = self._sequence if found.state is RoundState.CLOSING else None
        live = _Live(round=found, answers=held, closed_at=closed_at)
        self._live[found.id] = live
        self._by_message[found.message_id] = live

    def _change(self, live: _Live, member_id: int, change: Callable[[Answer], Answer], now: datetime) -> Verdict:
        self._touch(live, member_id)
        if live.closing:
            return Verdict.LATE
        before = live.answers.get(member_id)
        after = change(before or Answer(at=now))
        if after != before:
            self._hold(live, member_id, after)
        return Verdict.RECORDED

    def _touch(self, live: _Live, member_id: int) -> None:
        self._sequence += 1
        live.touched[member_id] = self._sequence

    def _hold(self, live: _Live, member_id: int, answer: Answer) -> None:
        batch, key = self._gathering(), (live.round.id, member_id)
        batch.before.setdefault(key, live.answers.get(member_id))
        batch.answers[key] = answer
        live.answers[member_id] = answer

    def _rename(self, guild_id: int, member_id: int, name: str) -> None:
        if self._names.get((guild_id, member_id)) != name:
            if len(self._names) >= _NAMES_REMEMBERED:
                self._names.clear()
            self._names[guild_id, member_id] = name
            self._gathering().names[guild_id, member_id] = name

    def _gathering(self) -> _Batch:
        if self._batch is None:
            self._batch = _Batch(done=asyncio.get_running_loop().create_future())
            if self._writer is None:
                self._writer = asyncio.create_task(self._write(), name="answers")
        return self._batch

    async def _committed(self) -> None:
        """Wait for the commit that holds everything gathered so far, and for no later one."""
        batch = self._batch or self._committing
        if batch is not None:
            await asyncio.shield(batch.done)

    async def _write(self) -> None:
        try:
            while self._batch is not None:
                batch, self._batch = self._batch, None
                self._committing = batch
                try:
                    await self._commit(batch)
                except Exception as trouble:
                    # Not a busy database but a fault of ours: whoever waits must hear of it, the rest goes on.
                    logger.exception("%d answers could not be stored", len(batch.answers))
                    self._undo(batch)
                    batch.done.set_exception(trouble)
                    batch.done.exception()  # whoever waited may be gone
                else:
                    batch.done.set_result(None)
        finally:
            for left in (self._committing, self._batch):
                if left is not None:
                    left.done.cancel()  # only when this task is stopped from outside: nobody shall wait for ever
            self._writer = self._committing = self._batch = None

    def _undo(self, batch: _Batch) -> None:
        """Hold again what is stored, except where someone has gone on from what could not be."""
        for key, answer in batch.answers.items():
            live = self._live.get(key[0])
            if live is None:
                continue
            if live.answers.get(key[1]) is not answer:
                if self._batch is not None and self._batch.before.get(key) is answer:
                    self._batch.before[key] = batch.before[key]
            elif (before := batch.before[key]) is not None:
                live.answers[key[1]] = before
            else:
                del live.answers[key[1]]
        for key in batch.names:
            self._names.pop(key, None)
        for found, _, _ in batch.moves:
            if (closing := self._live.get(found.id)) is not None:
                closing.closed_at = None

    async def _commit(self, batch: _Batch) -> None:
        """Commit one batch, for as long as it takes: what was received is never dropped."""
        while True:
            try:
                async with self._store.write() as tx:
                    await stored.keep(tx, batch.answers)
                    await stored.keep_names(tx, batch.names)
                    for found, state, values in batch.moves:
                        await ledger.move(tx, found, state, **values)
            except StorageBusy as trouble:
                logger.warning("answers wait: the database took no write (%s); %d held", trouble, len(batch.answers))
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return
