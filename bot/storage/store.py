"""The database: opening it, its unit of work, and bringing its schema up to date."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DatabaseError, OperationalError

from bot.domain.errors import TrapwiseError
from bot.domain.outage import Outage
from bot.storage import dialect, migrating
from bot.storage.engine import AsyncConnection, AsyncEngine

logger = logging.getLogger(__name__)

Tx = AsyncConnection
"""An open transaction; queries take it as their first argument."""


class StorageProblem(Exception):
    """The database cannot be used; the message says what, where and what to do."""


class StorageBusy(TrapwiseError):
    """I cannot store anything just now ({why}): please try again in a minute. What was stored before is safe."""

    def __init__(self, why: object) -> None:
        super().__init__(why=why)


class StorageUnread(StorageBusy):
    """I cannot look that up just now ({why}): please try again in a minute. What was stored before is safe."""


_CALM_SECONDS = 2.0
"""The database must take writes for so long before it counts as working again."""

_LAST_SECONDS = 2.0
"""How long closing waits for transactions under way."""


class Store:
    """One database. `write()` and `read()` are the unit of work; nothing outside them touches SQL.

    `trouble` says why the database takes no writes at present, `None` while it does.
    """

    def __init__(self, engine: AsyncEngine, where: str, *, created: bool) -> None:
        self._engine = engine
        # SQLite has one writer: waiting here is fair and free, waiting in its busy handler is neither.
        self._writer = asyncio.Lock()
        self._writing: asyncio.Task[Any] | None = None
        self._outage = Outage(calm=_CALM_SECONDS)
        self._troubled: Callable[[], None] = _nothing
        # How many writes were refused, so that whoever stands in line behind one knows.
        self._refused_writes = 0
        self._closed = False
        self._under_way: set[asyncio.Future[None]] = set()
        self.trouble: str | None = None
        self.where = where
        self.created = created

    def tell_of_trouble(self, troubled: Callable[[], None]) -> None:
        """Call this whenever some trouble begins."""
        self._troubled = troubled

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """Run a writing transaction; commits at the end, rolls back on an exception.

        Raises:
            StorageBusy: the database is locked by another writer, full, read-only or cannot be opened, or was closed;
                nothing was written.
        """
        if self._writing is not None and self._writing is asyncio.current_task():
            message = "a writing transaction inside a writing transaction would wait for itself"
            raise RuntimeError(message)
        refused = self._refused_writes
        async with self._writer:
            if refused != self._refused_writes:
                # Whoever stood in line behind a write that was refused shares its fate: one after the other they would
                # wait ten seconds each.
                raise StorageBusy(self.trouble)
            self._writing = asyncio.current_task()
            try:
                async with self._connection(StorageBusy) as connection:
                    await connection.execution_options(**{dialect.WRITES: self._refused})
                    async with connection.begin():
                        yield connection
            except OperationalError as trouble:
                if not dialect.may_pass(trouble):
                    raise
                self._refused(trouble)
                self._refused_writes += 1
                raise StorageBusy(trouble.orig) from trouble
            else:
                self._taken()
            finally:
                self._writing = None

    def _refused(self, trouble: OperationalError, what: str = "takes no writes") -> None:
        self.trouble = str(trouble.orig)
        if self._outage.failed(_steady()):
            logger.warning(
                "the database %s (%s): %s. Answers wait in memory and are not confirmed before they are "
                "stored; questions and reveals wait too",
                what,
                trouble.orig,
                dialect.what_to_do(trouble),
            )
            self._troubled()

    def _taken(self) -> None:
        over = self._outage.worked(_steady())
        if not self._outage.on:
            self.trouble = None
        if over is not None:
            logger.info(
                "the database takes writes again after %.0f s; writes refused meanwhile: %d",
                over.seconds,
                over.failures,
            )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Run a reading transaction: one consistent view of the database.

        Raises:
            StorageUnread: the database cannot be opened or read just now, or was closed.
        """
        try:
            async with self._connection(StorageUnread) as connection, connection.begin():
                yield connection
        except OperationalError as trouble:
            if not dialect.may_pass(trouble):
                raise
            self._refused(trouble, "cannot be read")
            raise StorageUnread(trouble.orig) from trouble

    async def close(self) -> None:
        """Let transactions under way end, and close every connection; whoever comes later is refused."""
        self._closed = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_LAST_SECONDS)
        await self._engine.dispose()

    @asynccontextmanager
    async def _connection(self, refusal: type[StorageBusy]) -> AsyncIterator[AsyncConnection]:
        """Give a connection for one transaction, unless the database was closed: a new one would stay open for ever."""
        if self._closed:
            raise refusal("I am being stopped")
        ended = asyncio.get_running_loop().create_future()
        self._under_way.add(ended)
        try:
            async with self._engine.connect() as connection:
                yield connection
        finally:
            self._under_way.discard(ended)
            ended.set_result(None)


