"""Opening a database: new, known, and everything that is no database of ours."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.storage import dialect, schedules
from bot.storage.store import StorageProblem, Store, open_store
from tests.builders import NOW, PRAGUE
from tests.conftest import url_of

NOBODY = 65534
_MANY_MEMBERS = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500)
    INSERT INTO members SELECT 1, n, 'Member', 'member' FROM numbers
"""


def everything_in(folder: Path) -> dict[str, bytes | None]:
    """Give every file of a folder with its bytes, and every folder without."""
    return {each.name: each.read_bytes() if each.is_file() else None for each in folder.iterdir()}


async def refusal(file: Path) -> str:
    """Open a file that cannot be used and give the sentence; nothing in its folder may change."""
    before = everything_in(file.parent)
    with pytest.raises(StorageProblem) as problem:
        await open_store(url_of(file), now=NOW)
    assert everything_in(file.parent) == before
    text = str(problem.value)
    assert text.startswith(f"{file}: ")
    assert "\n" not in text
    assert text.endswith(".")
    return text


def execute(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def bytes_of(file: Path) -> bytes:
    return file.read_bytes()


def overwrite(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def leave_log_behind(file: Path, statement: str) -> None:
    """Write with a process that is killed: its write is in the log beside the file only."""
    child = os.fork()
    if child == 0:
        sqlite3.connect(file, isolation_level=None).execute(statement)
        os._exit(0)
    os.waitpid(child, 0)
    assert file.with_name(f"{file.name}-wal").stat().st_size


@contextmanager
def unable_to_write(folder: Path) -> Iterator[None]:
    """Go on as someone who may read a folder and its files, but not write there."""
    root = os.geteuid() == 0
    modes = {each: each.stat().st_mode for each in (folder, *folder.iterdir())}
    for each in modes:
        each.chmod(0o555 if each.is_dir() else 0o444)
    try:
        if root:
            os.seteuid(NOBODY)
        yield
    finally:
        if root:
            os.seteuid(0)
        for each, mode in modes.items():
            each.chmod(mode)


def copy_into(folder: Path, file: Path) -> Path:
    return Path(shutil.copyfile(file, folder / file.name))


@pytest.fixture
def shared() -> Iterator[Path]:
    """Make a folder that every account may look into."""
    if not hasattr(os, "seteuid"):
        pytest.skip("needs accounts and permissions as on Unix")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("name", ["trapwise.db", "deep/er/trapwise.db", "a b#c[x].db"])
async def test_a_new_file_is_made_with_its_folders(tmp_path: Path, name: str) -> None:
    """A file that is not there is made, folders and all, and the store says that it is new and where."""
    file = tmp_path / name
    made = await open_store(url_of(file), now=NOW)
    await made.close()
    assert (made.created, made.where) == (True, str(file))
    assert file.read_bytes().startswith(b"SQLite format 3")


async def test_a_second_opening_finds_what_the_first_stored(tmp_path: Path) -> None:
    """What one run stored the next one reads, and the store says that it was kept."""
    url = url_of(tmp_path / "trapwise.db")
    first = await open_store(url, now=NOW)
    async with first.write() as tx:
        await schedules.set_zone(tx, 100, PRAGUE)
    await first.close()
    second = await open_store(url, now=NOW)
    async with second.read() as tx:
        assert await schedules.zone_of(tx, 100) == PRAGUE
    await second.close()
    assert not second.created


async def test_two_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Two that open the same new file one after the other, neither closed, both work on one database."""
    url = url_of(tmp_path / "trapwise.db")
    first, second = await open_store(url, now=NOW), await open_store(url, now=NOW)
    async with first.write() as tx:
        await schedules.set_zone(tx, 100, PRAGUE)
    async with second.read() as tx:
        assert await schedules.zone_of(tx, 100) == PRAGUE
    await first.close()
    await second.close()


async def test_an_empty_file_counts_as_new(tmp_path: Path) -> None:
    """A file of no bytes, as `touch` or a crash at the very first start leaves it, becomes a database."""
    file = tmp_path / "trapwise.db"
    file.touch()
    made = await open_store(url_of(file), now=NOW)
    await made.close()
    assert made.created


async def test_what_a_killed_run_left_in_its_log_is_there(database: Path) -> None:
    """A write that a killed process left in the log beside the file is read like any other."""
    leave_log_behind(database, "INSERT INTO guilds VALUES (100, 'Europe/Prague')")
    store = await open_store(url_of(database), now=NOW)
    async with store.read() as tx:
        assert await schedules.zone_of(tx, 100) == PRAGUE
    await store.close()


async def test_readers_and_the_writer_work_under_the_promised_rules(store: Store) -> None:
    """The journal is a WAL, commits are synced in full, foreign keys are enforced, and waiting has a limit."""
    async with store.write() as tx:
        found = {
            name: (await tx.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": dialect._BUSY_MS}


async def test_a_database_that_lost_its_wal_mode_gets_it_back(database: Path) -> None:
    """A copy that another tool wrote with the old journal is switched over when it is opened."""
    execute(database, "PRAGMA journal_mode=DELETE")
    store = await open_store(url_of(database), now=NOW)
    async with store.read() as tx:
        assert (await tx.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
    await store.close()


@pytest.mark.parametrize("content", [b"hi", b"This is a letter, not a database.\n" * 500, bytes(range(256)) * 40])
async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A text or any other file is refused in one sentence and stays as it was."""
    file = overwrite(tmp_path / "trapwise.db", content)
    assert "no SQLite database, or a damaged one" in await refusal(file)


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder in place of the file is named as one."""
    folder = tmp_path / "trapwise.db"
    folder.mkdir()
    assert "this is a folder" in await refusal(folder)


async def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder that cannot be made is named with the reason."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageProblem, match=r"trapwise\.db: cannot create the folder \(.+\); name another"):
        await open_store(url_of(tmp_path / "data" / "trapwise.db"), now=NOW)
    assert everything_in(tmp_path) == {"data": b"a file"}


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
async def test_another_programs_database_is_left_alone(tmp_path: Path, mode: str) -> None:
    """A SQLite file of another program keeps every byte, its journal included, and no file appears beside it."""
    file = tmp_path / "trapwise.db"
    execute(file, f"PRAGMA journal_mode={mode}", "CREATE TABLE notes (text)", "INSERT INTO notes VALUES ('mine')")
    assert "belongs to another program" in await refusal(file)


async def test_another_programs_unfinished_log_is_left_alone(tmp_path: Path) -> None:
    """A foreign file whose last writer was killed keeps its log: it is not merged behind its owner's back."""
    file = tmp_path / "trapwise.db"
    execute(file, "PRAGMA journal_mode=WAL", "CREATE TABLE notes (text)")
    leave_log_behind(file, "INSERT INTO notes VALUES ('mine')")
    file.with_name(f"{file.name}-shm").unlink()
    before = {name: data for name, data in everything_in(tmp_path).items() if not name.endswith("-shm")}
    with pytest.raises(StorageProblem, match="belongs to another program"):
        await open_store(url_of(file), now=NOW)
    assert {name: data for name, data in everything_in(tmp_path).items() if not name.endswith("-shm")} == before


async def test_another_program_that_uses_alembic_is_recognised(tmp_path: Path) -> None:
    """A foreign file is foreign even when its migrations are counted as ours are."""
    file = tmp_path / "trapwise.db"
    execute(
        file,
        "CREATE TABLE alembic_version (version_num TEXT)",
        "INSERT INTO alembic_version VALUES ('0001')",
        "CREATE TABLE notes (text)",
    )
    assert "belongs to another program" in await refusal(file)


async def test_a_newer_schema_is_refused(database: Path) -> None:
    """A database of a newer Trapwise is named as such, with its schema, and stays as it was."""
    execute(database, "UPDATE alembic_version SET version_num = '0999'")
    assert "written by a newer Trapwise (schema 0999); install that version" in await refusal(database)


async def test_a_database_without_its_revision_is_refused(database: Path) -> None:
    """Our tables without the note of their schema are damage, not a reason to start anew over them."""
    execute(database, "DELETE FROM alembic_version")
    assert "is damaged (it does not say its schema)" in await refusal(database)


async def test_a_corrupt_page_is_noticed(database: Path) -> None:
    """A database with a broken page is refused before anything is written to it."""
    execute(database, _MANY_MEMBERS, "PRAGMA wal_checkpoint(TRUNCATE)")
    overwrite(database, bytes_of(database)[: -3 * 4096] + b"\xff" * (3 * 4096))
    assert "damaged" in await refusal(database)


async def test_a_file_cut_short_is_noticed(database: Path) -> None:
    """A database of which only the first pages are left is refused and keeps those."""
    overwrite(database, bytes_of(database)[: 2 * 4096])
    assert "damaged" in await refusal(database)


async def test_a_file_that_may_not_be_written_is_refused(template: Path, shared: Path) -> None:
    """A database on which every later write would fail is refused at the start."""
    file = copy_into(shared, template)
    with unable_to_write(shared):
        text = await refusal(file)
    assert "read-only" in text or "cannot be opened" in text


async def test_a_folder_that_may_not_be_written_is_refused(shared: Path) -> None:
    """A new file in a folder that takes none is refused with a hint at its permissions."""
    with unable_to_write(shared):
        text = await refusal(shared / "trapwise.db")
    assert "check its folder and its permissions" in text


async def test_a_file_that_may_not_be_read_is_refused(template: Path, shared: Path) -> None:
    """A database of another account is refused with a hint at its permissions."""
    file = copy_into(shared, template)
    file.chmod(0)
    try:
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
        with pytest.raises(StorageProblem, match="check its folder and its permissions"):
            await open_store(url_of(file), now=NOW)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)


async def test_a_locked_database_is_named_as_such(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that another program keeps writing to is refused with what to do, after a while."""
    monkeypatch.setattr(dialect, "_BUSY_MS", 50)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="another program is writing to the database"):
            await open_store(url_of(database), now=NOW)


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"])
async def test_a_database_in_memory_is_refused(url: str) -> None:
    """A database that forgets its rounds is no use, whoever asks for one."""
    with pytest.raises(ValueError, match="forget its rounds"):
        await open_store(url, now=NOW)


async def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    """What the settings let through by mistake is refused here."""
    with pytest.raises(ValueError, match="no support for postgresql databases"):
        await open_store(f"postgresql+asyncpg://localhost/{tmp_path.name}", now=NOW)
