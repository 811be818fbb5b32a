"""The heartbeat: a file of one size that every system can write, and what a health check reads in it."""

import os
from pathlib import Path

import pytest

from bot.services.heartbeat import give_sign, read_sign, take_leave

POSIX_ONLY = ("pwrite", "pwritev", "writev", "posix_fallocate", "fchmod")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the place of a heartbeat."""
    return tmp_path / "heartbeat"


def test_what_is_told_is_read_again(file: Path) -> None:
    """Trouble is told as long as it lasts, however long its text, and the file never changes its size."""
    sizes = set()
    for trouble in ("database is locked", "database or disk\nis full " * 40, None):
        give_sign(file, trouble)
        sizes.add(file.stat().st_size)
        found = read_sign(file, file.stat().st_mtime + 4)
        assert found.well is (trouble is None)
        assert " ".join((trouble or "alive").split())[:200] in found.sentence
    assert len(sizes) == 1


def test_a_sign_of_life_is_given_on_every_system(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system lacks what only POSIX has, as Windows does, the file is written all the same."""
    for name in POSIX_ONLY:
        monkeypatch.delattr(os, name, raising=False)
    give_sign(file, None)
    assert read_sign(file, file.stat().st_mtime).well


def test_no_tick_for_two_minutes_is_no_life(file: Path) -> None:
    """A file that is missing, old, or from a clock that was ahead says that the bot does not answer."""
    assert not read_sign(file, 0).well
    give_sign(file, None)
    at = file.stat().st_mtime
    assert [read_sign(file, at + age).well for age in (-200, 0, 100, 200)] == [False, True, True, False]


def test_a_bot_that_stopped_is_not_healthy(file: Path) -> None:
    """A clean stop is told at once, and the first tick of the next start is a sign of life again."""
    give_sign(file, None)
    size = file.stat().st_size
    take_leave(file)
    found = read_sign(file, file.stat().st_mtime + 3)
    assert (found.well, found.sentence) == (False, "not running: stopped 3 s ago")
    assert file.stat().st_size == size
    give_sign(file, None)
    assert read_sign(file, file.stat().st_mtime).well
