"""Holding a database, and noticing that its file is another one."""

import logging
import os
from pathlib import Path

import pytest

from bot.storage.holding import hold
from bot.storage.presence import Presence
from bot.storage.store import StorageProblem
from tests.conftest import url_of

pytest.importorskip("fcntl", reason="files can be locked on POSIX systems only")


def test_a_link_leads_to_the_same_lock(tmp_path: Path) -> None:
    """Whoever comes by a symbolic link finds the database held all the same."""
    (tmp_path / "other").mkdir()
    file, link = tmp_path / "trapwise.db", tmp_path / "other" / "linked.db"
    file.touch()
    link.symlink_to(file)
    held = hold(url_of(file), who="the first")
    with pytest.raises(StorageProblem, match="the first"):
        hold(url_of(link), who="the second")
    held.close()
    hold(url_of(link), who="the second").close()


def test_a_second_name_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A hard link cannot be told from the file, and SQLite's log goes by the name."""
    file = tmp_path / "trapwise.db"
    file.touch()
    os.link(file, tmp_path / "again.db")
    hold(url_of(file), who="me").close()
    assert "hard link" in caplog.text


def test_a_lock_that_cannot_be_opened_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The bot starts without it, and one line says that another bot would not be noticed, and why."""
    (tmp_path / "trapwise.db.lock").mkdir()
    hold(url_of(tmp_path / "trapwise.db"), who="me").close()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "(Is a directory): a second bot on this database would not be noticed" in record.getMessage()


def test_a_lock_that_may_only_be_read_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock left by another account holds as well as an own one."""
    lock = tmp_path / "trapwise.db.lock"
    lock.touch()
    opened = Path.open

    def refusing(self: Path, mode: str = "r", **more: str) -> object:
        if mode != "r":
            raise PermissionError(13, "Permission denied")
        return opened(self, mode, encoding=more["encoding"])

    monkeypatch.setattr(Path, "open", refusing)
    held = hold(url_of(tmp_path / "trapwise.db"), who="me")
    with pytest.raises(StorageProblem, match="another Trapwise"):
        hold(url_of(tmp_path / "trapwise.db"), who="me")
    held.close()


def test_a_file_that_goes_is_noticed_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line when it is gone, replaced or not, and one when the very file is back."""
    caplog.set_level(logging.INFO, "bot")
    file, away = tmp_path / "trapwise.db", tmp_path / "away.db"
    file.write_text("the one")
    presence = Presence(file)
    assert presence.trouble() is None
    file.rename(away)
    assert presence.trouble() == "the database file is gone"
    file.write_text("another")
    assert presence.trouble() == "another file is in the place of the database"
    away.replace(file)
    assert presence.trouble() is None
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
