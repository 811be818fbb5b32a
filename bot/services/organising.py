"""Organising: what organisers do to schedules and rounds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypedDict
from zoneinfo import ZoneInfo

from bot.domain.errors import (
    NameTaken,
    NothingToChange,
    NotSetUp,
    PausedByTrouble,
    TooManySchedules,
    UnknownRound,
    UnknownSchedule,
)
from bot.domain.reading import echo
from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import MAX_SCHEDULES, Pause, Schedule, next_due
from bot.services.library import Library
from bot.services.planning import Planner
from bot.services.ports import Clock
from bot.storage import rounds, schedules
from bot.storage.store import Store, Tx

FIRST_NAME = "Daily question"


class Settings(TypedDict, total=False):
    """What can be changed about a schedule; see `bot.domain.schedule.Schedule` for units."""

    channel_id: int
    weekdays: frozenset[int]
    at: time
    zone: ZoneInfo
    bank: str
    topic: str | None
    per_day: int
    open_for: timedelta
    catch_up: timedelta
    ping_role: int | None
    thread: bool
    silent: bool
    cases: bool


class Changes(Settings, total=False):
    """What `/schedule edit` can change: also the name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `/setup` and `/schedule add` ask for at least."""

    guild_id: int
    member_id: int
    channel_id: int
    at: time
    zone: ZoneInfo
    bank: str


class Organising:
    """Schedules and rounds as organisers handle them. Names are matched without regard to case."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        library: Library,
        planner: Planner,
        rng: Random,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._planner = planner
        self._rng = rng
        self._wake = wake

    async def set_up(self, wish: Wish) -> Schedule:
        """Set the server's zone and make its first schedule, or give that one the channel, time and bank asked for.

        A server's only schedule is its first whatever it is called; of several, the one that has its first name.
        """
        self._library.bank(wish.bank)
        async with self._store.write() as tx:
            await schedules.set_zone(tx, wish.guild_id, wish.zone)
            here = await schedules.of_guild(tx, wish.guild_id)
            named = (each for each in here if each.name.casefold() == FIRST_NAME.casefold())
            first = here[0] if len(here) == 1 else next(named, None)
            if first is None:
                return await self._add(tx, FIRST_NAME, wish, {})
            changed = replace(
                first,
                channel_id=wish.channel_id,
                at=wish.at,
                zone=wish.zone,
                bank=wish.bank,
                topic=first.topic if first.bank == wish.bank else None,
                created_by=wish.member_id,
                paused=None,
                resumes_on=None,
            )
            stored = await self._store_changed(tx, first, changed)
            await rounds.wake(tx, [first.id], now=self._clock())
            return stored

    async def add(self, name: str, wish: Wish, extra: Settings) -> Schedule:
        """Make another schedule.

        Raises:
            NameTaken, TooManySchedules, UnknownBank, UnknownTopic, OnlyCases: nothing was made.
        """
        self._library.topic(self._library.bank(wish.bank), extra.get("topic"), cases=extra.get("cases", False))
        async with self._store.write() as tx:
            if await schedules.zone_of(tx, wish.guild_id) is None:
                await schedules.set_zone(tx, wish.guild_id, wish.zone)
            return await self._add(tx, name, wish, extra)

    async def edit(self, guild_id: int, name: str, changes: Changes) -> Schedule:
        """Change a schedule; its open rounds stay as they are."""
        async with self._store.write() as tx:
            schedule = await self._named(tx, guild_id, name)
            if not changes:
                raise NothingToChange
            changed = replace(schedule, **changes)
            if "bank" in changes and changed.bank != schedule.bank and "topic" not in changes:
                changed = replace(changed, topic=None)
            self._library.topic(self._library.bank(changed.bank), changed.topic, cases=changed.cases)
            return await self._store_changed(tx, schedule, changed)

    async def pause(self, guild_id: int, name: str, *, until: date | None = None) -> Schedule:
        """Stop a schedule, for good or until a local date; its open rounds still close and are revealed."""
        async with self._store.write() as tx:
            schedule = await self._named(tx, guild_id, name)
            paused = replace(schedule, paused=Pause.ORGANISER, resumes_on=until)
            return await self._store_changed(tx, schedule, paused)

    async def resume(self, guild_id: int, name: str) -> Schedule:
        """Let a schedule run again, and do what its pause held up."""
        async with self._store.write() as tx:
            schedule = await self._named(tx, guild_id, name)
            resumed = await self._store_changed(tx, schedule, replace(schedule, paused=None, resumes_on=None))
            await rounds.wake(tx, [schedule.id], now=self._clock())
            return resumed

    async def remove(self, guild_id: int, name: str) -> Schedule:
        """Take a schedule out of use; its rounds and scores stay, and its open rounds still close."""
        async with self._store.write() as tx:
            schedule = await self._named(tx, guild_id, name)
            await schedules.remove(tx, schedule.id, now=self._clock())
            return schedule

    async def restore(self, guild_id: int, schedule_id: int) -> Schedule:
        """Undo a removal."""
        async with self._store.write() as tx:
            schedule = await schedules.by_id(tx, schedule_id)
            if schedule.guild_id != guild_id:
                raise UnknownSchedule(name="that")
            if not await schedules.is_removed(tx, schedule.id):
                return schedule
            await self._refuse_one_too_many(tx, guild_id)
            running = replace(schedule, next_run=self._next_run(schedule))
            if not await schedules.restore(tx, schedule.id, next_run=running.next_run):
                raise NameTaken(name=echo(schedule.name))
            self._wake()
            return running

    async def zone_of(self, guild_id: int) -> ZoneInfo | None:
        """Give the zone of a server's days, `None` before it was set up."""
        async with self._store.read() as tx:
            return await schedules.zone_of(tx, guild_id)

    async def schedules_of(self, guild_id: int) -> list[Schedule]:
        """List a server's schedules by name."""
        async with self._store.read() as tx:
            return await schedules.of_guild(tx, guild_id)

    async def find(self, guild_id: int, which: str | int | None) -> Schedule:
        """Give the schedule of that name or id; without either the first one.

        Raises:
            NotSetUp, UnknownSchedule: there is none.
        """
        async with self._store.read() as tx:
            return await self._named(tx, guild_id, which)

    async def post_now(
        self, guild_id: int, which: str | int | None, *, count: int = 1, open_for: timedelta | None = None
    ) -> list[Round]:
        """Claim the next rounds of today; they are posted at the next tick.

        Raises:
            NotSetUp, UnknownSchedule, PausedByTrouble, BankExhausted: nothing will be posted.
        """
        schedule = await self.find(guild_id, which)
        if (trouble := _trouble(schedule)) is not None:
            raise PausedByTrouble(name=echo(schedule.name), why=trouble)
        planned = await self._planner.plan_now(schedule, count=count, now=self._clock(), open_for=open_for)
        self._wake()
        return planned

    async def preview(self, guild_id: int, which: str | int | None) -> Round:
        """Give the round that would be asked next, without asking it."""
        return await self._planner.preview(await self.find(guild_id, which), now=self._clock())

    async def open_rounds(self, guild_id: int) -> list[Round]:
        """List the open rounds of a server's schedules, oldest first."""
        async with self._store.read() as tx:
            return await _open_of_schedules(tx, guild_id)

    async def close_now(self, guild_id: int, round_id: int | None) -> Round:
        """Let an open round close at the next tick: the one named, or the oldest; raises `UnknownRound`."""
        now = self._clock()
        async with self._store.write() as tx:
            open_here = await _open_of_schedules(tx, guild_id)
            wanted = [each for each in open_here if round_id in (None, each.id)]
            if not wanted:
                raise UnknownRound
            await rounds.note(tx, wanted[0].id, closes_at=min(now, wanted[0].closes_at), step_at=now)
        self._wake()
        return wanted[0]

    async def of_channel(self, channel_id: int) -> list[Schedule]:
        """List the schedules that post into a channel."""
        async with self._store.read() as tx:
            return await schedules.of_channel(tx, channel_id)

    async def _add(self, tx: Tx, name: str, wish: Wish, extra: Settings) -> Schedule:
        await self._refuse_one_too_many(tx, wish.guild_id)
        schedule = Schedule(
            id=0,
            guild_id=wish.guild_id,
            name=name,
            channel_id=wish.channel_id,
            created_by=wish.member_id,
            at=wish.at,
            zone=wish.zone,
            bank=wish.bank,
            seed=self._rng.getrandbits(31),
        )
        schedule = replace(schedule, **extra)
        made = await schedules.add(tx, replace(schedule, next_run=self._next_run(schedule)))
        if made is None:
            raise NameTaken(name=echo(name))
        self._wake()
        return made

    async def _refuse_one_too_many(self, tx: Tx, guild_id: int) -> None:
        if len(await schedules.of_guild(tx, guild_id)) >= MAX_SCHEDULES:
            raise TooManySchedules(limit=MAX_SCHEDULES)

    async def _store_changed(self, tx: Tx, before: Schedule, changed: Schedule) -> Schedule:
        # A run that is due this moment, and that the next tick would do, survives a change of anything but its time.
        if _timing(before) != _timing(changed):
            changed = replace(changed, next_run=self._next_run(changed))
        if not await schedules.change(tx, changed):
            raise NameTaken(name=echo(changed.name))
        if changed.channel_id != before.channel_id:
            await rounds.relocate(tx, changed.id, changed.channel_id)
        self._wake()
        return changed

    def _next_run(self, schedule: Schedule) -> datetime | None:
        if schedule.paused is not None and schedule.resumes_on is None:
            return None
        return next_due(schedule, self._clock())

    async def _named(self, tx: Tx, guild_id: int, which: str | int | None) -> Schedule:
        here = await schedules.of_guild(tx, guild_id)
        if not here:
            raise NotSetUp
        for schedule in here:
            if _is_named(schedule, which):
                return schedule
        raise UnknownSchedule(name=echo(str(which)))


async def _open_of_schedules(tx: Tx, guild_id: int) -> list[Round]:
    """List a server's open rounds, but those of quizzes, which have hosts of their own."""
    found = await rounds.in_states(tx, (RoundState.OPEN,), guild_id=guild_id)
    return [each for each in found if each.quiz_id is None]


def _is_named(schedule: Schedule, which: str | int | None) -> bool:
    if isinstance(which, str):
        return schedule.name.casefold() == which.strip().casefold()
    return which in (None, schedule.id)


def _trouble(schedule: Schedule) -> str | None:
    match schedule.paused:
        case Pause.FORBIDDEN:
            return "I may no longer post in its channel"
        case Pause.CHANNEL_GONE:
            return "its channel was deleted"
        case Pause.BANK_GONE:
            return "its bank is no longer installed"
        case Pause.ORGANISER | None:
            return None


def _timing(schedule: Schedule) -> tuple[object, ...]:
    return schedule.at, schedule.zone.key, schedule.weekdays, schedule.paused, schedule.resumes_on
