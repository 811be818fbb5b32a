"""Standings: leaderboards, and where one learner stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.standings import Period, Standing, key_of, ranked_from
from bot.services.ports import Clock
from bot.storage import schedules, totals
from bot.storage.store import Store, Tx

PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One page of a leaderboard. `own` is the viewer's standing, wherever it is; `people` counts everyone on it."""

    period: Period
    page: int
    pages: int
    people: int
    rows: Sequence[Standing]
    own: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one learner achieved in a server; the standings are `None` before the first ranked answer."""

    all_time: Standing | None
    week: Standing | None


class Standings:
    """Ranks members by their ranked answers."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def board(self, guild_id: int, viewer_id: int, period: Period, page: int) -> Board:
        """Give a page of the leaderboard (from 1; the nearest one when there are fewer) with the viewer's own rank."""
        async with self._store.read() as tx:
            key = await self._key(tx, guild_id, period)
            people = await totals.people(tx, guild_id, key)
            pages = max(1, -(-people // PAGE))
            page = min(max(page, 1), pages)
            return Board(
                period=period,
                page=page,
                pages=pages,
                people=people,
                rows=await _rows(tx, guild_id, key, after=(page - 1) * PAGE),
                own=await _own(tx, guild_id, key, viewer_id),
            )

    async def progress(self, guild_id: int, member_id: int) -> Progress:
        """Give where a learner stands."""
        async with self._store.read() as tx:
            all_time, week = [
                await _own(tx, guild_id, await self._key(tx, guild_id, period), member_id)
                for period in (Period.ALL_TIME, Period.WEEK)
            ]
        return Progress(all_time=all_time, week=week)

    async def _key(self, tx: Tx, guild_id: int, period: Period) -> str:
        zone = await schedules.zone_of(tx, guild_id) or ZoneInfo("UTC")
        return key_of(period, self._clock().astimezone(zone).date())


async def _rows(tx: Tx, guild_id: int, key: str, *, after: int) -> list[Standing]:
    scores = await totals.page(tx, guild_id, key, after=after, size=PAGE)
    if not scores:
        return []
    ahead = await totals.people(tx, guild_id, key, above=scores[0].units)
    return ranked_from(scores, place=after + 1, first=ahead + 1)


async def _own(tx: Tx, guild_id: int, key: str, member_id: int) -> Standing | None:
    score = await totals.of_member(tx, guild_id, key, member_id)
    if score is None:
        return None
    return Standing(rank=1 + await totals.people(tx, guild_id, key, above=score.units), score=score)
