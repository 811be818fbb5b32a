"""Migrations: the schema they make, copies beforehand, and what happens when one fails."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.storage import dialect, migrating
from bot.storage.store import StorageProblem, Store, open_store
from bot.storage.tables import metadata
from tests.builders import NOW
from tests.conftest import url_of

Future = Callable[[str], None]

_NEXT = '''"""The next schema."""

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{now}"


def upgrade() -> None:
{body}
'''
_NOW = migrating.newest()
_LATER = f"{int(_NOW) + 1:04}"
_ADD_COLUMN = '    op.add_column("guilds", sa.Column("motto", sa.String(40)))'
_REBUILD = """
    with op.batch_alter_table("schedules", recreate="always") as batch:
        batch.add_column(sa.Column("motto", sa.String(40), nullable=False, server_default="dare"))
"""
_ORPHAN = '    op.execute("DELETE FROM schedules")'
_FAIL = """
    op.add_column("guilds", sa.Column("motto", sa.String(40)))
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


@pytest.fixture
def future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Future:
    """Give a function that adds a revision after ours, as the next version of Trapwise will."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrating.__file__).parent / "migrations", folder)

    def add(body: str) -> None:
        script = _NEXT.format(body=body, now=_NOW, next=_LATER)
        (folder / "versions" / f"{_LATER}_next.py").write_text(script, encoding="utf-8")
        monkeypatch.setattr(migrating, "_FOLDER", folder)

    return add


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def fill(file: Path) -> None:
    """Store a server with a schedule that has asked a round."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("INSERT INTO guilds VALUES (100, 'Europe/Prague')")
        connection.execute(
            "INSERT INTO schedules (id, guild_id, name, channel_id, created_by, weekdays, at, zone, bank, per_day, "
            "open_for, catch_up, thread, silent, seed) "
            "VALUES (1, 100, 'Daily', 200, 300, '0', '08:30', 'UTC', 'sample', 1, 60, 60, 0, 0, 7)"
        )
        connection.execute(
            'INSERT INTO rounds (id, guild_id, channel_id, schedule_id, bank, item_id, posed, state, "on", opened_on, '
            "number, planned_at, closes_at, silent, thread) "
            "VALUES (1, 100, 200, 1, 'sample', 'x', '{}', 'void', '2026-01-01', '2026-01-01', 1, 0, 0, 0, 0)"
        )


def copies_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.glob("*.before-*"))


async def reopen(file: Path, **later: float) -> None:
    await (await open_store(url_of(file), now=NOW + timedelta(**later))).close()


