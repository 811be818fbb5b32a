"""Presence: whether the database's file is still the one that was opened.

An open file goes on taking writes after it was deleted, or another was put in its place: all of them are lost.
"""

import logging
import os
from pathlib import Path

logger = logging.getLogger(__name__)


class Presence:
    """Knows one file from any other that comes to bear its name."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._opened = _identity(file)
        self._told = False

    def trouble(self) -> str | None:
        """Look whether it is there; gives what is wrong, and logs it once."""
        try:
            found = _identity(self._file)
        except OSError:
            return None  # whether it is there cannot be said; what it takes is told elsewhere
        if found == self._opened:
            if self._told:
                self._told = False
                logger.info("the database file %s is back: nothing was lost", self._file)
            return None
        if not self._told:
            self._told = True
            logger.warning(
                "the database file %s is gone%s: what is stored from now on is lost; restart me with the file back",
                self._file,
                "" if found is None else ", another is in its place",
            )
        return "the database file is gone" if found is None else "another file is in the place of the database"


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 - once a tick, and the file may be a link
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
