"""Standings: leaderboards, and what one learner sees about themself."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.standings import Period, Standing, first_day, page_of, rank
from bot.domain.trap import Trap
from bot.services.library import Library
from bot.services.ports import Clock
from bot.storage import boards, schedules
from bot.storage.store import Store

PAGE = 10
_REPEATED = 3


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
class Repeated:
    """A trap and how often the learner fell for it."""

    trap: Trap
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one learner achieved in a server; the standings are `None` before the first ranked answer."""

    all_time: Standing | None
    week: Standing | None
    traps: tuple[Repeated, ...]


class Standings:
    """Ranks members by their ranked answers."""

    def __init__(self, store: Store, clock: Clock, *, library: Library) -> None:
        self._store = store
        self._clock = clock
        self._library = library

    async def board(self, guild_id: int, viewer_id: int, period: Period, page: int) -> Board:
        """Give a page of the leaderboard (from 1; the nearest one when there are fewer) with the viewer's own rank."""
        standings = await self._ranked(guild_id, period)
        pages = max(1, -(-len(standings) // PAGE))
        page = min(max(page, 1), pages)
        return Board(
            period=period,
            page=page,
            pages=pages,
            people=len(standings),
            rows=page_of(standings, page, PAGE),
            own=_own(standings, viewer_id),
        )

    async def progress(self, guild_id: int, member_id: int) -> Progress:
        """Give what a learner sees about themself."""
        all_time = _own(await self._ranked(guild_id, Period.ALL_TIME), member_id)
        week = _own(await self._ranked(guild_id, Period.WEEK), member_id)
        async with self._store.read() as tx:
            slips = await boards.slips_of(tx, guild_id, member_id, limit=25)
        known = [
            Repeated(trap=self._library.bank(slip.bank).traps[slip.trap], times=slip.times)
            for slip in slips
            if self._library.has(slip.bank) and slip.trap in self._library.bank(slip.bank).traps
        ]
        return Progress(all_time=all_time, week=week, traps=tuple(known[:_REPEATED]))

    async def _ranked(self, guild_id: int, period: Period) -> list[Standing]:
        async with self._store.read() as tx:
            zone = await schedules.zone_of(tx, guild_id) or ZoneInfo("UTC")
            today = self._clock().astimezone(zone).date()
            return rank(await boards.scores(tx, guild_id, since=first_day(period, today)))


def _own(standings: Sequence[Standing], member_id: int) -> Standing | None:
    return next((standing for standing in standings if standing.score.member_id == member_id), None)
