"""Migrations run from code: which schema a database has, and bringing it to the newest."""

from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from bot.storage import dialect

_COPIES_KEPT = 3


def version(connection: Connection) -> str | None:
    """Give the revision a database is at, `None` for one without tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def foreign_tables(connection: Connection) -> bool:
    """Tell whether a database that is not ours holds tables already."""
    return bool(sa.inspect(connection).get_table_names())


def newest() -> str:
    """Give the revision that this version of Trapwise works with."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


def known() -> frozenset[str]:
    """Give every revision that this version can bring up to date."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision inside the transaction that is open."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def keep_copy(file: Path, *, now: datetime) -> Path:
    """Copy a database beside itself before it is migrated; the newest three copies stay."""
    copy = file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}")
    dialect.copy_file(file, copy)
    for old in sorted(file.parent.glob(f"{file.name}.before-*"))[:-_COPIES_KEPT]:
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
