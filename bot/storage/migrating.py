"""Migrations run from code: which schema a database has, and bringing it to the newest."""

import glob
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import Connection

from bot.storage import dialect

_FOLDER = Path(__file__).parent / "migrations"
_COPIES_KEPT = 3

_OURS = frozenset({"schedules", "rounds", "answers"})
"""Tables that every revision has: they tell a database of ours from another program's that Alembic migrates, too."""


def is_ours(tables: frozenset[str]) -> bool:
    """Tell a database that some Trapwise wrote from another program's by its tables."""
    return tables >= _OURS


def newest() -> str:
    """Give the revision that this version of Trapwise works with."""
    return max(known())


def known() -> frozenset[str]:
    """Give every revision that this version can bring up to date."""
    # The names of the scripts say it: a start that migrates nothing has no use for Alembic, which takes its time.
    return frozenset(file.name.partition("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision inside the transaction that is open.

    Raises:
        ValueError: afterwards some row would refer to one that is not there; the transaction must be rolled back.
    """
    from alembic import command  # noqa: PLC0415 - loaded when needed, which is hardly ever
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
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
