"""The heartbeat: a small file by which a health check tells whether the bot ticks, and whether it can store."""

import os
from dataclasses import dataclass
from pathlib import Path

_BYTES = 256
"""The file's size, always: writing over it needs no room on a full disk."""

_FRESH_SECONDS = 120
_FAREWELL = "(stopped)"
"""What stands there in place of trouble once a bot has stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether all is well, and a sentence that says what is not."""

    well: bool
    sentence: str


def give_sign(file: Path, trouble: str | None) -> None:
    """Say that a tick has come, and what keeps the database from taking writes, if anything does.

    Raises:
        OSError: the file cannot be written; it grows old then, which is the truth as well.
    """
    _write(file, " ".join((trouble or "").split()))


def take_leave(file: Path) -> None:
    """Say that the bot has stopped, so that nobody takes the last tick for a sign of life.

    Raises:
        OSError: the file cannot be written.
    """
    _write(file, _FAREWELL)


def _write(file: Path, text: str) -> None:
    told = text.encode()[: _BYTES - 1].ljust(_BYTES - 1) + b"\n"
    # Neither emptied first nor replaced: a full disk has room for neither.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o644), "wb", buffering=0) as opened:
        opened.write(told)


def read_sign(file: Path, now: float) -> Health:
    """Judge by the file how a bot does; `now` is in seconds of the wall clock."""
    try:
        age = now - file.stat().st_mtime
        trouble = file.read_bytes()[:_BYTES].decode(errors="replace").strip()
    except OSError:
        return Health(well=False, sentence=f"no sign of life: {file} is not there")
    if trouble == _FAREWELL:
        return Health(well=False, sentence=f"not running: stopped {max(age, 0):.0f} s ago")
    if age < -_FRESH_SECONDS:
        return Health(well=False, sentence="not answering: no tick since this machine's clock was set back")
    if age > _FRESH_SECONDS:
        return Health(well=False, sentence=f"not answering: last tick {age:.0f} s ago")
    if trouble:
        return Health(well=False, sentence=f"alive, but nothing can be stored: {trouble} (last tick {age:.0f} s ago)")
    return Health(well=True, sentence=f"alive: last tick {age:.0f} s ago")
