"""The database: opening it, its unit of work, and bringing its schema up to date."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import dialect, migrating

logger = logging.getLogger(__name__)

Tx = AsyncConnection
"""An open transaction; queries take it as their first argument."""


class StorageProblem(Exception):
    """The database cannot be used; the message says what, where and what to do."""


class StorageBusy(Exception):
    """The database did not take a write just now; trying again later may work."""


class Store:
    """One database. `write()` and `read()` are the unit of work; nothing outside them touches SQL."""

    def __init__(self, engine: AsyncEngine, where: str, *, created: bool) -> None:
        self._engine = engine
        # SQLite has one writer: waiting here is fair and free, waiting in its busy handler is neither.
        self._writer = asyncio.Lock()
        self.where = where
        self.created = created

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """Run a writing transaction; commits at the end, rolls back on an exception.

        Raises:
            StorageBusy: the database is locked by another writer, full or read-only; nothing was written.
        """
        async with self._writer, self._engine.connect() as connection:
            await connection.execution_options(**{dialect.WRITES: True})
            try:
                async with connection.begin():
                    yield connection
            except OperationalError as trouble:
                raise StorageBusy(str(trouble.orig)) from trouble

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Run a reading transaction: one consistent view of the database."""
        async with self._engine.connect() as connection, connection.begin():
            yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


async def open_store(database: str, *, now: datetime) -> Store:
    """Open a database, creating it or migrating it when needed.

    Raises:
        StorageProblem: it is no database, damaged, newer than this version, or cannot be created; it is left as it was.
    """
    file = dialect.sqlite_file(database)
    fresh = file is not None and not file.exists()
    where = "in memory" if file is None else str(file)
    if file is not None and not file.parent.is_dir():
        try:
            file.parent.mkdir(parents=True)
        except OSError as trouble:
            raise StorageProblem(
                f"{where}: cannot create the folder ({trouble.strerror}); name another with DATABASE_URL."
            ) from None
    engine = dialect.connect(database)
    try:
        await _prepare(engine, file=None if fresh else file, now=now)
    except BaseException as trouble:
        await engine.dispose()
        if isinstance(trouble, DatabaseError):
            raise StorageProblem(f"{where}: {_reason(trouble)}") from trouble
        raise
    logger.info("database %s %s", "created:" if fresh else "opened:", where)
    return Store(engine, where, created=fresh)


async def _prepare(engine: AsyncEngine, *, file: Path | None, now: datetime) -> None:
    async with engine.connect() as connection:
        version = await connection.run_sync(migrating.version)
        await connection.rollback()
        if version == migrating.newest():
            await _check(connection)
            return
        if version is not None and version not in migrating.known():
            raise StorageProblem(
                f"{engine.url.database}: this database was written by a newer Trapwise (schema {version}); "
                "install that version or name another file with DATABASE_URL. Nothing was changed."
            )
        if version is None and await connection.run_sync(migrating.foreign_tables):
            raise StorageProblem(
                f"{engine.url.database}: this SQLite file belongs to another program; "
                "name another file with DATABASE_URL. Nothing was changed."
            )
        await connection.rollback()
    if file is not None and version is not None:
        migrating.keep_copy(file, now=now)
    async with engine.connect() as connection:
        await connection.execution_options(**{dialect.WRITES: True})
        async with connection.begin():
            await connection.run_sync(migrating.upgrade)


async def _check(connection: AsyncConnection) -> None:
    found = (await connection.execute(sa.text("PRAGMA quick_check(1)"))).scalar_one()
    if found != "ok":
        raise StorageProblem(
            f"{connection.engine.url.database}: the database is damaged ({found}); "
            "restore a copy, or move it away to start anew."
        )


def _reason(trouble: DatabaseError) -> str:
    text = str(trouble.orig)
    if "not a database" in text or "malformed" in text:
        return "this is no SQLite database, or a damaged one; restore a copy or name another file with DATABASE_URL."
    if "readonly" in text:
        return "the file is read-only; make it writable for the account that runs Trapwise."
    if "unable to open" in text:
        return "the file cannot be opened; check its folder and its permissions."
    return f"{text}; nothing was changed."
