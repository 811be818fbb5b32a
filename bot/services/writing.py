"""Writing: every change to an answer goes through one ordered buffer and one writer.

While one commit runs the next batch gathers, so concurrent taps share a transaction and a lone tap waits for one.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from bot.domain.answer import Answer
from bot.domain.rounds import RoundState
from bot.services.live import Live
from bot.storage import answers, members, rounds
from bot.storage.store import StorageBusy, Store

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 0.5

_WORTH_NOTING = 1_000
"""Commits of fewer answers than this are no high-water mark to speak of."""

_NAMES_REMEMBERED = 50_000
"""Names known to be stored; remembering them only saves writing them again."""


@dataclass(slots=True)
class _Batch:
    """What the next commit will hold, what was held before it, and whom to tell.

    However many taps it gathers, it holds one answer for each member and round.
    """

    # A future for each, so that whoever is cancelled takes nobody along; `shield` around one of all costs several times
    # as much.
    waiters: list[asyncio.Future[None]] = field(default_factory=list)
    lives: dict[int, Live] = field(default_factory=dict)
    answers: dict[tuple[int, int], Answer] = field(default_factory=dict)
    before: dict[tuple[int, int], Answer | None] = field(default_factory=dict)
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    # Names from snapshots, which know no nicknames: for members who have no name yet.
    guesses: dict[tuple[int, int], str] = field(default_factory=dict)
    moves: list[tuple[Live, RoundState, dict[str, object]]] = field(default_factory=list)

    def ended(self) -> asyncio.Future[None]:
        """Give what is done when the batch is stored; it raises when that fails."""
        waiter = asyncio.get_running_loop().create_future()
        self.waiters.append(waiter)
        return waiter

    def end(self, trouble: Exception | None = None) -> None:
        """Tell whoever waits that it is stored, or why it cannot be."""
        for waiter in self.waiters:
            if waiter.done():
                continue  # whoever waited was cancelled
            if trouble is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(trouble)
                waiter.exception()  # whoever waited may be gone

    def abandon(self) -> None:
        """Cancel whoever waits."""
        for waiter in self.waiters:
            waiter.cancel()


class Writing:
    """Stores what is held, batch by batch, and takes back in memory what could not be stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names: dict[tuple[int, int], str] = {}
        self._batch: _Batch | None = None
        self._committing: _Batch | None = None
        self._writer: asyncio.Task[None] | None = None
        self._most_held = _WORTH_NOTING // 2

    def hold(self, live: Live, member_id: int, answer: Answer) -> None:
        """Let a member hold an answer from now on, and store it with the next commit."""
        batch, key = self._gathering(), (live.round.id, member_id)
        batch.lives[live.round.id] = live
        batch.before.setdefault(key, live.answers.get(member_id))
        batch.answers[key] = answer
        live.answers[member_id] = answer

    def move(self, live: Live, to: RoundState, values: dict[str, object]) -> None:
        """Move a round together with everything held before."""
        self._gathering().moves.append((live, to, values))

    def rename(self, guild_id: int, member_id: int, name: str) -> None:
        """Store the name by which a server knows a member."""
        if self._names.get((guild_id, member_id)) != name:
            if len(self._names) >= _NAMES_REMEMBERED:
                self._names.clear()
            self._names[guild_id, member_id] = name
            self._gathering().names[guild_id, member_id] = name

    def guess(self, guild_id: int, member_id: int, name: str) -> None:
        """Store a name for a member of whom no other is known."""
        if (guild_id, member_id) not in self._names:
            self._gathering().guesses[guild_id, member_id] = name

    def committed(self) -> asyncio.Future[None]:
        """Give what is done with the commit that holds everything gathered so far, and waits for no later one."""
        batch = self._batch or self._committing
        if batch is not None:
            return batch.ended()
        nothing = asyncio.get_running_loop().create_future()
        nothing.set_result(None)
        return nothing

    async def settled(self, patience: float) -> None:
        """Wait until everything gathered so far is committed or refused, but no longer than `patience` seconds."""
        batch = self._batch or self._committing
        if batch is not None:
            await asyncio.wait({batch.ended()}, timeout=patience)

    async def stop(self) -> None:
        """Wait until everything gathered is committed, or refused and told to whoever waits for it."""
        while self._writer is not None:
            await asyncio.shield(self._writer)

    def _gathering(self) -> _Batch:
        if self._batch is None:
            self._batch = _Batch()
            if self._writer is None:
                self._writer = asyncio.create_task(self._write(), name="answers")
        return self._batch

    async def _write(self) -> None:
        try:
            while self._batch is not None:
                batch, self._batch = self._batch, None
                self._committing = batch
                self._note_size(len(batch.answers))
                try:
                    await self._commit(batch)
                except Exception as trouble:
                    # Not a busy database but a fault of ours: whoever waits must hear of it, the rest goes on.
                    logger.exception("%d answers could not be stored", len(batch.answers))
                    self._undo(batch)
                    batch.end(trouble)
                else:
                    batch.end()
        finally:
            self._tell_of_the_lost()
            for left in (self._committing, self._batch):
                if left is not None:
                    left.abandon()  # only when this task is stopped from outside: nobody shall wait for ever
            self._writer = self._committing = self._batch = None

    def _tell_of_the_lost(self) -> None:
        lost = {key for left in (self._committing, self._batch) if left is not None for key in left.answers}
        if lost and (task := asyncio.current_task()) is not None and task.cancelling():
            logger.warning("%d answers were received and could not be stored before the stop", len(lost))

    def _note_size(self, answers_held: int) -> None:
        """Keep the high-water mark of a commit, and log it each time it has doubled."""
        if answers_held >= 2 * self._most_held:
            self._most_held = answers_held
            logger.info("the largest commit so far: %d answers", answers_held)

    def _undo(self, batch: _Batch) -> None:
        """Hold again what is stored, except where someone has gone on from what could not be."""
        for key, answer in batch.answers.items():
            held = batch.lives[key[0]].answers
            if held.get(key[1]) is not answer:
                if self._batch is not None and self._batch.before.get(key) is answer:
                    self._batch.before[key] = batch.before[key]
            elif (before := batch.before[key]) is not None:
                held[key[1]] = before
            else:
                del held[key[1]]
        for key in batch.names:
            self._names.pop(key, None)

    async def _commit(self, batch: _Batch) -> None:
        """Commit one batch, for as long as it takes: what was received is never dropped."""
        most = 0
        while True:
            try:
                async with self._store.write() as tx:
                    await answers.keep(tx, batch.answers)
                    await members.keep_names(tx, batch.names)
                    await members.keep_names(tx, batch.guesses, known=False)
                    for live, state, values in batch.moves:
                        await rounds.move(tx, live.round, state, **values)
            except StorageBusy:
                # The store has told why. Repeated taps of a member are one answer, so what waits stays bounded.
                most = max(most, len(batch.answers) + (len(self._batch.answers) if self._batch is not None else 0))
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                if most:
                    logger.info("answers that waited for the database are stored; at most %d were held in memory", most)
                return
