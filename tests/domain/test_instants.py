"""Instants: which moment a local time means where clocks are put forward and back."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import instant

ZONES = (
    "Europe/Prague",  # 02:00 to 03:00
    "America/New_York",
    "Australia/Lord_Howe",  # by thirty minutes
    "America/Santiago",  # at midnight
    "Africa/Cairo",  # at midnight
    "Asia/Beirut",  # at midnight
    "America/Nuuk",  # before midnight, into the next day
    "America/St_Johns",  # until 2011 at one past midnight, back into the day before
    "Antarctica/Troll",  # by two hours
    "Africa/Casablanca",  # around Ramadan
    "Pacific/Apia",  # without 30 December 2011
    "Asia/Kathmandu",
    "UTC",
)
days = st.dates(date(2005, 1, 1), date(2045, 12, 31))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
zones = st.sampled_from(ZONES).map(ZoneInfo)


def _changes(zone: ZoneInfo) -> list[date]:
    """The days, in some years, before which a zone's offset changed."""
    first = [datetime(year, 1, 1, 12, tzinfo=UTC) for year in (2008, 2011, 2026)]
    noons = [noon + timedelta(days=n) for noon in first for n in range(365)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    return [noon.date() for noon, (before, after) in zip(noons[1:], pairwise(offsets), strict=True) if before != after]


CHANGES = {name: _changes(ZoneInfo(name)) for name in ZONES}


@st.composite
def changing_days(draw: st.DrawFn) -> tuple[date, ZoneInfo]:
    """A day on or beside one on which the clocks of a zone change."""
    name = draw(st.sampled_from([name for name, found in CHANGES.items() if found]))
    day = draw(st.sampled_from(CHANGES[name])) + timedelta(days=draw(st.integers(-1, 1)))
    return day, ZoneInfo(name)


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _by_trying(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first minute at which a clock on the wall shows the wanted time, or one that is later."""
    wanted = datetime.combine(day, at)
    moment = wanted.replace(tzinfo=UTC) - timedelta(hours=15)
    while _wall(moment, zone) < wanted:
        moment += timedelta(minutes=1)
    return moment


@pytest.mark.parametrize(
    ("zone", "day", "at", "meant"),
    [
        ("Europe/Prague", date(2026, 11, 23), time(8, 30), "2026-11-23T07:30"),
        ("Europe/Prague", date(2026, 3, 29), time(1, 59), "2026-03-29T00:59"),
        ("Europe/Prague", date(2026, 3, 29), time(2, 0), "2026-03-29T01:00"),
        ("Europe/Prague", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),
        ("Europe/Prague", date(2026, 3, 29), time(2, 59), "2026-03-29T01:00"),
        ("Europe/Prague", date(2026, 3, 29), time(3, 0), "2026-03-29T01:00"),
        ("Europe/Prague", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        ("Europe/Prague", date(2026, 10, 25), time(3, 0), "2026-10-25T02:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "2026-10-03T15:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 30), "2026-10-03T15:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
        ("America/Santiago", date(2026, 9, 6), time(0, 30), "2026-09-06T04:00"),
        ("America/Santiago", date(2026, 4, 4), time(23, 30), "2026-04-05T02:30"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 0), "2026-04-23T22:00"),
        ("Asia/Beirut", date(2026, 3, 29), time(0, 15), "2026-03-28T22:00"),
        ("America/Nuuk", date(2026, 3, 28), time(23, 30), "2026-03-29T01:00"),
        ("Pacific/Apia", date(2011, 12, 29), time(23, 59), "2011-12-30T09:59"),
        ("Pacific/Apia", date(2011, 12, 30), time(8, 30), "2011-12-30T10:00"),
        ("Pacific/Apia", date(2011, 12, 31), time(0, 0), "2011-12-30T10:00"),
    ],
)
def test_instants_by_table(zone: str, day: date, at: time, meant: str) -> None:
    """A time that does not exist moves forward to the next that does; one that happens twice is the first."""
    assert instant(day, at, ZoneInfo(zone)) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@given(where=changing_days(), at=times)
def test_on_days_of_change_an_instant_is_what_a_wall_clock_shows_first(where: tuple[date, ZoneInfo], at: time) -> None:
    """Whatever the zone does, the instant is the first at which its clocks show the time, or have leapt over it."""
    day, zone = where
    assert instant(day, at, zone) == _by_trying(day, at, zone)


@given(day=days, at=times, zone=zones)
def test_an_instant_is_in_utc_and_to_the_minute(day: date, at: time, zone: ZoneInfo) -> None:
    """What is stored is an aware UTC instant without odd seconds."""
    due = instant(day, at, zone)
    assert due.tzinfo is UTC
    assert (due.second, due.microsecond) == (0, 0)


@given(day=days, at=times, zone=zones)
def test_a_wall_clock_shows_the_time_asked_for_or_a_later_one(day: date, at: time, zone: ZoneInfo) -> None:
    """An instant never comes too early; where it is not the time itself, a minute before it was not there yet."""
    wanted, due = datetime.combine(day, at), instant(day, at, zone)
    assert _wall(due, zone) >= wanted
    assert _wall(due - timedelta(minutes=1), zone) < wanted


@given(where=changing_days(), first=times, second=times)
def test_later_times_are_never_earlier_instants(where: tuple[date, ZoneInfo], first: time, second: time) -> None:
    """On one day the order of the times is the order of the instants; inside one gap they meet."""
    day, zone = where
    early, late = sorted((first, second))
    assert instant(day, early, zone) <= instant(day, late, zone)
