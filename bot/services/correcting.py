"""Correcting: taking an explained round off the boards, and counting it again."""

from dataclasses import dataclass, replace

from bot.domain.errors import CountedAlready, ForeignPost, NotRevealed, VoidAlready
from bot.domain.report import ReportState
from bot.domain.rounds import Round, RoundState
from bot.services import regrading
from bot.services.library import Library
from bot.services.ports import Publisher, PublishFailed, Refusal
from bot.services.revealing import reveal_of
from bot.storage import boards, reports, rounds
from bot.storage.store import Store, Tx

TAKEN_OUT = "an organiser took it out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction did.

    `results` left the boards or came back to them; so many `later` rounds of the same item were graded anew because of
    it. `unmarked` says why the reveal could not be changed, `None` when it was.
    """

    round: Round
    results: int
    later: int
    unmarked: Refusal | None


class Correcting:
    """Changes what explained rounds count. Results, boards and later rounds change in one transaction."""

    def __init__(self, store: Store, publisher: Publisher, *, library: Library) -> None:
        self._store = store
        self._publisher = publisher
        self._library = library

    async def void(self, guild_id: int, round_id: int) -> Corrected:
        """Take an explained round of a server off the boards: it gives nothing to anyone.

        Raises:
            ForeignPost, NotRevealed, VoidAlready: nothing was changed.
        """
        async with self._store.write() as tx:
            found = await _here(tx, guild_id, round_id)
            if found.state is RoundState.VOID:
                raise VoidAlready
            if found.state is not RoundState.EXPLAINED:
                raise NotRevealed
            void = replace(found, state=RoundState.VOID, void_reason=TAKEN_OUT)
            await rounds.move(tx, found, RoundState.VOID, void_reason=TAKEN_OUT)
            dropped = await boards.count(tx, found.id)
            await boards.drop(tx, found)
            later = await regrading.regrade_later(tx, found)
            await reports.move(tx, found.id, ReportState.OPEN, ReportState.VOIDED)
        return await self._marked(void, dropped, later)

    async def count_again(self, guild_id: int, round_id: int) -> Corrected:
        """Undo `void`: grade a round's stored answers again.

        Raises:
            ForeignPost, NotRevealed, CountedAlready: nothing was changed; a round whose answer was never revealed
                cannot count.
        """
        async with self._store.write() as tx:
            found = await _here(tx, guild_id, round_id)
            if found.state is RoundState.EXPLAINED:
                raise CountedAlready
            if found.state is not RoundState.VOID or found.reveal_id is None:
                raise NotRevealed
            again = replace(found, state=RoundState.EXPLAINED, void_reason=None)
            await rounds.move(tx, found, RoundState.EXPLAINED, void_reason=None)
            earned = await regrading.earned(tx, again)
            await regrading.store(tx, again, earned)
            later = await regrading.regrade_later(tx, again)
            await reports.move(tx, found.id, ReportState.VOIDED, ReportState.OPEN)
        return await self._marked(again, len(earned), later)

    async def write_again(self, guild_id: int, round_id: int) -> Refusal | None:
        """Write a round's reveal anew as the round stands now; gives why that could not be done, `None` when it was.

        Raises:
            ForeignPost, NotRevealed: there is no such reveal.
        """
        async with self._store.read() as tx:
            found = await _here(tx, guild_id, round_id)
        if found.reveal_id is None:
            raise NotRevealed
        return await self._write(found)

    async def _marked(self, corrected: Round, results: int, later: int) -> Corrected:
        return Corrected(round=corrected, results=results, later=later, unmarked=await self._write(corrected))

    async def _write(self, corrected: Round) -> Refusal | None:
        try:
            await self._publisher.correct(await reveal_of(self._store, self._library, corrected))
        except PublishFailed as failure:
            return failure.why
        return None


async def _here(tx: Tx, guild_id: int, round_id: int) -> Round:
    found = await rounds.by_id(tx, round_id)
    if found is None or found.guild_id != guild_id:
        raise ForeignPost
    return found
