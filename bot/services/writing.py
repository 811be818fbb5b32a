"""Writing: every change to an answer goes through one ordered buffer and one writer.

While one commit runs the next batch gathers, so concurrent taps share a transaction and a lone tap waits for one.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from bot.domain.answer import Answer
from bot.domain.rounds import Round, RoundState
from bot.storage import answers, members, rounds
from bot.storage.store import StorageBusy, Store

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 0.5

_NAMES_REMEMBERED = 50_000
"""Names known to be stored; remembering them only saves writing them again."""


@dataclass(slots=True)
class Live:
    """A round that takes answers, or is about to be graded, with everything its members hold."""

    round: Round
    answers: dict[int, Answer]
    # The place in the order of changes at which it stopped taking answers.
    closed_at: int | None = None
    # When each member last did something, so that a snapshot begun before does not undo it.
    touched: dict[int, int] = field(default_factory=dict)

    @property
    def closing(self) -> bool:
        """Tell whether it stopped taking answers."""
        return self.closed_at is not None


@dataclass(slots=True)
class _Batch:
    """What the next commit will hold, what was held before it, and whom to tell."""

    done: asyncio.Future[None]
    lives: dict[int, Live] = field(default_factory=dict)
    answers: dict[tuple[int, int], Answer] = field(default_factory=dict)
    before: dict[tuple[int, int], Answer | None] = field(default_factory=dict)
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    # Names from snapshots, which know no nicknames: for members who have no name yet.
    guesses: dict[tuple[int, int], str] = field(default_factory=dict)
    moves: list[tuple[Live, RoundState, dict[str, object]]] = field(default_factory=list)


class Writing:
    """Stores what is held, batch by batch, and takes back in memory what could not be stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names: dict[tuple[int, int], str] = {}
        self._batch: _Batch | None = None
        self._committing: _Batch | None = None
        self._writer: asyncio.Task[None] | None = None

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

    async def committed(self) -> None:
        """Wait for the commit that holds everything gathered so far, and for no later one."""
        batch = self._batch or self._committing
        if batch is not None:
            await asyncio.shield(batch.done)

    async def settled(self, patience: float) -> None:
        """Wait until everything gathered so far is committed or refused, but no longer than `patience` seconds."""
        batch = self._batch or self._committing
        if batch is not None:
            await asyncio.wait({batch.done}, timeout=patience)

    async def stop(self) -> None:
        """Wait until everything gathered is committed, or refused and told to whoever waits for it."""
        while self._writer is not None:
            await asyncio.shield(self._writer)

    def _gathering(self) -> _Batch:
        if self._batch is None:
            self._batch = _Batch(done=asyncio.get_running_loop().create_future())
            if self._writer is None:
                self._writer = asyncio.create_task(self._write(), name="answers")
        return self._batch

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
        for live, _, _ in batch.moves:
            live.closed_at = None

    async def _commit(self, batch: _Batch) -> None:
        """Commit one batch, for as long as it takes: what was received is never dropped."""
        while True:
            try:
                async with self._store.write() as tx:
                    await answers.keep(tx, batch.answers)
                    await members.keep_names(tx, batch.names)
                    await members.keep_names(tx, batch.guesses, known=False)
                    for live, state, values in batch.moves:
                        await rounds.move(tx, live.round, state, **values)
            except StorageBusy as trouble:
                logger.warning("answers wait: the database took no write (%s); %d held", trouble, len(batch.answers))
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return
