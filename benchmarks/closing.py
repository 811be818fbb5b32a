"""What grading and storing a round of 10,000 answers takes, over one bare insert of as many rows."""

import asyncio
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

from benchmarks.benchmark import Bench, Benchmark, Goal, Measured, profiled, take_turns
from bot.domain.rounds import Round, RoundState
from bot.services.closing import Closing
from bot.services.ports import Snapshot
from bot.storage.store import open_store
from tests.builders import NOW
from tests.conftest import url_of
from tests.fakes import Clock, FakePublisher
from tests.services.house import House, sample_bank

_ANSWERS = 10_000
_ITEMS = 20

_INSERT = "INSERT INTO results (round_id, member_id, units, full, ranked) VALUES (?, ?, ?, ?, ?)"


class _Chat(FakePublisher):
    """A chat whose snapshots are ready, so that making them up is not counted as ours."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = Snapshot(marks={}, unseeded="", names={})

    async def collect(self, asked: Round) -> Snapshot:
        """Give what stands on the only post."""
        del asked
        return self.snapshot


class _Closing(Closing):
    """Ends where the reveal would begin."""

    async def explain(self, closed: Round) -> None:
        """Explain nothing."""


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    house = await _house(bench.scratch / "ours.db")
    bare = bench.scratch / "bare.db"
    await (await open_store(url_of(bare), now=NOW)).close()
    try:
        # From the second round on, everybody is on the boards already: the usual case.
        await _grade(house, bench)
        _insert(bare, 0)
        number = iter(range(1, _ITEMS))

        async def ours() -> float:
            return await _grade(house, bench)

        async def floor() -> float:
            return _insert(bare, next(number))

        sides = await take_turns(bench, ours, floor)
    finally:
        await house.close()
    return {"close_vs_floor": sides.measured(f"{sides.typical} ms")}


async def _house(file: Path) -> House:
    house = House(file=file, clock=Clock(NOW), publisher=_Chat(), banks=(sample_bank(items=_ITEMS),))
    await house.open()
    await house.schedule()
    return house


async def _grade(house: House, bench: Bench) -> float:
    """Milliseconds from the last snapshot to the commit that marks a round as closed."""
    bench.say(f"{_ANSWERS:,} answers")
    ended, work = await _ended(house)
    began = time.perf_counter()
    await work.grade(ended)
    cost = time.perf_counter() - began
    ((stored,),) = house.rows("SELECT count(*) FROM results WHERE round_id = ?", ended.id)
    ((standing,),) = house.rows("SELECT sum(members) FROM ladders WHERE period = 'all'")
    if (stored, standing) != (_ANSWERS, _ANSWERS):
        raise AssertionError(f"{stored} results are stored, {standing} members stand on the board")
    return cost * 1000


async def _ended(house: House) -> tuple[Round, Closing]:
    """Ask a round, answer it by taps, and stop taking answers."""
    publisher = house.publisher
    assert isinstance(publisher, _Chat)
    publisher.snapshot = Snapshot(marks={}, unseeded="", names={})
    asked = await house.posted()
    assert asked.message_id is not None
    rng = Random(asked.id)
    letters = {member: rng.choice(asked.posed.letters) for member in range(1, _ANSWERS + 1)}
    names = {member: f"Member {member}" for member in letters}
    await asyncio.gather(
        *(
            house.answering.tap(asked.message_id, member, letter, name=names[member])
            for member, letter in letters.items()
        )
    )
    publisher.snapshot = Snapshot(
        marks={member: frozenset(letter) for member, letter in letters.items()}, unseeded="", names=names
    )
    await house.answering.begin_closing(asked.id, late=False)
    work = _Closing(
        house.store,
        house.clock,
        publisher,
        answering=house.answering,
        library=house.library,
        announcer=house.announcer,
    )
    return replace(asked, state=RoundState.CLOSING, closing_at=house.clock()), work


def _insert(file: Path, round_id: int) -> float:
    """Milliseconds of inserting a result for each answer in one transaction, by the database's own driver."""
    rows = [(round_id, member, member % 2 * 5040, member % 2, 1) for member in range(1, _ANSWERS + 1)]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, rows)
        connection.execute("COMMIT")
        return (time.perf_counter() - began) * 1000


async def _profile(bench: Bench) -> str:
    house = await _house(bench.scratch / "profiled.db")
    try:
        await _grade(house, bench)
        ended, work = await _ended(house)
        return await profiled(lambda: work.grade(ended))
    finally:
        await house.close()


BENCHMARKS = (Benchmark(goals=(Goal(name="close_vs_floor", bound=8),), measure=_measure, profile=_profile),)
