"""What differs between databases: connecting, transactions, looking at a file before use, and copying it."""

import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import OperationalError

from bot.storage.engine import AsyncEngine, create_async_engine

WRITES = "trapwise_writes"
"""The execution option that marks a connection as a writer's; it holds what hears of every try to begin in vain."""

MIGRATES = "trapwise_migrates"
"""The execution option that marks a connection whose transaction rebuilds tables; it is not used again afterwards."""

_BUSY_MS = 1_000
"""How long one try waits for another writer; short, so that whoever waits can be told why."""

TRIES = 10
"""How often a transaction tries to begin before it gives up."""

# Codes of SQLite after which the same write may work later: locked by another writer, the disk full or failing, the
# file or its folder not writable just now. Anything else is a fault in the statement.
_MAY_PASS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
_PRIMARY = 0xFF
"""The part of an extended result code that is the code itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is in a database file: its tables, the revision that its migrations noted, and the first damage found."""

    tables: frozenset[str]
    version: str | None
    damage: str | None = None


def connect(database: str) -> AsyncEngine:
    """Make an engine for a database URL; nothing is opened yet."""
    url = make_url(database)
    if url.get_backend_name() != "sqlite":
        message = f"no support for {url.get_backend_name()} databases"
        raise ValueError(message)
    # With isolation_level None the driver begins no transaction by itself: `_begin` says which kind.
    engine = create_async_engine(
        url,
        connect_args={"isolation_level": None, "timeout": _BUSY_MS / 1000},
        hide_parameters=True,  # who answered what belongs in no log, also not when it could not be stored
    )
    sa.event.listen(engine.sync_engine, "connect", _prepare)
    sa.event.listen(engine.sync_engine, "begin", _begin)
    sa.event.listen(engine.sync_engine, "invalidate", _release)
    return engine


def sqlite_file(database: str) -> Path:
    """Give the file behind a SQLite URL; one in memory has none, and rounds that a restart forgets are no use."""
    url: URL = make_url(database)
    if url.database in (None, "", ":memory:"):
        message = "a database in memory would forget its rounds"
        raise ValueError(message)
    return Path(url.database or "")


def look(file: Path) -> Found:
    """Read what a file holds without changing a byte of it, whoever has it open.

    Raises:
        sqlite3.Error: it is no database, too damaged to be read, or cannot be opened.
    """
    # With nothing beside it the file is all there is, and `immutable` keeps SQLite from making helper files.
    beside = any(file.with_name(file.name + end).exists() for end in ("-wal", "-journal"))
    address = f"{file.absolute().as_uri()}?{'mode=ro' if beside else 'immutable=1'}"
    with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_MS * TRIES / 1000)) as connection:
        tables = frozenset(row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
        if "alembic_version" not in tables:
            return Found(tables=tables, version=None)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        health = " ".join(connection.execute("PRAGMA quick_check(1)").fetchone()[0].split())
        return Found(
            tables=tables, version=None if row is None else str(row[0]), damage=None if health == "ok" else health
        )


def make_ready(file: Path) -> None:
    """Give a file the journal that lets readers and a writer work at once, and find out whether it takes writes.

    Raises:
        sqlite3.Error: it does not.
    """
    with closing(sqlite3.connect(file, timeout=_BUSY_MS * TRIES / 1000, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite file consistently, whoever has it open; a copy that could not be finished leaves nothing.

    Raises:
        sqlite3.Error, OSError: there is no room, or no permission.
    """
    draft = target.with_name(f"{target.name}.part")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(draft)) as after:
            before.backup(after)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def may_pass(trouble: OperationalError) -> bool:
    """Tell whether the same statement may work later: the database was busy, full or read-only, not misused."""
    return _code(trouble) in _MAY_PASS


def is_locked(trouble: OperationalError) -> bool:
    """Tell whether it is another writer that holds the database."""
    return _code(trouble) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def what_to_do(trouble: OperationalError) -> str:
    """Give an operator's next step after a write that the database did not take."""
    match _code(trouble):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program is writing to it; if that lasts, stop it"
        case sqlite3.SQLITE_FULL:
            return "make room on its disk"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return "make its file and folder writable for the account that runs Trapwise"
        case _:
            return "check its disk: there may be no room, a limit on file sizes, or damage"


def _code(trouble: OperationalError) -> int:
    code: int = getattr(trouble.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & _PRIMARY


def _prepare(connection: Any, record: object) -> None:  # noqa: ANN401 - a DB-API connection of any driver
    del record
    cursor = connection.cursor()
    for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _release(connection: Any, record: object, trouble: object) -> None:  # noqa: ANN401 - as above
    # A task cancelled during a statement has its connection thrown away. With the statement's cursor still about,
    # SQLite would keep that connection's transaction, and so the database locked, until the cursor is collected.
    del record, trouble
    with contextlib.suppress(Exception):
        connection.rollback()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(MIGRATES, False):
        # Rebuilding a table drops the old one: with keys enforced that fails, or takes the rows that refer to it along.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        # Another process may be migrating the same file: that takes longer than a transaction.
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MS * TRIES}")
    heard: Callable[[OperationalError], None] | None = options.get(WRITES)
    if heard is not None:
        _begin_writing(connection, heard)
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(MIGRATES, False) else "BEGIN")


def _begin_writing(connection: Connection, heard: Callable[[OperationalError], None]) -> None:
    # A deferred BEGIN that turns into a writer later fails under load instead of waiting.
    for _ in range(TRIES - 1):
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as trouble:
            if not is_locked(trouble):
                raise
            heard(trouble)
        else:
            return
    connection.exec_driver_sql("BEGIN IMMEDIATE")
