"""Rebuilding: the proof that results and boards are what the stored answers earn, and mending them where not."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

from bot.domain.rounds import RoundState
from bot.domain.standings import Period, key_of
from bot.services import regrading
from bot.storage import boards, rounds, totals
from bot.storage.store import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was compared in one server, and in how many places it was not what the answers earn."""

    guild_id: int
    rounds: int
    answers: int
    wrong_rounds: int
    wrong_boards: int

    @property
    def sound(self) -> bool:
        """Whether everything was as it has to be."""
        return not (self.wrong_rounds or self.wrong_boards)


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
                yield await _compare(tx, guild_id, mend=False)

    async def mend(self) -> AsyncIterator[Findings]:
        """Do the same and put right what is wrong; a server is mended whole or not at all."""
        async for findings in self.check():
            if not findings.sound:
                async with self._store.write() as tx:
                    await _compare(tx, findings.guild_id, mend=True)
            yield findings


async def _compare(tx: Tx, guild_id: int, *, mend: bool) -> Findings:
    asked = await rounds.in_states(tx, tuple(RoundState), guild_id=guild_id)
    graded = [each for each in asked if each.state in regrading.GRADED]
    given = wrong = 0
    for each in asked:
        found = await regrading.earned(tx, each)
        given += len(found)
        if await regrading.is_astray(tx, each, found):
            wrong += 1
            if mend:
                await regrading.store(tx, each, found)
    astray = await _boards_astray(tx, guild_id, [closed.opened_on for closed in graded])
    if astray and mend:
        await totals.clear(tx, guild_id)
        for closed in graded:
            await totals.add(tx, closed)
    return Findings(guild_id=guild_id, rounds=len(graded), answers=given, wrong_rounds=wrong, wrong_boards=astray)


async def _boards_astray(tx: Tx, guild_id: int, days: list[date]) -> int:
    """Count the boards that are not the sum of the results of their days."""
    spans: dict[str, list[date]] = {}
    for day in days:
        for period in Period:
            spans.setdefault(key_of(period, day), []).append(day)
    astray = 0
    for key in spans.keys() | await totals.periods(tx, guild_id):
        span = spans.get(key)
        due = await boards.added_up(tx, guild_id, min(span), max(span)) if span else {}
        board = await totals.everyone(tx, guild_id, key)
        there = {score.member_id: (score.units, score.answered, score.right) for score in board}
        steps = Counter(units for units, _, _ in due.values())
        astray += due != there or steps != await totals.steps(tx, guild_id, key)
    return astray
