"""Minutes: what a bot heard of Discord, and when it moved its rounds on, in the very order in which it did.

They are taken where discord.py reads an event and where SQLAlchemy commits, so that nothing of the bot's own stands
between what happened and the note of it. All the bots of a run write to one file, one after the other.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

import discord
import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.default import DefaultDialect

from bot.chat.publisher import DiscordPublisher
from bot.domain.rounds import Round, RoundState
from bot.services.ports import Snapshot
from bot.services.underway import UnderWay
from bot.services.writing import Writing
from bot.storage import rounds
from bot.storage.store import Tx
from tests.wire.clock import Clock


class What(StrEnum):
    """What a line is about."""

    STARTED = "a bot started"
    ENDED = "a bot ended"
    RECALLED = "what an earlier bot had noted of unread posts was read"
    LOST = "the connection was lost"
    BACK = "there is a connection again"
    RESUMED = "there is one again, and everything meanwhile was told"
    HEARD = "a reaction came or went"
    CLEARED = "reactions were cleared"
    USED = "a button or menu was used"
    READ = "a reading of a post came to its end"
    MOVING = "a commit that moves a round begins"
    MOVED = "it is done"
    STORING = "answers received so far are about to be stored"
    STORED = "they are stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: `about` is a message, a round or an interaction; `state` is what a round moves to.

    Of a reaction, `nth` is its place among all the changes of its message; of a clear, `emoji` is what was cleared, or
    empty for everything. A round that is noted to have its letters moves to `seeded`. `answers` are (round, member).
    `begun` is when a reading began that came to its end: of one that broke off there is no line. A bot that starts
    recalls when the last one was `alive`, and of rounds that were `unread` since when.
    """

    at: datetime
    what: What
    about: int = 0
    nth: int = 0
    emoji: str = ""
    state: str = ""
    begun: datetime | None = None
    alive: datetime | None = None
    answers: tuple[tuple[int, int], ...] = ()
    unread: tuple[tuple[int, datetime], ...] = ()


