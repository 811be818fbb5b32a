"""All services on one database file, with a chat in memory; they can be killed and started again."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.domain.bank import Bank
from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import Schedule
from bot.services.announcing import Announcer
from bot.services.answering import Answering
from bot.services.conducting import Conductor
from bot.services.correcting import Correcting
from bot.services.daily import Daily
from bot.services.drills import Drills
from bot.services.examining import Examining
from bot.services.library import Library, Shelf
from bot.services.organising import Organising
from bot.services.planning import Planner
from bot.services.practising import Practising
from bot.services.profiles import Profiles
from bot.services.quizzing import Quizzing
from bot.services.recalling import Recalling
from bot.services.reporting import Reporting
from bot.services.reviewing import Reviewing
from bot.services.sittings import Sittings
from bot.services.standings import Standings
from bot.services.stepping import Stepper
from bot.storage import rounds, schedules
from bot.storage.store import Store, open_store
from tests.builders import NOW, make_bank, make_item, make_schedule
from tests.conftest import url_of
from tests.fakes import Clock, FakePublisher

ITEMS = 12
MINUTE = timedelta(minutes=1)


def sample_bank(items: int = ITEMS) -> Bank:
    """A bank of single-select items on one trap."""
    return make_bank(make_item(f"1.1-{number:03}", traps={"B": "door-as-lock"}) for number in range(items))


class Killed(BaseException):
    """Ends whatever runs, as a kill would: no `except Exception` holds it up."""


@dataclass(slots=True)
class House:
    """One process. The clock, the chat and the file outlive it."""

    file: Path
    clock: Clock
    publisher: FakePublisher
    banks: tuple[Bank, ...]
    store: Store = field(init=False)
    library: Library = field(init=False)
    answering: Answering = field(init=False)
    announcer: Announcer = field(init=False)
    planner: Planner = field(init=False)
    conductor: Conductor = field(init=False)
    stepper: Stepper = field(init=False)
    quizzing: Quizzing = field(init=False)
    daily: Daily = field(init=False)
    organising: Organising = field(init=False)
    recalling: Recalling = field(init=False)
    drills: Drills = field(init=False)
    sittings: Sittings = field(init=False)
    practising: Practising = field(init=False)
    reviewing: Reviewing = field(init=False)
    examining: Examining = field(init=False)
    reporting: Reporting = field(init=False)
    correcting: Correcting = field(init=False)
    standings: Standings = field(init=False)
    profiles: Profiles = field(init=False)
    beats: list[int] = field(default_factory=list)

    async def open(self) -> "House":
        """Start as `app.py` does, up to the loop."""
        clock, publisher = self.clock, self.publisher
        self.store = store = await open_store(url_of(self.file), now=clock())
        self.library = Library(Shelf(bank=bank, folder=self.file.parent) for bank in self.banks)
        self.answering = Answering(store, clock)
        self.announcer = Announcer(store, clock, publisher)
        self.planner = Planner(store, self.library)
        self.conductor = Conductor(
            store,
            clock,
            publisher,
            questions=publisher,
            answering=self.answering,
            library=self.library,
            announcer=self.announcer,
        )
        self.stepper = Stepper(
            store,
            clock,
            publisher,
            answering=self.answering,
            library=self.library,
            announcer=self.announcer,
            conductor=self.conductor,
        )
        self.daily = Daily(
            store,
            clock,
            answering=self.answering,
            planner=self.planner,
            stepper=self.stepper,
            conductor=self.conductor,
            longest_nap=timedelta(milliseconds=20),
            beat=lambda: self.beats.append(1),
        )
        store.tell_of_trouble(self.daily.wake)
        self.organising = Organising(
            store, clock, library=self.library, planner=self.planner, rng=Random(7), wake=self.daily.wake
        )
        self.quizzing = Quizzing(store, clock, library=self.library, rng=Random(7), wake=self.daily.wake)
        self.recalling = Recalling(store, self.answering)
        self.drills = Drills(store, clock, library=self.library, rng=Random(7))
        self.sittings = Sittings(store, clock, library=self.library)
        self.reporting = Reporting(store, clock, library=self.library, announcer=self.announcer)
        self.correcting = Correcting(store, publisher, library=self.library)
        self.standings = Standings(store, clock)
        self.profiles = Profiles(store, clock, library=self.library)
        self.practising = Practising(
            store, clock, library=self.library, profiles=self.profiles, sittings=self.sittings, rng=Random(7)
        )
        self.reviewing = Reviewing(store, clock, library=self.library, sittings=self.sittings)
        self.examining = Examining(store, clock, library=self.library, sittings=self.sittings, rng=Random(7))
        await self.daily.begin()
        return self

    async def close(self) -> None:
        """Go without finishing anything: everything in memory is lost."""
        await self.store.close()

    async def restart(self) -> None:
        """Be killed and started again."""
        await self.close()
        await self.open()

    async def second(self) -> "House":
        """Start another process on the same file, chat and clock; whoever asks for it closes it."""
        return await House(file=self.file, clock=self.clock, publisher=self.publisher, banks=self.banks).open()

    async def work(self, ticks: int = 3) -> None:
        """Tick until what is due now is done."""
        for _ in range(ticks):
            await self.daily.tick()
            await self.daily.idle()

    async def schedule(self, **changes: Any) -> Schedule:  # noqa: ANN401 - any field of a schedule
        """Store a daily schedule; due for the first time on the next morning unless said otherwise."""
        wanted = replace(make_schedule(), next_run=NOW + timedelta(hours=22, minutes=30))
        async with self.store.write() as tx:
            made = await schedules.add(tx, replace(wanted, id=0, **changes))
        assert made is not None
        return made

    async def schedule_now(self, schedule_id: int = 1) -> Schedule:
        """Give a schedule as it is stored."""
        async with self.store.read() as tx:
            return await schedules.by_id(tx, schedule_id)

    async def planned(self, guild_id: int = 100, **options: Any) -> Round:  # noqa: ANN401 - options of /round post
        """Plan a round by `/round post`."""
        return (await self.organising.post_now(guild_id, None, **options))[0]

    async def posted(self, guild_id: int = 100, **options: Any) -> Round:  # noqa: ANN401 - options of /round post
        """Plan a round by `/round post`, and post it."""
        planned = await self.planned(guild_id, **options)
        await self.work(1)
        found = await self.round(planned.id)
        assert found.state is RoundState.OPEN
        return found

    async def round(self, round_id: int = 1) -> Round:
        """Give a round as it is stored."""
        async with self.store.read() as tx:
            found = await rounds.by_id(tx, round_id)
        assert found is not None
        return found

    async def states(self) -> list[str]:
        """Give the states of all rounds, oldest first."""
        async with self.store.read() as tx:
            return [str(each.state) for each in await rounds.in_states(tx, tuple(RoundState))]

    async def tap(self, asked: Round, member_id: int, letters: str) -> None:
        """Tap letters one after the other, in the chat and as the bot hears it."""
        assert asked.message_id is not None
        for letter in letters:
            held = self.publisher.marks[asked.message_id].get(member_id, "")
            self.publisher.marks[asked.message_id][member_id] = held + letter
            await self.answering.tap(asked.message_id, member_id, letter, name=f"Member {member_id}")

    def unheard(self, asked: Round, member_id: int, letters: str) -> None:
        """Let a member hold just these letters in the chat, without the bot hearing of it."""
        self.publisher.marks[asked.message_id or 0][member_id] = letters

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the file itself, on a connection of one's own."""
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query, values).fetchall()

    def stored(self, asked: Round) -> dict[int, str]:
        """Give what is committed of a round's answers, by member."""
        return dict(self.rows("SELECT member_id, choice FROM answers WHERE round_id = ?", asked.id))

    def notices(self) -> list[str]:
        """Give every sentence for organisers, shown or not, oldest first."""
        return [row[0] for row in self.rows("SELECT text FROM notices ORDER BY id")]

    def results(self) -> list[tuple[Any, ...]]:
        """Give every result as (round, member, units, ranked)."""
        return self.rows("SELECT round_id, member_id, units, ranked FROM results ORDER BY round_id, member_id")


def right(asked: Round) -> str:
    """Give a single-select round's right letter."""
    (letter,) = asked.posed.key
    return letter


def wrong(asked: Round) -> str:
    """Give the letters of a round that are not right, the one with the trap first."""
    trapped = [letter for letter, option in asked.posed.options if option.trap is not None]
    others = [letter for letter, option in asked.posed.options if option.trap is None and not option.correct]
    return "".join(trapped + others)


def times(names: Iterable[str], name: str) -> int:
    """Count a name."""
    return sum(each == name for each in names)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for five seconds at most."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nobody signals it
            await asyncio.sleep(0.005)


@contextmanager
def refused_commits(house: House) -> Iterator[None]:
    """Let every transaction go well up to its commit, for which the disk has no room."""

    def refuse(_: object) -> None:
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError("COMMIT", None, full)

    engine = house.store._engine.sync_engine
    sa.event.listen(engine, "commit", refuse)
    try:
        yield
    finally:
        sa.event.remove(engine, "commit", refuse)
