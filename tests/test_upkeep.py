"""Upkeep: what an operator does with a database from the command line."""

import asyncio
from contextlib import closing
from io import StringIO
from pathlib import Path
from shutil import copyfile
from sqlite3 import connect

import pytest

from bot import upkeep
from bot.storage import dialect, migrating
from bot.storage.store import StorageProblem
from tests.builders import NOW
from tests.conftest import url_of
from tests.fakes import Clock, FakePublisher
from tests.services.house import MINUTE, House, right, sample_bank
from tests.storage.test_opening import everything_in
from tests.test_main import trapwise


@pytest.fixture
def played(template: Path, tmp_path: Path) -> Path:
    """A database with one closed round, answered by two members."""
    file = Path(copyfile(template, tmp_path / "played.db"))

    async def play() -> None:
        house = await House(file=file, clock=Clock(NOW), publisher=FakePublisher(), banks=(sample_bank(),)).open()
        await house.schedule()
        asked = await house.posted(open_for=MINUTE)
        for member in (1, 2):
            await house.tap(asked, member, right(asked))
        house.clock.now = asked.closes_at
        await house.work()
        await house.close()

    asyncio.run(play())
    return file


async def _rebuild(file: Path, *, mend: bool) -> tuple[int, str]:
    out = StringIO()
    code = await upkeep.rebuild(url_of(file), out, mend=mend)
    return code, out.getvalue()


def _spoil(file: Path) -> None:
    _execute(file, "UPDATE totals SET units = 1")


def _execute(file: Path, statement: str) -> None:
    with closing(connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


async def test_a_sound_database_is_said_to_be_sound(played: Path) -> None:
    """The check counts what it compared, says that all is well, and so do the exit code and a rebuild."""
    well = (0, "1 server, 1 closed round, 2 answers: results and boards are what the answers earn.\n")
    assert await _rebuild(played, mend=False) == well
    assert await _rebuild(played, mend=True) == well


async def test_differences_are_named_then_mended(played: Path) -> None:
    """The check names the servers that differ and fails; a rebuild puts them right."""
    _spoil(played)
    code, told = await _rebuild(played, mend=False)
    assert code == 1
    assert told == (
        "server 100: 0 rounds and 2 boards are not what the answers earn\n"
        "1 server, 1 closed round, 2 answers: 1 server with differences; `trapwise rebuild` puts them right.\n"
    )
    code, told = await _rebuild(played, mend=True)
    assert (code, told.splitlines()[-1]) == (0, "1 server, 1 closed round, 2 answers: 1 server put right.")
    assert (await _rebuild(played, mend=False))[0] == 0


async def test_there_has_to_be_a_database(tmp_path: Path) -> None:
    """Nothing is made where there is none: the place is named, and how to name another."""
    with pytest.raises(StorageProblem, match="there is no database yet; name another with DATABASE_URL"):
        await _rebuild(tmp_path / "none.db", mend=True)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("mend", [False, True])
async def test_an_empty_file_stays_empty(tmp_path: Path, mend: bool) -> None:
    """A file with nothing in it is not made into a database."""
    (tmp_path / "empty.db").touch()
    with pytest.raises(StorageProblem, match="there is nothing in it yet; name another with DATABASE_URL"):
        await _rebuild(tmp_path / "empty.db", mend=mend)
    assert everything_in(tmp_path) == {"empty.db": b""}


@pytest.mark.parametrize("mend", [False, True])
async def test_an_older_database_is_not_migrated(played: Path, monkeypatch: pytest.MonkeyPatch, mend: bool) -> None:
    """One that an older version wrote is refused in a sentence, without a copy and without a change."""
    monkeypatch.setattr(migrating, "newest", lambda: "9999")
    before = everything_in(played.parent)
    with pytest.raises(StorageProblem, match=r"older Trapwise \(schema \d+\); start the bot once") as problem:
        await _rebuild(played, mend=mend)
    assert str(problem.value).startswith(f"{played}: ")
    assert everything_in(played.parent) == before


async def test_a_check_changes_no_byte(played: Path) -> None:
    """Not the journal's kind, not a helper file: what a check has looked at is as it was."""
    _spoil(played)
    _execute(played, "PRAGMA journal_mode=DELETE")
    before = everything_in(played.parent)
    assert (await _rebuild(played, mend=False))[0] == 1
    assert everything_in(played.parent) == before


async def test_a_database_that_takes_no_writes_is_one_sentence(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody else holds the database, mending ends with a sentence about it."""
    monkeypatch.setattr(dialect, "TRIES", 1)
    _spoil(played)
    with closing(connect(played)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="database is locked"):
            await _rebuild(played, mend=True)


def test_the_command_line_rebuilds(played: Path, tmp_path: Path) -> None:
    """`trapwise rebuild --check` works on the database of the settings."""
    _spoil(played)
    found = trapwise(tmp_path, "rebuild", "--check", DATABASE_URL=url_of(played))
    assert (found.returncode, "2 boards are not what the answers earn" in found.stdout) == (1, True)
    assert trapwise(tmp_path, "rebuild", DATABASE_URL=url_of(played)).returncode == 0
    assert trapwise(tmp_path, "rebuild", "--check", DATABASE_URL=url_of(played)).returncode == 0
