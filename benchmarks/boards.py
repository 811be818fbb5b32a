"""What a board and a rank take at 10 million answers, over a small server's, and under adding up all answers."""

import random
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

from benchmarks.benchmark import Bench, Benchmark, Goal, Measured, Sides, profiled, take_turns
from benchmarks.millions import LARGE, MEMBERS, SMALL, SMALL_MEMBERS, Crowd, fill, rounds_on
from bot.domain.standings import Period, Score, key_of
from bot.services.standings import PAGE, Standings
from bot.storage import results, totals
from bot.storage.store import Store, open_store
from tests.builders import NOW
from tests.conftest import url_of

_LOOKS = 200
"""Looks of one measurement: their median is its cost."""

_GROUPED = """
SELECT member_id, SUM(units) AS units FROM covered WHERE guild_id = ? GROUP BY member_id ORDER BY units DESC LIMIT ?
"""


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    file = bench.scratch / "boards.db"
    crowds = (Crowd(guild=SMALL, members=SMALL_MEMBERS), Crowd(guild=LARGE, members=MEMBERS))
    store = await _filled(bench, file, *crowds)
    grouping = sqlite3.connect(file)
    try:
        for crowd in crowds:
            await _agree(bench, store, crowd)
        async with store.read() as tx:
            steps = len(await totals.steps(tx, LARGE, key_of(Period.ALL_TIME, NOW.date())))
        standings = Standings(store, lambda: NOW)
        rng = random.Random(1)

        async def page(guild: int, members: int) -> float:
            return await _typical(lambda: standings.board(guild, rng.randint(1, members), Period.ALL_TIME, 1))

        async def rank(guild: int, members: int) -> float:
            return await _typical(lambda: _rank(store, guild, rng.randint(1, members)))

        async def small() -> float:
            return await page(SMALL, SMALL_MEMBERS)

        async def large() -> float:
            return await page(LARGE, MEMBERS)

        async def first() -> float:
            return await _typical(lambda: _first(store))

        async def added_up() -> float:
            began = time.perf_counter()
            rows = grouping.execute(_GROUPED, (LARGE, PAGE)).fetchall()
            seconds = time.perf_counter() - began
            if [units for _, units in rows] != [score.units for score in await _first(store)]:
                raise AssertionError("adding up gives another board")
            return seconds

        page_sides = await take_turns(bench.about("a board"), large, small)
        rank_sides = await take_turns(
            bench.about("a rank"), lambda: rank(LARGE, MEMBERS), lambda: rank(SMALL, SMALL_MEMBERS)
        )
        # Both sides have a connection that is open and has read the same before.
        await first()
        await added_up()
        group_sides = await take_turns(bench.about("adding up"), first, added_up)
    finally:
        grouping.close()
        await store.close()
    return {
        "board_growth": page_sides.measured(_milliseconds(page_sides)),
        "rank_growth": rank_sides.measured(f"{_milliseconds(rank_sides)}; {steps:,} different totals"),
        "board_vs_group_by": group_sides.measured(_milliseconds(group_sides), inverse=True),
    }


async def _filled(bench: Bench, file: Path, *crowds: Crowd) -> Store:
    await (await open_store(url_of(file), now=NOW)).close()
    for crowd in crowds:
        fill(bench, file, crowd)
    return await open_store(url_of(file), now=NOW)


def _milliseconds(sides: Sides) -> str:
    return f"{statistics.median(sides.ours) * 1000:.3g} and {statistics.median(sides.other) * 1000:.3g} ms"


async def _typical(look: Callable[[], Awaitable[object]]) -> float:
    costs = []
    for _ in range(_LOOKS):
        began = time.perf_counter()
        if not await look():
            raise AssertionError("nobody is on the board")
        costs.append(time.perf_counter() - began)
    return statistics.median(costs)


async def _first(store: Store) -> list[Score]:
    """The first rows of the board, and nothing else."""
    async with store.read() as tx:
        return await totals.page(tx, LARGE, key_of(Period.ALL_TIME, NOW.date()), size=PAGE)


async def _rank(store: Store, guild: int, member: int) -> int:
    """One's own rank."""
    key = key_of(Period.ALL_TIME, NOW.date())
    async with store.read() as tx:
        score = await totals.of_member(tx, guild, key, member)
        assert score is not None
        return 1 + await totals.people(tx, guild, key, above=score.units)


async def _agree(bench: Bench, store: Store, crowd: Crowd) -> None:
    """Hold what was filled in against what the product adds up: the whole of a small server, a week of a large one."""
    bench.say(f"checking {crowd.members:,} members")
    first, last = rounds_on(0), rounds_on(-1)
    if crowd.guild == LARGE:
        first, last = last - timedelta(days=last.weekday()), last - timedelta(days=last.weekday() - 6)
    period = key_of(Period.WEEK if crowd.guild == LARGE else Period.ALL_TIME, last)
    async with store.read() as tx:
        due = await results.added_up(tx, crowd.guild, first, last)
        kept = {
            score.member_id: (score.units, score.answered, score.right)
            for score in await totals.everyone(tx, crowd.guild, period)
        }
        steps = await totals.steps(tx, crowd.guild, period)
    if due != kept or sum(steps.values()) != len(kept) or steps != _counted(kept):
        raise AssertionError(f"the boards of {crowd} are not what its answers add up to")


def _counted(kept: Mapping[int, tuple[int, int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for units, _, _ in kept.values():
        found[units] = found.get(units, 0) + 1
    return found


async def _profile(bench: Bench) -> str:
    store = await _filled(bench, bench.scratch / "profiled.db", Crowd(guild=LARGE, members=MEMBERS))
    try:
        standings = Standings(store, lambda: NOW)
        return await profiled(lambda: _typical(lambda: standings.board(LARGE, 1, Period.ALL_TIME, 1)))
    finally:
        await store.close()


BENCHMARKS = (
    Benchmark(
        goals=(
            Goal(name="board_growth", bound=2),
            Goal(name="rank_growth", bound=4),
            Goal(name="board_vs_group_by", bound=200, at_least=True),
        ),
        measure=_measure,
        profile=_profile,
    ),
)