async def test_the_migrations_make_the_schema_that_the_queries_expect(store: Store) -> None:
    """Nothing is left for a migration to do: tables, columns, types, defaults, indexes and constraints agree."""

    def compare(connection: sa.Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with store.read() as tx:
        assert await tx.run_sync(compare) == []


def test_scripts_are_named_for_their_revisions() -> None:
    """What the names of the scripts say, by which a start knows where it is, is what Alembic finds in them."""
    scripts = ScriptDirectory(str(migrating._FOLDER))
    assert migrating.known() == {script.revision for script in scripts.walk_revisions()}
    assert migrating.newest() == scripts.get_current_head()


async def test_a_database_of_the_newest_schema_is_not_copied(database: Path) -> None:
    """Opening alone leaves no copies about."""
    await reopen(database)
    assert copies_in(database.parent) == []


async def test_an_older_schema_is_copied_and_brought_up_to_date(database: Path, future: Future) -> None:
    """A database of an older version keeps its rows, gets the new schema, and lies beside itself as it was."""
    fill(database)
    future(_ADD_COLUMN)
    await reopen(database)
    assert rows(database, "SELECT * FROM guilds") == [(100, "Europe/Prague", None)]
    assert rows(database, "SELECT version_num FROM alembic_version") == [(_LATER,)]
    copy = database.with_name("trapwise.db.before-20261123T090000")
    assert rows(copy, "SELECT * FROM guilds") == [(100, "Europe/Prague")]
    assert rows(copy, "SELECT version_num FROM alembic_version") == [(_NOW,)]


async def test_the_copy_has_what_a_killed_run_left_in_its_log(database: Path, future: Future) -> None:
    """The copy is of the database, not of its file alone: what is still in the log is in it."""
    future(_ADD_COLUMN)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("INSERT INTO guilds VALUES (100, 'Europe/Prague')")
        assert database.with_name("trapwise.db-wal").stat().st_size
        await reopen(database)
    copy = database.with_name("trapwise.db.before-20261123T090000")
    assert rows(copy, "SELECT guild_id FROM guilds") == [(100,)]


async def test_the_newest_three_copies_stay(template: Path, tmp_path: Path, future: Future) -> None:
    """Of four migrations' copies the first one goes, and nothing else that has a similar name."""
    future(_ADD_COLUMN)
    database = tmp_path / "[1].db"
    kept = tmp_path / "[1].db.before-the-exam"
    kept.touch()
    (tmp_path / "1.db.before-20200101T000000").touch()
    for day in range(4):
        shutil.copyfile(template, database)
        await reopen(database, days=day)
    assert copies_in(tmp_path) == [
        "1.db.before-20200101T000000",
        "[1].db.before-20261124T090000",
        "[1].db.before-20261125T090000",
        "[1].db.before-20261126T090000",
        "[1].db.before-the-exam",
    ]


async def test_a_copy_that_cannot_be_made_stops_the_migration(
    database: Path, future: Future, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a copy nothing is migrated; the reason is one sentence and no half copy stays."""
    future(_ADD_COLUMN)
    fill(database)
    monkeypatch.setattr(sqlite3, "connect", _failing_on("trapwise.db.before-20261123T090000.part"))
    with pytest.raises(StorageProblem, match="disk is full; nothing was changed"):
        await open_store(url_of(database), now=NOW)
    monkeypatch.undo()
    assert rows(database, "SELECT version_num FROM alembic_version") == [(_NOW,)]
    assert copies_in(database.parent) == []


def _failing_on(name: str) -> Callable[..., sqlite3.Connection]:
    real = sqlite3.connect

    def connect(file: object, **options: object) -> sqlite3.Connection:
        if str(file).endswith(name):
            message = "database or disk is full"
            raise sqlite3.OperationalError(message)
        return real(file, **options)  # type: ignore[call-overload,no-any-return]

    return connect


async def test_a_migration_may_rebuild_a_table_that_others_refer_to(database: Path, future: Future) -> None:
    """Rebuilding schedules, which SQLite needs for most changes, keeps the rounds that refer to them."""
    fill(database)
    future(_REBUILD)
    await reopen(database)
    assert rows(database, "SELECT id, motto FROM schedules") == [(1, "dare")]
    assert rows(database, "SELECT id, schedule_id FROM rounds") == [(1, 1)]


async def test_foreign_keys_hold_again_after_a_migration(database: Path, future: Future) -> None:
    """The connection on which keys were off for the migration is not used afterwards."""
    future(_REBUILD)
    store = await open_store(url_of(database), now=NOW)
    for unit in (store.read, store.write):
        async with unit() as tx:
            assert (await tx.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1
    await store.close()


@pytest.mark.parametrize(("body", "error"), [(_ORPHAN, ValueError), (_FAIL, StorageProblem)])
async def test_a_migration_that_fails_changes_nothing(
    database: Path, future: Future, body: str, error: type[Exception]
) -> None:
    """A migration that fails half-way, or would leave rounds without their schedule, is undone as a whole."""
    fill(database)
    tables = "SELECT sql FROM sqlite_master ORDER BY name"
    before = rows(database, tables)
    future(body)
    with pytest.raises(error):
        await open_store(url_of(database), now=NOW)
    assert rows(database, tables) == before
    assert rows(database, "SELECT id FROM schedules") == [(1,)]
    assert rows(database, "SELECT version_num FROM alembic_version") == [(_NOW,)]


def test_looking_at_a_file_tells_what_is_in_it(database: Path) -> None:
    """The look before the opening sees tables, revision and health."""
    found = dialect.look(database)
    assert migrating.is_ours(found.tables)
    assert (found.version, found.damage) == (migrating.newest(), None)
    assert _NOW in migrating.known()
