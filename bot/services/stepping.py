"""Stepping: what happens to one round when its next step is due. Act, then mark; every step can be repeated."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import Pause, Schedule
from bot.services import timekeeping, troubles
from bot.services.announcing import Announcer
from bot.services.answering import Answering
from bot.services.closing import Closing
from bot.services.conducting import Conductor
from bot.services.library import Library
from bot.services.ports import Clock, Posting, Publisher, PublishFailed, Refusal
from bot.services.repairs import Repairs
from bot.services.voiding import void
from bot.storage import rounds, schedules
from bot.storage.store import StorageBusy, Store

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a step belongs to whoever took it; after a crash it is due again when this has passed."""

_RENEWED_SECONDS = 20
"""How often a step under way renews its lease: posting ten letters under a rate limit outlasts one."""

_SOON = timedelta(seconds=1)
_DEAF_WAIT = timedelta(seconds=5)
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=10)
_TRIES = 5
"""How often a step is tried that fails without Discord being away."""


Lost = Literal[Refusal.POST_GONE, Refusal.CHANNEL_GONE, Refusal.FORBIDDEN]
"""Refusals after which a round cannot go on as it is."""


class Stepper:
    """Carries rounds from one state to the next."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        publisher: Publisher,
        *,
        answering: Answering,
        library: Library,
        announcer: Announcer,
        conductor: Conductor,
    ) -> None:
        self._store = store
        self._clock = clock
        self._conductor = conductor
        self._publisher = publisher
        self._answering = answering
        self._library = library
        self._announcer = announcer
        self._closing = Closing(store, clock, publisher, answering=answering, library=library, announcer=announcer)
        self.repairs = Repairs()
        # What failed how often and what was told of it, by round, until the round is done: forgotten by a restart.
        self._failures: Counter[tuple[int, RoundState]] = Counter()
        self._told: set[tuple[int, str]] = set()

    @property
    def marking(self) -> Collection[asyncio.Task[None]]:
        """Give the tasks that tell posts of explained rounds that they are over: no step waits for them."""
        return self._closing.marking

    async def step(self, found: Round) -> None:
        """Take a due round as far as it can go now; does nothing when someone else has taken it."""
        async with self._store.write() as tx:
            leased = await rounds.lease(tx, found, until=self._clock() + LEASE)
        if leased is None:
            return
        try:
            async with self._kept(leased):
                await self._advance(leased)
        except PublishFailed as failure:
            await self.refused(leased, failure)
        except StorageBusy as trouble:
            logger.debug("round %d: its step waits for the database (%s)", leased.id, trouble)
            await self._wait(leased)
        except Exception:
            logger.exception("round %d: its step failed", leased.id)
            await self._failed(leased, "something went wrong on my side")

    async def reconcile(self, asked: Round) -> None:
        """Repair what was missed on an open round's post, and put back the letters that a reading does not find.

        Where Discord does not answer it is tried again by and by; what it rejects is left to the close.
        """
        if not asked.by_letter:
            return
        try:
            begun = self._answering.now_at()
            snapshot = await self._publisher.collect(asked)
            changed = await self._answering.reconcile(asked.id, snapshot, begun=begun)
            if snapshot.unseeded:
                await self._publisher.seed(asked, snapshot.unseeded)
            if self._answering.is_unread(asked.id):
                self.repair_later(asked)  # who did something meanwhile was passed over
            else:
                self.repairs.done(asked.id)
            if changed:
                logger.info("round %d: %d answers caught up", asked.id, changed)
        except PublishFailed as failure:
            if failure.why is Refusal.UNAVAILABLE:
                self.repair_later(asked)
                return
            self.repairs.done(asked.id)
            if failure.why is not Refusal.REJECTED:
                await self.refused(asked, failure)

    def repair_later(self, asked: Round) -> None:
        """Let a tick repair a post after a while: it could not be read for now, not of everyone, or not be mended."""
        self.repairs.failed(asked.id, self._clock())

    async def refused(self, asked: Round, failure: PublishFailed) -> None:
        """Deal with what the chat would not do: void, pause, or try again later. Nothing is erased."""
        # That Discord is away is told once, not for every round that waits for it.
        told = logging.DEBUG if failure.why is Refusal.UNAVAILABLE else logging.WARNING
        logger.log(told, "round %d (%s): %s", asked.id, asked.state, failure)
        match failure.why:
            case Refusal.UNAVAILABLE:
                await self._wait(asked)
            case Refusal.REJECTED:
                await self._failed(asked, str(failure.why))
            case Refusal.POST_GONE | Refusal.CHANNEL_GONE | Refusal.FORBIDDEN:
                if asked.quiz_id is not None:
                    await self._conductor.lost(asked, failure.why)
                    self._forget(asked.id)
                else:
                    await self._lost(asked, failure.why)
            case _:
                assert_never(failure.why)

    async def _lost(self, asked: Round, why: Lost) -> None:
        schedule = await self._schedule_of(asked)
        match why:
            case Refusal.POST_GONE:
                if await self.void(asked, "its post is gone"):
                    await self._announcer.tell(schedule, troubles.post_gone(schedule, asked))
            case Refusal.CHANNEL_GONE:
                dropped = await self.void(asked, "its channel was deleted")
                if asked.channel_id == schedule.channel_id:
                    await self.pause(schedule, Pause.CHANNEL_GONE)
                elif dropped:
                    await self._announcer.tell(schedule, troubles.old_channel_gone(schedule, asked))
            case Refusal.FORBIDDEN:
                await self._block(asked)
                if asked.channel_id == schedule.channel_id:
                    await self.pause(schedule, Pause.FORBIDDEN)
                else:
                    await self._tell_once(asked, schedule, troubles.old_channel_forbidden(schedule, asked))
            case _:
                assert_never(why)

    async def pause(self, schedule: Schedule, why: Pause) -> None:
        """Stop a schedule and tell its organisers, once."""
        text = troubles.paused(schedule, why)
        async with self._store.write() as tx:
            if not await schedules.pause(tx, schedule.id, why):
                return
            await self._announcer.keep(tx, schedule, text)
        await self._announcer.send(schedule, text)

    async def void(self, asked: Round, reason: str) -> bool:
        """Drop a round: it gives nothing to anyone. False when it is void or explained already."""
        dropped = await void(self._store, self._answering, asked, reason, now=self._clock())
        if dropped:
            self._forget(asked.id)
        return dropped

    @contextlib.asynccontextmanager
    async def _kept(self, leased: Round) -> AsyncIterator[None]:
        """Keep a lease for as long as its step takes, so that nobody else takes the step for abandoned."""
        keeper = asyncio.create_task(self._keep(leased), name=f"lease of {leased.id}")
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self, leased: Round) -> None:
        held: Round | None = leased
        while held is not None:
            await asyncio.sleep(_RENEWED_SECONDS)
            with contextlib.suppress(StorageBusy):
                async with self._store.write() as tx:
                    renewed = await rounds.renew(tx, held, until=self._clock() + LEASE)
                held = renewed

    async def _advance(self, found: Round) -> None:
        match found.state:
            case RoundState.PLANNED:
                await self._post(found)
            case RoundState.OPEN:
                if found.closes_at <= self._clock() and found.quiz_id is not None and self._conductor.deaf:
                    await self._later(found, self._clock() + _DEAF_WAIT)
                elif found.closes_at <= self._clock():
                    await self._closing.close(found)
                    self._forget(found.id)
                else:
                    await self._seed(found)
            case RoundState.CLOSING:
                await self._closing.grade(found)
                self._forget(found.id)
            case RoundState.CLOSED:
                await self._closing.explain(found)
                self._forget(found.id)
            case RoundState.EXPLAINED | RoundState.VOID:
                pass
            case _:
                assert_never(found.state)

    async def _post(self, planned: Round) -> None:
        # An earlier attempt may have been sent without our learning of it: look before anything else.
        sent = await self._publisher.find_post(planned) if planned.attempts > 1 else None
        if sent is None:
            ready = await self._ready(planned)
            if ready is None:
                return
            planned = ready
        # Members may tap before the ledger knows the post: their letters wait for it.
        with self._answering.posting(planned.channel_id):
            opened = await self._open(planned, sent)
        if opened is None:
            return
        await self._seed(opened)
        if sent is not None:
            # It stood there before letters on it were heard.
            await self.reconcile(opened)

    async def _open(self, planned: Round, sent: int | None) -> Round | None:
        """Send a question unless it is there already, and note its post; `None` when it was dropped meanwhile."""
        message_id = await self._send(planned) if sent is None else sent
        opened = replace(planned, state=RoundState.OPEN, message_id=message_id)
        async with self._store.write() as tx:
            moved = await rounds.move(tx, planned, RoundState.OPEN, message_id=message_id)
            if moved and planned.quiz_id is not None:
                await timekeeping.opened(tx, opened, now=self._clock())
        if not moved:
            logger.warning("round %d: dropped while it was being posted", planned.id)
            return None
        self._answering.opened(opened, found=sent is not None)
        logger.info("round %d: posted", opened.id)
        return opened

    async def _ready(self, planned: Round) -> Round | None:
        """Give a planned round as it is to be sent now; `None` when it is dropped, or waits."""
        if planned.quiz_id is not None:
            return await self._conductor.ready(planned)
        return planned if await self._may_post(planned) else None

    async def _may_post(self, planned: Round) -> bool:
        """Tell whether a planned round is to be sent now; drops it when its time is over, and waits for its turn."""
        now = self._clock()
        schedule = await self._schedule_of(planned)
        async with self._store.read() as tx:
            removed = await schedules.is_removed(tx, schedule.id)
            earlier = await rounds.unfinished(tx, schedule.id)
        waited = now - planned.planned_at
        if removed:
            await self.void(planned, "its schedule was removed")
            return False
        if waited > schedule.catch_up or planned.closes_at <= now:
            if await self.void(planned, "it could not be posted in time"):
                await self._announcer.tell(schedule, troubles.too_late(schedule))
            return False
        # A reveal that fails again and again must not cost the next question too.
        patience = min(schedule.catch_up, planned.closes_at - planned.planned_at) / 2
        before = [each.step_at for each in earlier if waited < patience and _holds_up(each, planned)]
        if not before:
            return True
        soonest = min(step_at for step_at in before if step_at is not None)
        await self._later(planned, min(max(soonest, now + _SOON), now + _FIRST_WAIT))
        return False

    async def _send(self, planned: Round) -> int:
        bank = self._library.bank(planned.bank)
        image = self._library.picture(planned.bank, planned.posed.item)
        quiz = await self._conductor.quiz_of(planned)
        return await self._publisher.post(Posting(round=planned, bank=bank, image=image, quiz=quiz))

    async def _seed(self, opened: Round) -> None:
        await self._answering.take_up(opened)
        if opened.by_letter and not opened.seeded:
            await self._publisher.seed(opened, opened.posed.letters)
        async with self._store.write() as tx:
            await rounds.seeded(tx, opened.id)
        self._answering.seeded(opened.id)

    async def _block(self, asked: Round) -> None:
        async with self._store.write() as tx:
            await rounds.block(tx, asked.id)

    async def _failed(self, asked: Round, why: str) -> None:
        """Try a step again that failed by itself, not by an outage; after some times block it and say so, once."""
        async with self._store.read() as tx:
            current = await rounds.by_id(tx, asked.id) or asked
        self._failures[current.id, current.state] += 1
        if self._failures[current.id, current.state] < _TRIES:
            await self._wait(asked)
            return
        if current.quiz_id is not None:
            self._forget(current.id)
            await self._conductor.give_up(current, why)
            return
        schedule = await self._schedule_of(current)
        closing = current.state is RoundState.OPEN and current.closes_at <= self._clock()
        if closing:
            # A round never stays open for a fault of ours.
            await self._wait(asked)
        else:
            await self._block(asked)
            del self._failures[current.id, current.state]
        await self._tell_once(asked, schedule, troubles.stuck(schedule, current, why, closing=closing))

    async def _tell_once(self, asked: Round, schedule: Schedule, text: str) -> None:
        if (asked.id, text) not in self._told:
            self._told.add((asked.id, text))
            await self._announcer.tell(schedule, text)

    async def _schedule_of(self, asked: Round) -> Schedule:
        assert asked.schedule_id is not None, "the rounds of quizzes are dealt with before"
        async with self._store.read() as tx:
            return await schedules.by_id(tx, asked.schedule_id)

    def _forget(self, round_id: int) -> None:
        self.repairs.done(round_id)
        for key in [key for key in self._failures if key[0] == round_id]:
            del self._failures[key]
        self._told = {told for told in self._told if told[0] != round_id}

    async def _later(self, found: Round, at: datetime) -> None:
        async with self._store.write() as tx:
            await rounds.note(tx, found.id, step_at=at, attempts=found.attempts - 1)

    async def _wait(self, asked: Round) -> None:
        now = self._clock()
        wait = min(_FIRST_WAIT * 2 ** min(asked.attempts, 10), _LONGEST_WAIT)
        async with self._store.write() as tx:
            await rounds.retry(tx, asked.id, at=now + wait, now=now)


def _holds_up(earlier: Round, planned: Round) -> bool:
    """Tell whether an earlier round must be revealed before the next post: it is closing, and nothing blocks it."""
    return (
        earlier.id < planned.id
        and earlier.state is not RoundState.PLANNED
        and earlier.closes_at <= planned.planned_at
        and earlier.step_at is not None
    )
