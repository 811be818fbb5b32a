"""Closing: the end of a round. Its last snapshot, its results in one transaction, and the reveal."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

from bot.domain.rounds import Round, RoundState
from bot.domain.standings import used_up_since
from bot.domain.tally import tally
from bot.services import troubles
from bot.services.announcing import Announcer
from bot.services.answering import Answering
from bot.services.library import Library
from bot.services.ports import Clock, Posting, Publisher, PublishFailed, Refusal, Snapshot
from bot.services.revealing import reveal_of
from bot.storage import quizzes, results, rounds, schedules
from bot.storage.store import StorageBusy, Store

logger = logging.getLogger(__name__)

_LATE = timedelta(minutes=2)


class Closing:
    """Closes, grades and explains rounds. Each method takes its round as far as it can go; all can be repeated.

    `marking` are the tasks that tell posts that they are over.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        publisher: Publisher,
        *,
        answering: Answering,
        library: Library,
        announcer: Announcer,
    ) -> None:
        self._store = store
        self._clock = clock
        self._publisher = publisher
        self._answering = answering
        self._library = library
        self._announcer = announcer
        self.marking: set[asyncio.Task[None]] = set()

    async def close(self, opened: Round) -> None:
        """Stop taking answers, then grade and explain."""
        now = self._clock()
        late = now - opened.closes_at > _LATE
        await self._answering.take_up(opened)
        await self._answering.begin_closing(opened.id, late=late)
        closing = replace(opened, state=RoundState.CLOSING, closing_at=now, closed_late=late)
        await self.grade(closing)

    async def grade(self, closing: Round) -> None:
        """Take the last snapshot, store the results and what they change on the boards, then explain."""
        await self._answering.take_up(closing)
        begun = self._answering.now_at()
        snapshot = await self._last_snapshot(closing)
        if snapshot is not None:
            await self._answering.reconcile(closing.id, snapshot, begun=begun, closing=True)
        held = self._answering.all_held(closing.id)
        if held is None:
            return
        counted = tally(closing.posed, held)
        late = closing.closed_late or (snapshot is not None and self._is_late(closing))
        async with self._store.write() as tx:
            # The reveal follows at once and counts as begun: after a crash, look for it before sending.
            moved = await rounds.move(tx, closing, RoundState.CLOSED, attempts=1, closed_late=late)
            if moved:
                await results.keep(tx, closing, counted.results, used_up_since=used_up_since(closing.opened_on))
        self._answering.dropped(closing.id)
        if moved:
            logger.info("round %d: closed with %d answers", closing.id, counted.participants)
            await self.explain(replace(closing, state=RoundState.CLOSED, attempts=1, closed_late=late))

    async def explain(self, closed: Round) -> None:
        """Send the reveal, unless an earlier attempt did."""
        reveal_id = await self._publisher.find_reveal(closed) if closed.attempts > 1 else None
        if reveal_id is None:
            reveal_id = await self._publisher.explain(await reveal_of(self._store, self._library, closed))
        async with self._store.write() as tx:
            moved = await rounds.move(tx, closed, RoundState.EXPLAINED, reveal_id=reveal_id, step_at=None)
            if moved:
                await quizzes.item_over(tx, closed, now=self._clock())
        if not moved:
            logger.warning("round %d: dropped while it was being revealed", closed.id)
            return
        logger.info("round %d: explained", closed.id)
        explained = replace(closed, state=RoundState.EXPLAINED, reveal_id=reveal_id)
        if closed.thread:
            await self._discuss(explained)
        # A limit may let it wait for minutes, and what else its server or quiz has to do is due.
        marking = asyncio.create_task(self._mark_over(explained), name=f"mark of {explained.id}")
        self.marking.add(marking)
        marking.add_done_callback(self.marking.discard)

    def _is_late(self, closing: Round) -> bool:
        """Tell whether letters put on a post minutes after its close may be in a snapshot taken by now."""
        return closing.closing_at is not None and self._clock() - closing.closing_at > _LATE

    async def _last_snapshot(self, closing: Round) -> Snapshot | None:
        if not closing.by_letter:
            return None
        try:
            return await self._publisher.collect(closing)
        except PublishFailed as failure:
            if failure.why is not Refusal.FORBIDDEN:
                raise
            # What was received live counts; the reveal waits until the permission is back.
            return None

    async def _mark_over(self, explained: Round) -> None:
        """Let the post say that it is over, and where the answer is: a courtesy, tried once."""
        if not self._library.has(explained.bank):
            return
        try:
            async with self._store.read() as tx:
                quiz = await quizzes.by_id(tx, explained.quiz_id) if explained.quiz_id is not None else None
            bank = self._library.bank(explained.bank)
            await self._publisher.retell(Posting(round=explained, bank=bank, quiz=quiz))
        except (PublishFailed, StorageBusy) as failure:
            logger.info("round %d: its post goes on asking for answers (%s)", explained.id, failure)
        except Exception:
            logger.exception("round %d: its post goes on asking for answers", explained.id)

    async def _discuss(self, explained: Round) -> None:
        try:
            await self._publisher.discuss(explained)
        except PublishFailed as failure:
            assert explained.schedule_id is not None, "rounds of quizzes open no thread"
            async with self._store.read() as tx:
                schedule = await schedules.by_id(tx, explained.schedule_id)
            await self._announcer.tell(schedule, troubles.no_thread(schedule, failure.why))
