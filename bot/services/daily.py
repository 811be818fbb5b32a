"""The daily work: a tick that is a function of the database and now, and the loop that wakes it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.outage import Outage
from bot.domain.quiz import Quiz
from bot.domain.rounds import Round
from bot.services.answering import Answering
from bot.services.conducting import Conductor
from bot.services.planning import Planner
from bot.services.ports import Clock
from bot.services.stepping import LEASE, Stepper
from bot.services.watching import Watch
from bot.storage import process, quizzes, rounds, schedules
from bot.storage.store import StorageBusy, Store

logger = logging.getLogger(__name__)

_ALIVE = "alive"
_AT_ONCE = 8
"""How many servers' posts are compared with what was received at the same time."""

_STORAGE_WAIT = timedelta(seconds=2)
"""How soon a tick is tried again that the database took no note of."""


Worker = tuple[int, int | None]
"""Whom a worker works for: a server, or a quiz of it."""


class Daily:
    """Plans and steps everything that is due.

    Each server has a worker of its own, and so has each quiz: none waits for another.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        answering: Answering,
        planner: Planner,
        stepper: Stepper,
        conductor: Conductor,
        longest_nap: timedelta,
        beat: Callable[[], None],
        watch: Watch | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._answering = answering
        self._planner = planner
        self._stepper = stepper
        self._conductor = conductor
        self._longest_nap = longest_nap
        self._beat = beat
        self._lifeless = Outage()
        self._watch = watch or Watch()
        self._hastens = False
        self._workers: dict[Worker, asyncio.Task[None]] = {}
        self._repairing: dict[int, asyncio.Task[None]] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._nap: asyncio.Task[None] | None = None
        self._woken = False
        self._stopping = False
        # The rounds whose posts are stored as unread, and since when.
        self._unread: dict[int, datetime] = {}

    async def begin(self) -> None:
        """Take up where the last run stopped: load the answers and learn when the outage began."""
        async with self._store.read() as tx:
            alive = await process.recall(tx, _ALIVE)
            self._unread = await process.unread(tx)
        self._hastens = True  # as far as a process that starts can know
        alive_at = datetime.fromisoformat(alive) if alive else None
        if alive_at is not None:
            await self._conductor.came_back(alive_at)
        await self._answering.load(alive=alive_at, unread=self._unread)

    async def catch_up(self) -> None:
        """Repair what was missed on every open round's post, additions and withdrawals: Discord is there again."""
        self._answering.came_back()
        self._conductor.heard_again()
        self._stepper.repairs.clear()
        self.wake()
        await asyncio.gather(*(self._repair(asked) for asked in self._answering.open_rounds()))
        self.wake()  # what was read is noted at once: after a crash nobody could tell it from what was not

    def caught_up(self) -> None:
        """Go on: Discord is there again, and has replayed what happened meanwhile."""
        self._answering.came_back(replayed=True)
        self._conductor.heard_again()
        self.wake()

    def went_away(self) -> None:
        """Remember since when events may be missing."""
        self._answering.went_away()
        self._conductor.went_away()

    async def tick(self) -> None:
        """Do what is due now. Steps run in the background: `idle()` waits for them."""
        now = self._clock()
        # Taken before the transaction: who hurries while that runs means the next tick.
        hastens, self._hastens = self._hastens | self._watch.went_back(now), False
        try:
            await self._sign(now, hastens=hastens)
        except BaseException:
            self._hastens |= hastens
            raise
        if hastens:
            self._stepper.repairs.hasten(now)
        self._show_life()
        await self._answering.note_others(present=self._watch.shared)
        self._repair_again(now)
        await self._conductor.make_up()
        while await self._planner.plan_due(now):
            await self._set_out(now)  # what is planned is posted while others are planned
        await self._set_out(now)

    async def _set_out(self, now: datetime) -> None:
        """Begin the steps of the rounds and quizzes that are due."""
        async with self._store.read() as tx:
            due = await rounds.due(tx, now)
            quizzes_due = await quizzes.due(tx, now)
        by_worker: dict[Worker, list[Round | Quiz]] = defaultdict(list)
        for found in due:
            by_worker[found.guild_id, found.quiz_id].append(found)
        for quiz in quizzes_due:
            by_worker[quiz.guild_id, quiz.id].append(quiz)
        for worker, found_here in by_worker.items():
            if worker not in self._workers:
                self._workers[worker] = asyncio.create_task(
                    self._work(worker, found_here), name=f"rounds of {worker[0]}"
                )

    async def idle(self) -> None:
        """Wait until no step is under way, no repair that is tried again, and no post being told that it is over."""
        while under_way := {*self._workers.values(), *self._repairing.values(), *self._stepper.marking}:
            await asyncio.wait(under_way)

    async def run(self) -> None:
        """Tick until stopped. The table decides what is due: the loop only wakes."""
        while not self._stopping:
            self._woken = False
            try:
                await self.tick()
                pause = await self._until_next()
                if self._store.trouble is not None:
                    pause = min(pause, _STORAGE_WAIT)
            except StorageBusy:
                # The store says so, once: this is no fault of the tick.
                self._show_life()
                pause = min(_STORAGE_WAIT, self._longest_nap)
            except Exception:
                logger.exception("the tick failed; the next one comes anyway")
                pause = self._longest_nap
            if not self._woken:
                await self._sleep(pause)

    def wake(self) -> None:
        """Tick at once: something became due that the loop does not know of."""
        self._woken = True
        if self._nap is not None:
            self._nap.cancel()

    def hurry(self) -> None:
        """Try again soon what waits for Discord: it answers again."""
        self._hastens = True
        self.wake()

    async def stop(self) -> None:
        """Let the steps under way finish, begin no other, and commit every answer that was received."""
        self._stopping = True
        self.wake()
        await self.idle()
        await self._answering.stop()

    async def _sign(self, now: datetime, *, hastens: bool) -> None:
        """Note that this process is alive and at work here, and let what waits wait no longer when it `hastens`."""
        unread = self._answering.unread()
        async with self._store.write() as tx:
            await process.remember(tx, _ALIVE, now.isoformat())
            if unread != self._unread:
                await process.keep_unread(tx, unread)
            found = await self._watch.sign(tx, now)
            if hastens:
                # Nobody's lease lasts longer: what is put off further waits for Discord, or for a clock that was ahead.
                await rounds.hasten(tx, now=now, latest=now + LEASE)
                await quizzes.hasten(tx, now=now, latest=now + LEASE)
        self._unread = unread
        self._answering.signed(now, unread)
        self._watch.signed(found, now)

    async def _work(self, worker: Worker, found_here: Sequence[Round | Quiz]) -> None:
        try:
            for found in found_here:
                if not self._stopping:
                    await self._step(found)
        finally:
            del self._workers[worker]
            self.wake()

    def _repair_again(self, now: datetime) -> None:
        """Begin anew the repairs that failed a while ago; none while Discord is gone: when it is back all is read."""
        due = set() if self._answering.away else self._stepper.repairs.due(now) - self._repairing.keys()
        for asked in self._answering.open_rounds() if due else ():
            if asked.id in due:
                task = asyncio.create_task(self._repair(asked), name=f"repair of {asked.id}")
                task.add_done_callback(partial(self._repaired, asked.id))
                self._repairing[asked.id] = task

    def _repaired(self, round_id: int, _: asyncio.Task[None]) -> None:
        del self._repairing[round_id]

    async def _repair(self, asked: Round) -> None:
        async with self._gate:
            try:
                if not self._stopping:
                    await self._stepper.reconcile(asked)
            except Exception:
                logger.exception("round %d: catching up failed; its close will try again", asked.id)

    async def _step(self, found: Round | Quiz) -> None:
        try:
            if isinstance(found, Quiz):
                await self._conductor.step(found)
            else:
                await self._stepper.step(found)
        except StorageBusy:
            # What a step meets it deals with; this is a database that takes no note of it. Its lease will run out.
            logger.debug("%s: the outcome of its step waits for the database", _named(found))
        except Exception:
            logger.exception("%s: the outcome of its step could not be stored", _named(found))

    async def _sleep(self, pause: timedelta) -> None:
        self._nap = asyncio.create_task(asyncio.sleep(pause.total_seconds()), name="nap")
        try:
            await asyncio.wait({self._nap})
        finally:
            self._nap.cancel()

    def _show_life(self) -> None:
        now = asyncio.get_running_loop().time()
        try:
            self._beat()
        except OSError as trouble:
            if self._lifeless.failed(now):
                logger.warning(
                    "the sign of life cannot be given (%s): `trapwise health` fails, the work goes on", trouble
                )
        else:
            over = self._lifeless.worked(now)
            if over is not None:
                logger.info("the sign of life is given again after %.0f s", over.seconds)

    async def _until_next(self) -> timedelta:
        async with self._store.read() as tx:
            instants = [await rounds.next_step(tx), await schedules.next_run(tx), await quizzes.next_step(tx)]
        now = self._clock()
        pause = min((instant - now for instant in instants if instant is not None), default=self._longest_nap)
        # What is due already belongs to a worker that is busy: it wakes the loop when it is done.
        return min(pause, self._longest_nap) if pause > timedelta(0) else timedelta(seconds=1)


def _named(found: Round | Quiz) -> str:
    return f"{'quiz' if isinstance(found, Quiz) else 'round'} {found.id}"
