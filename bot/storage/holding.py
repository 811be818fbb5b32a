"""Holding a database: at most one bot on a machine works on a file, for as long as its process lives."""

import contextlib
import logging
import os
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
    only reads, copies or checks the database asks for none. Where the file system knows no locks nothing is held.

    Raises:
        StorageProblem: another process holds it.
    """
    file = dialect.sqlite_file(database)
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        return Held(None)
    beside = file.with_name(file.name + ".lock")
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        lock = beside.open("a+", encoding="utf-8")
    except OSError:
        # Opening the database says better what is wrong with its folder.
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
    with contextlib.suppress(OSError):
        os.ftruncate(lock.fileno(), 0)
        lock.write(who + "\n")
        lock.flush()
    return Held(lock)