async def open_store(database: str, *, now: datetime) -> Store:
    """Open a database, creating it or migrating it when needed; an empty file counts as new.

    Raises:
        StorageProblem: it is no database, damaged, another program's, newer than this version, or cannot be created or
            written; it is left as it was.
    """
    file = dialect.sqlite_file(database)
    engine = dialect.connect(database)
    try:
        found = await asyncio.to_thread(_look, file)
        await asyncio.to_thread(dialect.make_ready, file)
        if found is None or found.version != migrating.newest():
            if found is not None and found.version is not None:
                await asyncio.to_thread(migrating.keep_copy, file, now=now)
            await _migrate(engine)
    except BaseException as trouble:
        await engine.dispose()
        if isinstance(trouble, DatabaseError | sqlite3.Error | OSError):
            raise StorageProblem(f"{file}: {_reason(trouble)}") from trouble
        raise
    logger.info("database %s %s", "created:" if found is None else "opened:", file)
    return Store(engine, str(file), created=found is None)


async def open_existing(database: str) -> Store:
    """Open a database of this version as it is: nothing is created, migrated or set, whoever else has it open.

    Raises:
        StorageProblem: there is none, nothing is in it, an older version wrote it, or `open_store` would not take it.
    """
    file = dialect.sqlite_file(database)
    if not await asyncio.to_thread(file.exists):
        raise StorageProblem(f"{file}: there is no database yet; name another with DATABASE_URL.")
    try:
        found = await asyncio.to_thread(_look, file)
    except (sqlite3.Error, OSError) as trouble:
        raise StorageProblem(f"{file}: {_reason(trouble)}") from trouble
    if found is None:
        raise StorageProblem(f"{file}: there is nothing in it yet; name another with DATABASE_URL.")
    if found.version != migrating.newest():
        raise StorageProblem(
            f"{file}: this database was written by an older Trapwise (schema {found.version}); "
            "start the bot once, which brings it up to date. Nothing was changed."
        )
    return Store(dialect.connect(database), str(file), created=False)


def _look(file: Path) -> dialect.Found | None:
    """Find out what is in the file before anything writes to it; `None` when there is none, or nothing in it."""
    if file.is_dir():
        raise StorageProblem(f"{file}: this is a folder; name a file in it with DATABASE_URL.")
    if file.exists() and not file.is_file():
        raise StorageProblem(f"{file}: this is a device, pipe or socket; name an ordinary file with DATABASE_URL.")
    if not file.exists():
        _make_folder(file)
        return None
    found = dialect.look(file)
    if not found.tables:
        return None
    if not migrating.is_ours(found.tables):
        raise StorageProblem(
            f"{file}: this SQLite file belongs to another program; "
            "name another file with DATABASE_URL. Nothing was changed."
        )
    if found.version is None or found.damage is not None:
        raise StorageProblem(
            f"{file}: the database is damaged ({found.damage or 'it does not say its schema'}); "
            "restore a copy, or move it away to start anew. Nothing was changed."
        )
    if found.version not in migrating.known():
        raise StorageProblem(
            f"{file}: this database was written by a newer Trapwise (schema {found.version}); "
            "install that version or name another file with DATABASE_URL. Nothing was changed."
        )
    return found


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise StorageProblem(
            f"{file}: cannot create the folder ({trouble.strerror}); name another with DATABASE_URL."
        ) from None


def _nothing() -> None:
    """Do nothing."""


def _steady() -> float:
    return asyncio.get_running_loop().time()


async def _migrate(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(**{dialect.MIGRATES: True})
        async with connection.begin():
            await connection.run_sync(migrating.upgrade)
        await connection.invalidate()


def _reason(trouble: Exception) -> str:
    text = str(trouble.orig if isinstance(trouble, DatabaseError) else trouble)
    if "not a database" in text or "malformed" in text:
        return (
            "this is no SQLite database, or a damaged one; restore a copy or name another file with DATABASE_URL. "
            "Nothing was changed."
        )
    if "readonly" in text:
        return "the file is read-only; make it writable for the account that runs Trapwise."
    if "unable to open" in text or isinstance(trouble, PermissionError):
        return "the file cannot be opened; check its folder and its permissions."
    if "locked" in text:
        return "another program is writing to the database and does not stop; stop it, then start again."
    return f"{text}; nothing was changed."