class Minutes:
    """Takes minutes into a file."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._clock = clock

    def note(self, what: What, about: int = 0, **more: object) -> None:
        """Write a line."""
        os.write(self._file, orjson.dumps({"at": self._clock(), "what": what, "about": about, **more}) + b"\n")

    def listen(self, client: discord.Client) -> None:
        """Note what a client hears, before it does anything with it."""
        parsers = client._connection.parsers
        for name in ("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"):
            parsers[name] = self._before(
                parsers[name], lambda data: self.note(What.HEARD, int(data["message_id"]), nth=data["nth"])
            )
        for name in ("MESSAGE_REACTION_REMOVE_ALL", "MESSAGE_REACTION_REMOVE_EMOJI"):
            parsers[name] = self._before(parsers[name], self._cleared)
        parsers["INTERACTION_CREATE"] = self._before(
            parsers["INTERACTION_CREATE"], lambda data: self.note(What.USED, int(data["id"]))
        )
        parsers["READY"] = self._before(parsers["READY"], lambda _: self.note(What.BACK))
        parsers["RESUMED"] = self._before(parsers["RESUMED"], lambda _: self.note(What.RESUMED))
        lost = client.dispatch

        def dispatch(event: str, /, *rest: Any, **more: Any) -> None:  # noqa: ANN401 - discord.py's own
            if event == "disconnect":
                self.note(What.LOST)
            lost(event, *rest, **more)

        client.dispatch = dispatch  # type: ignore[method-assign]

    def _cleared(self, data: Any) -> None:  # noqa: ANN401 - any JSON
        self.note(What.CLEARED, int(data["message_id"]), emoji=data.get("emoji", {}).get("name", ""))

    @staticmethod
    def _before(parse: Callable[[Any], Any], note: Callable[[Any], None]) -> Callable[[Any], Any]:
        def wrapped(data: Any) -> None:  # noqa: ANN401 - any JSON
            note(data)
            parse(data)

        return wrapped

    def watch(self) -> None:
        """Note which posts are read, and what is stored when: answers, and every commit that moves a round."""
        self._watch_recollections()
        self._watch_readings()
        self._watch_answers()
        self._watch_moves()

    def _watch_recollections(self) -> None:
        load = UnderWay.load

        async def noting(
            under_way: UnderWay, *, alive: datetime | None = None, unread: Mapping[int, datetime] = MappingProxyType({})
        ) -> list[Round]:
            self.note(What.RECALLED, alive=alive, unread=list(unread.items()))
            return await load(under_way, alive=alive, unread=unread)

        UnderWay.load = noting  # type: ignore[method-assign,assignment]

    def _watch_readings(self) -> None:
        collect = DiscordPublisher.collect

        async def noting(publisher: DiscordPublisher, asked: Round) -> Snapshot:
            begun = self._clock()
            snapshot = await collect(publisher, asked)
            self.note(What.READ, asked.message_id or 0, begun=begun)
            return snapshot

        DiscordPublisher.collect = noting  # type: ignore[method-assign,assignment]

    def _watch_answers(self) -> None:
        commit = Writing._commit

        async def noting(writing: Writing, batch: Any) -> None:  # noqa: ANN401 - the writer's own
            kept = list(batch.answers)
            self.note(What.STORING, answers=kept)
            await commit(writing, batch)
            self.note(What.STORED, answers=kept)

        Writing._commit = noting  # type: ignore[method-assign,assignment]

    def _watch_moves(self) -> None:
        moves: WeakKeyDictionary[Connection, list[tuple[int, str]]] = WeakKeyDictionary()
        under_way: list[tuple[int, str]] = []
        move, seed, commit = rounds.move, rounds.seeded, DefaultDialect.do_commit

        async def noting(tx: Tx, found: Round, to: RoundState, **values: Any) -> bool:  # noqa: ANN401 - columns
            moved = await move(tx, found, to, **values)
            if moved and tx.sync_connection is not None:
                moves.setdefault(tx.sync_connection, []).append((found.id, str(to)))
            return moved

        async def seeding(tx: Tx, round_id: int) -> None:
            await seed(tx, round_id)
            if tx.sync_connection is not None:
                moves.setdefault(tx.sync_connection, []).append((round_id, "seeded"))

        def committed(dialect: DefaultDialect, dbapi_connection: Any) -> None:  # noqa: ANN401 - a driver's own
            about, under_way[:] = under_way[:], []
            for round_id, state in about:
                self.note(What.MOVING, round_id, state=state)
            commit(dialect, dbapi_connection)  # type: ignore[no-untyped-call]
            for round_id, state in about:
                self.note(What.MOVED, round_id, state=state)

        def forget(connection: Connection) -> None:
            moves.pop(connection, None)

        def begin(connection: Connection) -> None:
            # SQLAlchemy commits right after this, with nothing in between.
            under_way[:] = moves.pop(connection, [])

        sa.event.listen(Engine, "rollback", forget)
        sa.event.listen(Engine, "commit", begin)
        rounds.move, rounds.seeded = noting, seeding
        DefaultDialect.do_commit = committed  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Minutes by what they are about: messages, interactions and rounds; `lives` are the lines about the bots.

    `stored` tells by (round, member) from when on what was heard is in a commit, and when that was done, and `commits`
    tells it of all commits of answers.
    """

    heard: dict[int, list[Line]]
    reads: dict[int, list[Line]]
    used: dict[int, Line]
    moves: dict[int, list[Line]]
    lives: list[Line]
    stored: dict[tuple[int, int], list[tuple[datetime, datetime]]]
    commits: list[tuple[datetime, datetime]]


def read_minutes(file: Path) -> Book:
    """Read the minutes of all bots."""
    book = Book(
        heard=defaultdict(list),
        reads=defaultdict(list),
        used={},
        moves=defaultdict(list),
        lives=[],
        stored=defaultdict(list),
        commits=[],
    )
    begun = datetime.max.replace(tzinfo=UTC)
    for line in _lines(file):
        match line.what:
            case What.HEARD | What.CLEARED:
                book.heard[line.about].append(line)
            case What.READ:
                book.reads[line.about].append(line)
            case What.USED:
                book.used[line.about] = line
            case What.MOVING | What.MOVED:
                book.moves[line.about].append(line)
            case What.STORING:
                begun = line.at
            case What.STORED:
                book.commits.append((begun, line.at))
                for answer in line.answers:
                    book.stored[answer].append((begun, line.at))
            case What.RECALLED:
                book.lives[:] = [
                    replace(each, alive=line.alive) if each.what is What.ENDED and each.alive is None else each
                    for each in book.lives
                ]
                book.lives.append(line)
            case _:
                book.lives.append(line)
    return book


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _lines(file: Path) -> Iterator[Line]:
    # The last line of a bot that was killed may be cut off, though nobody has seen that.
    for text in file.read_bytes().splitlines() if file.exists() else ():
        read = orjson.loads(text)
        answers = tuple((round_id, member) for round_id, member in read.pop("answers", ()))
        at, what = datetime.fromisoformat(read.pop("at")), What(read.pop("what"))
        begun, alive = (_instant(read.pop(name, None)) for name in ("begun", "alive"))
        unread = tuple((round_id, datetime.fromisoformat(since)) for round_id, since in read.pop("unread", ()))
        yield Line(at=at, what=what, answers=answers, begun=begun, alive=alive, unread=unread, **read)
