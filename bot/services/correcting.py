"""Correcting: taking an explained round off the boards, and counting it again."""

import asyncio
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from bot.domain.errors import NotRevealed, UnknownQuestion, VoidAlready
from bot.domain.report import ReportState
from bot.domain.rounds import Round, RoundState
from bot.services import regrading
from bot.services.library import Library
from bot.services.ports import Publisher, PublishFailed, Refusal
from bot.services.revealing import reveal_of
from bot.storage import reports, results, rounds
from bot.storage.store import StorageBusy, Store, Tx

TAKEN_OUT = "an organiser took it out"

_PATIENCE_SECONDS = 10.0
"""For so long whoever corrects a round waits for its reveal: Discord may take no edits for a quarter of an hour."""

_SUGGESTED = 50
"""How many rounds are suggested at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction did.

    `changed` is false when the round was like that already, and no more than its reveal was written. `results` left the
    boards or came back to them; so many `later` rounds of the same item were graded anew because of it. `unmarked` says
    why the reveal could not be changed, `None` when it was.
    """

    round: Round
    changed: bool
    results: int
    later: int
    unmarked: Refusal | None


class Correcting:
    """Changes what explained rounds count. Results, boards and later rounds change in one transaction.

    The reveal is written after it. Every correction may be repeated: that writes the reveal again, if nothing else.
    """

    def __init__(self, store: Store, publisher: Publisher, *, library: Library) -> None:
        self._store = store
        self._publisher = publisher
        self._library = library
        self._edits: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def latest(self, guild_id: int, state: RoundState) -> list[Round]:
        """List the latest rounds of a server that are in a state and whose answer was revealed, newest first."""
        async with self._store.read() as tx:
            return await rounds.latest(tx, guild_id, state, limit=_SUGGESTED)

    async def void(self, guild_id: int, round_id: int) -> Corrected:
        """Take an explained round of a server off the boards: it gives nothing to anyone.

        Raises:
            UnknownQuestion, NotRevealed, VoidAlready: nothing was changed; what is void has no reveal.
        """
        async with self._store.write() as tx:
            found = await _here(tx, guild_id, round_id)
            if found.state is RoundState.VOID and found.reveal_id is None:
                raise VoidAlready
            changed = _check_revealed(found) is RoundState.EXPLAINED
            results, later = await _void(tx, found) if changed else (0, 0)
        void = replace(found, state=RoundState.VOID, void_reason=TAKEN_OUT)
        unmarked = await self._write(round_id)
        return Corrected(round=void, changed=changed, results=results, later=later, unmarked=unmarked)

    async def count_again(self, guild_id: int, round_id: int) -> Corrected:
        """Undo `void`: grade a round's stored answers again.

        Raises:
            UnknownQuestion, NotRevealed: nothing was changed; a round whose answer was never revealed cannot count.
        """
        async with self._store.write() as tx:
            found = await _here(tx, guild_id, round_id)
            changed = _check_revealed(found) is RoundState.VOID
            again = replace(found, state=RoundState.EXPLAINED)
            results, later = await _count(tx, found, again) if changed else (0, 0)
        unmarked = await self._write(round_id)
        return Corrected(round=again, changed=changed, results=results, later=later, unmarked=unmarked)

    async def write_again(self, guild_id: int, round_id: int) -> Refusal | None:
        """Write a round's reveal anew as the round stands now; gives why that could not be done, `None` when it was.

        Raises:
            UnknownQuestion, NotRevealed: there is no such reveal.
        """
        async with self._store.read() as tx:
            _check_revealed(await _here(tx, guild_id, round_id))
        return await self._write(round_id)

    async def _write(self, round_id: int) -> Refusal | None:
        """Write a reveal as its round stands by now; one edit after the other, so that the last tells what holds."""
        try:
            async with self._edits.setdefault(round_id, asyncio.Lock()):
                async with self._store.read() as tx:
                    stands = await rounds.by_id(tx, round_id)
                assert stands is not None
                told = await reveal_of(self._store, self._library, stands)
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._publisher.correct(told)
        except PublishFailed as failure:
            return failure.why
        except (TimeoutError, StorageBusy):
            return Refusal.UNAVAILABLE
        return None


async def _void(tx: Tx, explained: Round) -> tuple[int, int]:
    """Give how many results left the boards, and how many later rounds were graded anew."""
    await rounds.move(tx, explained, RoundState.VOID, void_reason=TAKEN_OUT)
    dropped = await results.count(tx, explained.id)
    await results.drop(tx, explained)
    later = await regrading.regrade_later(tx, explained)
    await reports.move(tx, explained.id, ReportState.OPEN, ReportState.VOIDED)
    return dropped, later


async def _count(tx: Tx, void: Round, again: Round) -> tuple[int, int]:
    """Give how many results came back to the boards, and how many later rounds were graded anew."""
    # Why it was void stays on file: its reveal tells that it was.
    await rounds.move(tx, void, again.state)
    earned = await regrading.earned(tx, again)
    await regrading.store(tx, again, earned)
    later = await regrading.regrade_later(tx, again)
    await reports.move(tx, void.id, ReportState.VOIDED, ReportState.OPEN)
    return len(earned), later


async def _here(tx: Tx, guild_id: int, round_id: int) -> Round:
    found = await rounds.by_id(tx, round_id)
    if found is None or found.guild_id != guild_id:
        raise UnknownQuestion(number=round_id)
    return found


def _check_revealed(found: Round) -> RoundState:
    if found.state not in (RoundState.EXPLAINED, RoundState.VOID) or found.reveal_id is None:
        raise NotRevealed
    return found.state
