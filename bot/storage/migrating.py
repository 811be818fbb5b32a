"""Migrations run from code: which schema a database has, and bringing it to the newest."""

import glob
from datetime import datetime
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from bot.storage import dialect

_COPIES_KEPT = 3


_OURS = frozenset({"schedules", "rounds", "answers"})
"""Tables that every revision has: they tell a database of ours from another program's that Alembic migrates, too."""


def is_ours(tables: frozenset[str]) -> bool:
    """Tell a database that some Trapwise wrote from another program's by its tables."""
    return tables >= _OURS


def newest() -> str:
    """Give the revision that this version of Trapwise works with."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


def known() -> frozenset[str]:
    """Give every revision that this version can bring up to date."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision inside the transaction that is open.

    Raises:
        ValueError: afterwards some row would refer to one that is not there; the transaction must be rolled back.
    """
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling is not None:
        message = f"the migration would leave rows of {dangling[0]} that refer to nothing"
        raise ValueError(message)


def keep_copy(file: Path, *, now: datetime) -> Path:
    """Copy a database beside itself before it is migrated; the newest three copies stay.

    Raises:
        sqlite3.Error, OSError: there is no room, or no permission.
    """
    copy = file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}")
    dialect.copy_file(file, copy)
    for old in sorted(file.parent.glob(f"{glob.escape(file.name)}.before-{'[0-9]' * 8}T{'[0-9]' * 6}"))[:-_COPIES_KEPT]:
        old.unlink()
    return copy


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
