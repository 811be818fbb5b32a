"""Rebuilding: the proof that results and boards are what the stored answers earn, and mending them where not."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date

from bot.domain.rounds import GRADED, Round, RoundState
from bot.domain.standings import Period, key_of
from bot.services import regrading
from bot.storage import results, rounds, totals
from bot.storage.store import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was compared in one server, and which rounds and boards were not what the answers earn."""

    guild_id: int
    rounds: int
    answers: int
    rounds_astray: tuple[int, ...]
    boards_astray: tuple[str, ...]

    @property
    def wrong_rounds(self) -> int:
        """How many rounds have other results or slips than their answers earn."""
        return len(self.rounds_astray)

    @property
    def wrong_boards(self) -> int:
        """How many boards are not the sum of the results, or not in their order."""
        return len(self.boards_astray)

    @property
    def sound(self) -> bool:
        """Whether everything was as it has to be."""
        return not (self.rounds_astray or self.boards_astray)


class Rebuilding:
    """Grades every closed round again, server by server, and adds its boards up anew."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def check(self) -> AsyncIterator[Findings]:
        """Compare every server's results and boards with its answers; changes nothing."""
        async with self._store.read() as tx:
            found = await rounds.guilds(tx)
        for guild_id in found:
            async with self._store.read() as tx:
                findings = await _compare(tx, guild_id)
            yield findings  # outside the transaction: who mends begins another

    async def mend(self) -> AsyncIterator[Findings]:
        """Do the same and put right what is wrong, each round and each board by itself.

        Raises:
            StorageBusy: the database takes no writes; what was mended before stays mended.
        """
        async for findings in self.check():
            await self.mend_one(findings)
            yield findings

    async def mend_one(self, findings: Findings) -> None:
        """Put right what was found in one server, unless it is right by now: a bot may be at work beside us."""
        if findings.rounds_astray:
            async with self._store.read() as tx:
                asked = await rounds.in_states(tx, tuple(RoundState), guild_id=findings.guild_id)
            # What is practice depends on earlier rounds: once these are right, a later one may no longer be.
            for each in asked:
                if each.id >= findings.rounds_astray[0]:
                    await self._mend_round(each.id)
        # After the rounds: these count on the boards what they change, right or wrong as the boards are.
        for key in findings.boards_astray:
            async with self._store.write() as tx:
                span = _spans(await rounds.in_states(tx, GRADED, guild_id=findings.guild_id)).get(key)
                await totals.rebuild(tx, findings.guild_id, key, span)

    async def _mend_round(self, round_id: int) -> None:
        async with self._store.read() as tx:
            if await _is_right(tx, round_id):
                return
        async with self._store.write() as tx:
            asked = await rounds.by_id(tx, round_id)
            if asked is not None and not await _is_right(tx, round_id):
                await regrading.store(tx, asked, await regrading.earned(tx, asked))


async def _compare(tx: Tx, guild_id: int) -> Findings:
    asked = await rounds.in_states(tx, tuple(RoundState), guild_id=guild_id)
    graded = [each for each in asked if each.state in GRADED]
    given = 0
    wrong = []
    for each in asked:
        found = await regrading.earned(tx, each)
        given += len(found)
        if await regrading.is_astray(tx, each, found):
            wrong.append(each.id)
    return Findings(
        guild_id=guild_id,
        rounds=len(graded),
        answers=given,
        rounds_astray=tuple(wrong),
        boards_astray=tuple(await _boards_astray(tx, guild_id, graded)),
    )


async def _is_right(tx: Tx, round_id: int) -> bool:
    asked = await rounds.by_id(tx, round_id)
    return asked is None or not await regrading.is_astray(tx, asked, await regrading.earned(tx, asked))


async def _boards_astray(tx: Tx, guild_id: int, graded: Iterable[Round]) -> list[str]:
    """Name the boards that are not the sum of the results of their days, in their order."""
    spans = _spans(graded)
    return [
        key
        for key in sorted(spans.keys() | await totals.periods(tx, guild_id))
        if not await _adds_up(tx, guild_id, key, spans.get(key))
    ]


async def _adds_up(tx: Tx, guild_id: int, key: str, span: tuple[date, date] | None) -> bool:
    due = {} if span is None else await results.added_up(tx, guild_id, *span)
    board = await totals.everyone(tx, guild_id, key)
    there = {score.member_id: (score.units, score.answered, score.right) for score in board}
    steps = Counter(units for units, _, _ in due.values())
    if due != there or steps != await totals.steps(tx, guild_id, key):
        return False
    return not await totals.has_misplaced(tx, guild_id, key)


def _spans(graded: Iterable[Round]) -> dict[str, tuple[date, date]]:
    """Give the first and the last day that count for each board."""
    days: dict[str, list[date]] = {}
    for closed in graded:
        for period in Period:
            days.setdefault(key_of(period, closed.opened_on), []).append(closed.opened_on)
    return {key: (min(each), max(each)) for key, each in days.items()}
