"""Schedules: when, where and from what a server is asked; and the instants that follow from it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

MAX_PER_DAY = 5
MAX_SCHEDULES = 25
DEFAULT_OPEN_FOR = timedelta(hours=23)
DEFAULT_CATCH_UP = timedelta(hours=3)
EVERY_DAY = frozenset(range(7))


_MARKUP = re.compile(r"[\[\]()*_~`|<>@#:/\\\s]+")
"""What Discord makes links, mentions or formatting of, and any white space."""


class Pause(StrEnum):
    """Why a schedule does not run."""

    ORGANISER = "organiser"
    FORBIDDEN = "forbidden"
    CHANNEL_GONE = "channel-gone"
    BANK_GONE = "bank-gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One schedule of a server.

    `weekdays` are 0 (Monday) to 6; `at` is local time in `zone`; `topic` narrows the bank to a lesson or an objective.
    `cases` lets generated cases be asked among its items.
    `next_run` is the next instant that is due, `None` while paused without a date to resume.
    """

    id: int
    guild_id: int
    name: str
    channel_id: int
    created_by: int
    weekdays: frozenset[int] = EVERY_DAY
    at: time
    zone: ZoneInfo
    bank: str
    topic: str | None = None
    per_day: int = 1
    open_for: timedelta = DEFAULT_OPEN_FOR
    catch_up: timedelta = DEFAULT_CATCH_UP
    ping_role: int | None = None
    thread: bool = False
    silent: bool = False
    cases: bool = False
    paused: Pause | None = None
    resumes_on: date | None = None
    next_run: datetime | None = None
    seed: int = 0

    def local_date(self, instant: datetime) -> date:
        """Give the date of an instant where this schedule lives."""
        return instant.astimezone(self.zone).date()


def plain_name(name: str) -> str:
    """Give a schedule's name as words that mean nothing else in a message."""
    return _MARKUP.sub(" ", name).strip() or "A schedule"


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Turn a local date and time into the UTC instant at which it is due.

    A time that does not exist moves forward to the next that does; a time that happens twice is the first
    (`fold=0`, PEP 495).
    """
    local = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    earlier = local.astimezone(UTC)
    if earlier.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return earlier
    # In a gap `fold=0` uses the offset before it and lands after it by as much as the gap was entered: the end
    # of the gap is the moment at which the offset changes.
    low, high = local.replace(fold=1).astimezone(UTC), earlier
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)


def due_after(schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    """Yield the instants strictly after `moment` at which the schedule is due, for ever, each later than the last.

    A weekday means the day that the calendar names: where the clocks leap over midnight, or over a whole day, the
    instant moves into the next day; should that day begin with an instant of its own, the two are one.
    """
    latest = moment
    day = schedule.local_date(moment) - timedelta(days=1)
    if schedule.resumes_on is not None:
        day = max(day, schedule.resumes_on - timedelta(days=1))
    while True:
        day += timedelta(days=1)
        if day.weekday() in schedule.weekdays:
            due = instant(day, schedule.at, schedule.zone)
            if due > latest:
                latest = due
                yield due


def next_due(schedule: Schedule, moment: datetime) -> datetime:
    """Give the first instant after `moment` at which the schedule is due."""
    return next(due_after(schedule, moment))


def coming(schedule: Schedule, moment: datetime, count: int) -> list[datetime]:
    """List the next `count` instants after `moment`."""
    return list(islice(due_after(schedule, moment), count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Catching:
    """What to do about a schedule whose instant has come: the latest due instant, and the ones missed before it."""

    run: datetime | None
    skipped: tuple[datetime, ...]
    next_run: datetime


def catch_up(schedule: Schedule, moment: datetime) -> Catching:
    """Decide which of the instants since `schedule.next_run` still counts at `moment`.

    Only the latest one may, and only within the schedule's catch-up limit: never two posts for one outage.
    """
    if schedule.next_run is None:
        message = "a schedule without a next run is never due"
        raise ValueError(message)
    missed = [schedule.next_run]
    for due in due_after(schedule, schedule.next_run):
        if due > moment:
            return _caught(schedule, moment, missed, due)
        missed.append(due)
    raise AssertionError  # pragma: no cover - `due_after` never ends


def _caught(schedule: Schedule, moment: datetime, missed: list[datetime], following: datetime) -> Catching:
    latest = missed[-1]
    if moment - latest <= schedule.catch_up:
        return Catching(run=latest, skipped=tuple(missed[:-1]), next_run=following)
    return Catching(run=None, skipped=tuple(missed), next_run=following)
