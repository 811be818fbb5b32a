"""The unit of work: nothing lost among many writers, one view for each reader, and a database that is busy."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.storage import dialect, process, schedules
from bot.storage.store import StorageBusy, Store, open_store
from tests.builders import NOW, PRAGUE
from tests.conftest import url_of


@pytest.fixture
async def others(database: Path, store: Store) -> AsyncIterator[list[Store]]:
    """Open the same database four times, as several processes would."""
    opened = [await open_store(url_of(database), now=NOW) for _ in range(3)]
    yield [store, *opened]
    for each in opened:
        await each.close()


@pytest.fixture
async def impatient(database: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """Open a database that waits for other writers for a moment only."""
    monkeypatch.setattr(dialect, "_BUSY_MS", 30)
    opened = await open_store(url_of(database), now=NOW)
    yield opened
    await opened.close()


async def count_up(store: Store) -> None:
    """Read a number and write the next one, with a pause in between in which others could read the same."""
    async with store.write() as tx:
        before = int(await process.recall(tx, "count") or 0)
        await asyncio.sleep(0)
        await process.remember(tx, "count", str(before + 1))


async def counted(store: Store) -> int:
    async with store.read() as tx:
        return int(await process.recall(tx, "count") or 0)


async def test_no_update_of_200_is_lost(store: Store) -> None:
    """200 concurrent transactions that read a number and write the next one end at 200."""
    await asyncio.gather(*(count_up(store) for _ in range(200)))
    assert await counted(store) == 200


async def test_no_update_is_lost_among_several_processes(others: list[Store]) -> None:
    """The same holds when each transaction has to wait for writers that it shares no lock with."""
    await asyncio.gather(*(count_up(store) for store in others for _ in range(10)))
    assert await counted(others[0]) == 40


async def test_a_reader_sees_one_view(store: Store) -> None:
    """What is committed while a reader looks it does not see, and the next reader does; the writer never waits."""
    async with store.read() as tx:
        assert await process.recall(tx, "count") is None
        await count_up(store)
        assert await process.recall(tx, "count") is None
    assert await counted(store) == 1


async def test_an_exception_undoes_the_whole_transaction(store: Store) -> None:
    """A transaction that ends in an exception leaves no part of itself, and the next one can begin."""
    with pytest.raises(RuntimeError, match="half-way"):
        await _fail_half_way(store)
    assert await counted(store) == 0
    await count_up(store)
    assert await counted(store) == 1


async def _fail_half_way(store: Store) -> None:
    async with store.write() as tx:
        await process.remember(tx, "count", "7")
        message = "half-way"
        raise RuntimeError(message)


async def test_a_cancelled_transaction_leaves_nothing_and_blocks_nobody(store: Store) -> None:
    """A task cancelled inside its transaction rolls back and lets the next writer in."""
    begun = asyncio.Event()

    async def linger() -> None:
        async with store.write() as tx:
            await process.remember(tx, "count", "7")
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(linger())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(count_up(store), timeout=5)
    assert await counted(store) == 1


async def test_a_task_cancelled_at_any_moment_leaves_the_database_free(impatient: Store) -> None:
    """Cancelled in the middle of whichever statement, a transaction is whole or not there, and locks nothing."""
    ends: list[object] = []
    for number in range(120):
        task = asyncio.create_task(count_up(impatient))
        await asyncio.sleep(number * 0.00005)
        task.cancel()
        ends += await asyncio.gather(task, return_exceptions=True)
        before = await counted(impatient)
        await count_up(impatient)
        assert await counted(impatient) == before + 1
    assert any(isinstance(end, asyncio.CancelledError) for end in ends)


async def test_a_writer_inside_a_writer_is_told_instead_of_waiting_for_ever(store: Store) -> None:
    """A transaction opened inside another of the same task is an error at once, and the lock is free afterwards."""
    async with store.write():
        with pytest.raises(RuntimeError, match="would wait for itself"):
            await count_up(store)
    await count_up(store)
    assert await counted(store) == 1


async def test_a_locked_database_is_busy_and_works_later(database: Path, impatient: Store) -> None:
    """While another program holds the database a write is refused as busy; nothing was written, and later it works."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy, match="locked"):
            await count_up(impatient)
        assert await counted(impatient) == 0
        other.execute("ROLLBACK")
    await count_up(impatient)
    assert await counted(impatient) == 1


async def test_a_full_disk_is_busy_too(store: Store) -> None:
    """A write for which there is no room is refused as something that may work later."""
    with pytest.raises(StorageBusy, match="full"):
        await _fill(store)
    assert await counted(store) == 0


async def _fill(store: Store) -> None:
    async with store.write() as tx:
        pages = (await tx.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        await process.remember(tx, "count", "7")
        for number in range(10_000):
            await schedules.set_zone(tx, number, PRAGUE)


async def test_a_faulty_statement_is_not_taken_for_a_busy_database(store: Store) -> None:
    """A fault of ours is no reason to try again for ever: it comes out as what it is."""
    with pytest.raises(OperationalError, match="no such table"):
        await _ask_nonsense(store)


async def _ask_nonsense(store: Store) -> None:
    async with store.write() as tx:
        await tx.exec_driver_sql("SELECT * FROM nowhere")


async def test_many_readers_share_the_connections(store: Store) -> None:
    """More readers at once than there are connections all get their turn, and so does a writer among them."""

    async def look() -> int:
        async with store.read() as tx:
            await asyncio.sleep(0.01)
            return int(await process.recall(tx, "count") or 0)

    found = await asyncio.gather(*(look() for _ in range(60)), count_up(store))
    assert len(found) == 61
    assert await counted(store) == 1


async def test_closing_waits_for_what_is_under_way_and_lets_nothing_begin(database: Path) -> None:
    """Whoever looks something up while the bot stops is answered, or refused: no connection is left behind."""
    opened = await open_store(url_of(database), now=NOW)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def look() -> str | None:
        async with opened.read() as tx:
            begun.set()
            await go_on.wait()
            return await process.recall(tx, "alive")

    looking = asyncio.create_task(look())
    await begun.wait()
    closing_it = asyncio.create_task(opened.close())
    await asyncio.sleep(0)
    for unit in (opened.read, opened.write):
        with pytest.raises(StorageBusy, match="being stopped"):
            async with unit():
                pass
    assert not closing_it.done()
    go_on.set()
    assert await looking is None
    await closing_it
