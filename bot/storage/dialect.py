"""What differs between databases: connecting, transactions, and the sentence for a file that cannot be used."""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

WRITES = "trapwise_writes"
"""The execution option that marks a connection as a writer's."""

_BUSY_MS = 10_000


def connect(database: str) -> AsyncEngine:
    """Make an engine for a database URL; nothing is opened yet."""
    url = make_url(database)
    if url.get_backend_name() != "sqlite":
        message = f"no support for {url.get_backend_name()} databases"
        raise ValueError(message)
    # With isolation_level None the driver begins no transaction by itself: `_begin` says which kind.
    engine = create_async_engine(url, connect_args={"isolation_level": None, "timeout": _BUSY_MS / 1000})
    sa.event.listen(engine.sync_engine, "connect", _prepare)
    sa.event.listen(engine.sync_engine, "begin", _begin)
    return engine


def sqlite_file(database: str) -> Path | None:
    """Give the file behind a SQLite URL, `None` for one in memory."""
    url: URL = make_url(database)
    if url.database in (None, "", ":memory:"):
        return None
    return Path(url.database or "")


def copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite file consistently, whoever has it open."""
    with sqlite3.connect(source) as before, sqlite3.connect(target) as after:
        before.backup(after)
    before.close()
    after.close()


def _prepare(connection: Any, record: object) -> None:  # noqa: ANN401 - a DB-API connection of any driver
    del record
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A deferred BEGIN that turns into a writer later fails under load instead of waiting.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
