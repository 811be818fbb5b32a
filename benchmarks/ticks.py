"""What an idle tick takes with a million schedules, over one with a tenth of them."""

import sqlite3
import statistics
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks.benchmark import Bench, Benchmark, Goal, Measured, profiled, take_turns
from tests.builders import NOW
from tests.fakes import Clock, FakePublisher
from tests.services.house import House, sample_bank

_FEW, _MANY = 100_000, 1_000_000
_TICKS = 200
"""Ticks of one measurement: their median is its cost."""

# One schedule is stored by the product itself; the others differ from it in server, channel and next run only.
_MULTIPLY = """
INSERT INTO schedules ({columns})
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count} - 1)
SELECT {values} FROM schedules CROSS JOIN number
"""


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    many, few = await _house(bench, "many.db", _MANY), await _house(bench, "few.db", _FEW)
    try:
        sides = await take_turns(bench, lambda: _tick(many), lambda: _tick(few))
    finally:
        for house in (many, few):
            await house.close()
    return {"tick_growth": sides.measured(f"{sides.typical} ms")}


async def _tick(house: House) -> float:
    """The median milliseconds of a tick that finds nothing to do, up to knowing when the next one is due."""
    costs = []
    for _ in range(_TICKS):
        began = time.perf_counter()
        await house.daily.tick()
        await house.daily._until_next()  # noqa: SLF001 - the other half of the loop's turn
        costs.append(time.perf_counter() - began)
    if house.publisher.calls:
        raise AssertionError("the tick was not idle")
    return statistics.median(costs) * 1000


async def _house(bench: Bench, name: str, count: int) -> House:
    bench.say(f"writing {count:,} schedules")
    file = bench.scratch / name
    house = House(file=file, clock=Clock(NOW), publisher=FakePublisher(), banks=(sample_bank(),))
    await house.open()
    await house.schedule(next_run=NOW + timedelta(hours=1))
    _multiply(file, count)
    return house


def _multiply(file: Path, count: int) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        columns = [row[1] for row in connection.execute("PRAGMA table_info(schedules)") if row[1] != "id"]
        # Spread over a day, like the local times of many servers.
        changed = {
            "guild_id": "guild_id + n",
            "channel_id": "channel_id + n",
            "next_run": "next_run + (n * 7919) % 86400 * 1000000",
        }
        values = [changed.get(column, column) for column in columns]
        connection.execute(_MULTIPLY.format(columns=", ".join(columns), values=", ".join(values), count=count))
        ((found,),) = connection.execute("SELECT count(*) FROM schedules")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if found != count:
        raise AssertionError(f"{found} schedules instead of {count}")


async def _profile(bench: Bench) -> str:
    house = await _house(bench, "profiled.db", _MANY)
    try:
        return await profiled(lambda: _tick(house))
    finally:
        await house.close()


BENCHMARKS = (Benchmark(goals=(Goal(name="tick_growth", bound=1.5),), measure=_measure, profile=_profile),)
