"""Points at which a bot can be killed: around every request, every commit that writes, and every event it hears.

The hooks wrap discord.py and SQLAlchemy from outside, in the test's process only. The same names in every run make a
trace of one run into the list of crashes to be tried.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import discord
import orjson
import sqlalchemy as sa
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.default import DefaultDialect

_WRITES = re.compile(r"\b(INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+\"?(?!SET\b)(\w+)", re.IGNORECASE)
_HEARD = ("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "INTERACTION_CREATE")

Request = Callable[..., Awaitable[Any]]


class Kind(StrEnum):
    """What a point is at."""

    REQUEST = "request"
    COMMIT = "commit"
    EVENT = "event"


class Moment(StrEnum):
    """On which side of it."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a run: the `nth` thing of a name, counted from 1, and the side of it.

    A request is named by discord.py's route, an event by its own name, and a commit by what it wrote, such as
    `insert answers + update rounds`, so that it is found again whatever else was committed meanwhile.
    """

    kind: Kind
    name: str
    nth: int
    moment: Moment

    def as_json(self) -> bytes:
        """Write it on one line."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: bytes | str) -> "Point":
        """Read it from one line."""
        read = orjson.loads(line)
        return cls(kind=Kind(read["kind"]), name=read["name"], nth=int(read["nth"]), moment=Moment(read["moment"]))

    def __str__(self) -> str:
        return f"{self.moment} {self.kind} {self.name} #{self.nth}"


class Hooks:
    """Counts the points that a run reaches, writes them to `trace` if given, and kills the process at one of `plan`."""

    def __init__(self, *, plan: Iterable[Point] = (), trace: Path | None = None) -> None:
        self._plan = frozenset(plan)
        self._trace = None if trace is None else os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._counts: Counter[tuple[Kind, str]] = Counter()

    def count(self, kind: Kind, name: str) -> int:
        """Count one more thing of a name."""
        self._counts[kind, name] += 1
        return self._counts[kind, name]

    def reach(self, kind: Kind, name: str, nth: int, moment: Moment) -> None:
        """Be at a point; this may be the end."""
        point = Point(kind=kind, name=name, nth=nth, moment=moment)
        if self._trace is not None:
            os.write(self._trace, point.as_json() + b"\n")
        if point in self._plan:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Wrap discord.py's requests and SQLAlchemy's commits, for every client and engine of this process."""
        self._wrap_requests()
        self._wrap_commits()

    def listen(self, client: discord.Client) -> None:
        """Wrap what a client does with the events it hears."""
        parsers = client._connection.parsers
        for name in _HEARD:
            parsers[name] = self._around(name, parsers[name])

    def _around(self, name: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def wrapped(data: object) -> None:
            nth = self.count(Kind.EVENT, name)
            self.reach(Kind.EVENT, name, nth, Moment.BEFORE)
            parse(data)
            self.reach(Kind.EVENT, name, nth, Moment.AFTER)

        return wrapped

    def _wrap_requests(self) -> None:
        HTTPClient.request = self._around_request(HTTPClient.request)  # type: ignore[method-assign,assignment]
        # Answers to interactions go another way.
        answer = self._around_request(AsyncWebhookAdapter.request)
        AsyncWebhookAdapter.request = answer  # type: ignore[method-assign,assignment]

    def _around_request(self, request: Request) -> Request:
        async def wrapped(client: object, route: Route, *rest: object, **more: object) -> object:
            name = f"{route.method} {route.path}"
            nth = self.count(Kind.REQUEST, name)
            self.reach(Kind.REQUEST, name, nth, Moment.BEFORE)
            try:
                return await request(client, route, *rest, **more)
            finally:
                self.reach(Kind.REQUEST, name, nth, Moment.AFTER)

        return wrapped

    def _wrap_commits(self) -> None:
        commit = DefaultDialect.do_commit
        about: list[tuple[str, int]] = []
        # Not in the connection's own notes: one that was cancelled in the middle can no longer be asked for them.
        written: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()

        def note(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
            del cursor, rest
            for verb, table in _WRITES.findall(statement):
                written.setdefault(connection, set()).add(f"{verb.split()[0].lower()} {table.lower()}")

        def forget(connection: Connection) -> None:
            written.pop(connection, None)

        def name_it(connection: Connection) -> None:
            # SQLAlchemy commits right after this, with nothing in between: `wrapped` finds what it is about.
            about[:] = []
            if wrote := written.pop(connection, None):
                name = " + ".join(sorted(wrote))
                about.append((name, self.count(Kind.COMMIT, name)))

        def wrapped(dialect: DefaultDialect, dbapi_connection: Any) -> None:  # noqa: ANN401 - a driver's own
            named, about[:] = about[:], []
            for name, nth in named:
                self.reach(Kind.COMMIT, name, nth, Moment.BEFORE)
            commit(dialect, dbapi_connection)  # type: ignore[no-untyped-call]
            for name, nth in named:
                self.reach(Kind.COMMIT, name, nth, Moment.AFTER)

        sa.event.listen(Engine, "before_cursor_execute", note)
        sa.event.listen(Engine, "rollback", forget)
        sa.event.listen(Engine, "commit", name_it)
        DefaultDialect.do_commit = wrapped  # type: ignore[method-assign]


def points_of(trace: Path) -> list[Point]:
    """Read the points of a traced run, in the order in which they were reached."""
    return [Point.from_json(line) for line in trace.read_bytes().splitlines()]
