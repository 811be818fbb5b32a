"""Where the playground's database is, and how its clock keeps running forward from one run to the next."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Unusable(Exception):
    """The path given for the database cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What earlier runs left: how far the clock came, and whether the demo server has been set up."""

    reached: datetime
    set_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database file of the playground; beside a kept one lies a small note about its past."""

    path: Path
    kept: bool

    @property
    def _note(self) -> Path:
        return self.path.with_name(self.path.name + ".playground")

    def past(self) -> Past | None:
        """Return what the note says; None when there is none. Raises Unusable."""
        try:
            noted = json.loads(self._note.read_text(encoding="utf-8"))
            return Past(reached=datetime.fromisoformat(noted["reached"]).astimezone(UTC), set_up=bool(noted["set_up"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as trouble:
            raise Unusable(
                f"{self._note} does not say how far the playground's clock had come: delete it together with "
                f"{self.path} to start afresh.",
            ) from trouble

    def remember(self, past: Past) -> None:
        """Replace the note. Raises Unusable when it cannot be written."""
        if not self.kept:
            return
        draft = self._note.with_name(self._note.name + ".new")
        try:
            draft.write_text(json.dumps({"reached": past.reached.isoformat(), "set_up": past.set_up}), encoding="utf-8")
            draft.replace(self._note)
        except OSError as trouble:
            raise Unusable(f"{self._note} cannot be written ({trouble.strerror}): choose another path.") from trouble


class Horizon:
    """Keeps the note ahead of the clock: ids follow the clock, so it must not run back, not even after a kill."""

    def __init__(self, database: Database, *, now: datetime, ahead: timedelta) -> None:
        self._database = database
        self._ahead = ahead
        past = database.past()
        self.start = max(now, past.reached) if past is not None else now
        self.set_up = past is not None and past.set_up
        self._noted = self.start
        self.stop_at(self.start)

    def reach(self, instant: datetime) -> None:
        """Call before the clock comes to an instant."""
        if instant > self._noted:
            self.stop_at(instant + self._ahead)

    def stop_at(self, instant: datetime) -> None:
        """Note that the clock has come to an instant, and no further."""
        self._noted = instant
        self._database.remember(Past(reached=instant, set_up=self.set_up))


@contextmanager
def database(asked: Path | None) -> Iterator[Database]:
    """Yield the database asked for, or a temporary one that goes when left. Raises Unusable."""
    if asked is None:
        with tempfile.TemporaryDirectory(prefix="trapwise-playground-", ignore_cleanup_errors=True) as folder:
            yield Database(path=Path(folder) / "playground.db", kept=False)
        return
    path = asked.expanduser().absolute()
    if path.is_dir():
        raise Unusable(f"{path} is a folder: name a file in it, such as {path / 'playground.db'}.")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.is_dir():
        raise Unusable(f"The folder {path.parent} cannot be made: choose another path for the database.")
    found = _kept(path)
    with _alone(path):
        yield found


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep a second playground off the same database: its world would not have the posts of the first."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        yield
        return
    lock = path.with_name(path.name + ".lock")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise Unusable(f"Another playground is using {path}: stop it, or choose another path.") from taken
        yield


def _kept(path: Path) -> Database:
    found = Database(path=path, kept=True)
    if path.exists() and found.past() is None:
        # To a real bot's database the demo server is a Discord that has lost everything.
        raise Unusable(
            f"{path} was not made by the playground, and running it here would void its open questions: "
            "choose another path."
        )
    return found
