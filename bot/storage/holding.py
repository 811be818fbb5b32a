"""Holding a database: at most one bot on a machine works on a file, for as long as its process lives."""

import contextlib
import logging
import os
from pathlib import Path
from typing import IO

from bot.storage import dialect
from bot.storage.store import StorageProblem

logger = logging.getLogger(__name__)


class Held:
    """A database that is held until this is closed, or the process ends in whatever way."""

    def __init__(self, lock: IO[str] | None) -> None:
        self._lock = lock

    def close(self) -> None:
        """Let go of it."""
        if self._lock is not None:
            self._lock.close()


def hold(database: str, *, who: str) -> Held:
    """Hold the database at a URL; `who` is what another bot is told that finds it held.

    The lock is on a file of its own beside the database, which stays there: SQLite's locks are left alone, and whoever
    only reads, copies or checks the database asks for none. It goes by the file itself, whatever link leads there.
    Where the file system knows no locks, or the lock cannot be opened, nothing is held.

    Raises:
        StorageProblem: another process holds it.
    """
    file = dialect.sqlite_file(database)
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        return Held(None)
    real = Path(os.path.realpath(file))
    _warn_of_links(real)
    lock = _open(real.with_name(real.name + ".lock"))
    if lock is None:
        return Held(None)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read(200).strip() or "no name left"
        lock.close()
        raise StorageProblem(
            f"{file}: another Trapwise is using this database ({holder}); stop it first. Nothing was changed."
        ) from None
    except OSError as trouble:
        lock.close()
        logger.info("the database cannot be locked here (%s); mind that only one bot uses it", trouble.strerror)
        return Held(None)
    with contextlib.suppress(OSError):  # one that belongs to another account may only be read: that holds as well
        os.ftruncate(lock.fileno(), 0)
        lock.write(who + "\n")
        lock.flush()
    return Held(lock)


def _open(beside: Path) -> IO[str] | None:
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        try:
            return beside.open("a+", encoding="utf-8")
        except PermissionError:
            return beside.open(encoding="utf-8")
    except OSError as trouble:
        # What is wrong with a folder is said better by opening the database.
        if beside.exists():
            logger.warning(
                "%s cannot be opened (%s): a second bot on this database would not be noticed; "
                "if no bot is running, remove it or give it to the account that runs Trapwise",
                beside,
                trouble.strerror,
            )
        return None


def _warn_of_links(file: Path) -> None:
    with contextlib.suppress(OSError):
        if file.stat().st_nlink > 1:
            logger.warning(
                "%s has another name as well (a hard link): never use it by both, SQLite would damage it", file
            )
