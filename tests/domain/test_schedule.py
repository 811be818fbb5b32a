"""Schedules: when they are due next, and what is made of instants that were missed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import Pause, Schedule, catch_up, coming, due_after, instant, next_due, plain_name
from tests.builders import NOW, make_schedule
from tests.domain.test_instants import times, zones

APIA = ZoneInfo("Pacific/Apia")
LIMIT = timedelta(hours=3)

moments = st.datetimes(datetime(2005, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(timedelta(0), timedelta(days=40))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """A schedule on any weekdays, at any minute, in any zone, due at its next instant after some moment."""
    schedule = make_schedule(
        weekdays=draw(st.sets(st.integers(0, 6), min_size=1)),
        at=draw(times),
        zone=draw(zones),
        catch_up=draw(st.timedeltas(timedelta(minutes=1), timedelta(days=7))),
    )
    return replace(schedule, next_run=next_due(schedule, draw(moments)))


def _due(schedule: Schedule) -> datetime:
    assert schedule.next_run is not None
    return schedule.next_run


def test_a_schedule_is_due_at_its_local_time_on_its_days() -> None:
    """Mondays and Thursdays at half past eight in Prague, whatever the season."""
    schedule = make_schedule(weekdays={0, 3}, at=time(8, 30))
    found = [due.isoformat() for due in coming(schedule, datetime(2026, 3, 23, 7, 30, tzinfo=UTC), 3)]
    assert found == ["2026-03-26T07:30:00+00:00", "2026-03-30T06:30:00+00:00", "2026-04-02T06:30:00+00:00"]


def test_an_instant_that_has_come_is_not_coming() -> None:
    """Due means strictly after the moment asked about."""
    schedule = make_schedule()
    due = next_due(schedule, NOW)
    assert next_due(schedule, due) == due + timedelta(days=1)
    assert next_due(schedule, due - timedelta(microseconds=1)) == due


def test_a_paused_schedule_comes_back_on_its_date() -> None:
    """Paused until a date, it is due on that date at the earliest, and on one of its weekdays."""
    schedule = replace(make_schedule(), paused=Pause.ORGANISER, resumes_on=date(2026, 12, 1))
    assert next_due(schedule, NOW) == datetime(2026, 12, 1, 7, 30, tzinfo=UTC)
    assert next_due(replace(schedule, weekdays=frozenset({0})), NOW) == datetime(2026, 12, 7, 7, 30, tzinfo=UTC)
    assert next_due(schedule, datetime(2026, 12, 24, 7, 30, tzinfo=UTC)) == datetime(2026, 12, 25, 7, 30, tzinfo=UTC)


def test_a_local_date_is_that_of_the_zone() -> None:
    """Late in the evening in UTC it is tomorrow in the east and still today in the west."""
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert make_schedule().local_date(late) == date(2026, 11, 24)
    assert make_schedule(zone=ZoneInfo("America/New_York")).local_date(late) == date(2026, 11, 23)


@given(schedule=schedules(), moment=moments)
def test_due_instants_only_grow(schedule: Schedule, moment: datetime) -> None:
    """Every instant is later than the moment and than the one before."""
    found = [moment, *islice(due_after(schedule, moment), 12)]
    assert all(earlier < later for earlier, later in pairwise(found))


@given(schedule=schedules(), moment=moments)
def test_due_instants_are_those_of_the_weekdays(schedule: Schedule, moment: datetime) -> None:
    """Each is the schedule's time on one of its weekdays; no such day is left out."""
    found = coming(schedule, moment, 8)
    first, last = schedule.local_date(moment), schedule.local_date(found[-1])
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    meant = {instant(day, schedule.at, schedule.zone) for day in dates if day.weekday() in schedule.weekdays}
    assert found == sorted(due for due in meant if moment < due <= found[-1])


def test_a_gap_over_midnight_moves_an_instant_into_the_next_day() -> None:
    """Half past eleven on a Saturday that ends at eleven is midnight: the weekday asked for is the calendar's."""
    schedule = make_schedule(weekdays={5}, at=time(23, 30), zone=ZoneInfo("America/Nuuk"))
    due = next_due(schedule, datetime(2026, 3, 27, tzinfo=UTC))
    assert due.astimezone(schedule.zone).isoformat() == "2026-03-29T00:00:00-01:00"


def test_a_day_that_was_skipped_is_asked_about_at_its_end() -> None:
    """Apia had no 30 December 2011: its instant is the first of the 31st, which keeps its own."""
    found = coming(make_schedule(at=time(8, 30), zone=APIA), datetime(2011, 12, 29, 18, 30, tzinfo=UTC), 3)
    local = [due.astimezone(APIA).strftime("%d %H:%M") for due in found]
    assert local == ["31 00:00", "31 08:30", "01 08:30"]


def test_two_days_that_begin_at_one_instant_are_asked_about_once() -> None:
    """At midnight the skipped day and the one after it are due together, so there is one question."""
    found = coming(make_schedule(at=time(0), zone=APIA), datetime(2011, 12, 29, 10, tzinfo=UTC), 3)
    assert [due.astimezone(APIA).strftime("%d %H:%M") for due in found] == ["31 00:00", "01 00:00", "02 00:00"]


@given(schedule=schedules(), moment=moments, count=st.integers(0, 10))
def test_what_is_coming_is_what_would_be_asked(schedule: Schedule, moment: datetime, count: int) -> None:
    """The list an organiser sees is the chain of next runs, as long as was asked for."""
    expected = []
    at = moment
    for _ in range(count):
        at = next_due(schedule, at)
        expected.append(at)
    assert coming(schedule, moment, count) == expected


@pytest.mark.parametrize(
    ("late", "runs"),
    [("0:00", True), ("0:01", True), ("2:59", True), ("3:00", True), ("3:01", False), ("20:00", False)],
)
def test_a_missed_instant_is_caught_up_within_the_limit(late: str, runs: bool) -> None:
    """Up to three hours late the question is still asked, after that it is skipped until the next day."""
    hours, _, minutes = late.partition(":")
    due = next_due(make_schedule(), NOW)
    schedule = make_schedule(next_run=due, catch_up=LIMIT)
    caught = catch_up(schedule, due + timedelta(hours=int(hours), minutes=int(minutes)))
    assert caught.run == (due if runs else None)
    assert caught.skipped == (() if runs else (due,))
    assert caught.next_run == due + timedelta(days=1)


def test_an_outage_of_days_is_caught_up_once() -> None:
    """Of five missed mornings only the last may still be asked; the others are skipped and named."""
    due = next_due(make_schedule(), NOW)
    schedule = make_schedule(next_run=due, catch_up=LIMIT)
    mornings = [due + timedelta(days=n) for n in range(6)]
    caught = catch_up(schedule, mornings[4] + timedelta(hours=1))
    assert (caught.run, caught.skipped, caught.next_run) == (mornings[4], tuple(mornings[:4]), mornings[5])
    caught = catch_up(schedule, mornings[4] + timedelta(hours=4))
    assert (caught.run, caught.skipped, caught.next_run) == (None, tuple(mornings[:5]), mornings[5])


@given(schedule=schedules(), late=spans)
def test_catching_up_never_floods(schedule: Schedule, late: timedelta) -> None:
    """At most one run, the latest that was missed and none older than the limit; every other one is skipped."""
    moment = _due(schedule) + late
    caught = catch_up(schedule, moment)
    missed = [*caught.skipped, *([caught.run] if caught.run is not None else [])]
    assert missed[0] == _due(schedule)
    assert caught.next_run > moment
    assert [*missed, caught.next_run] == [_due(schedule), *coming(schedule, _due(schedule), len(missed))]
    assert (caught.run is not None) == (moment - missed[-1] <= schedule.catch_up)


@given(schedule=schedules(), late=spans, further=spans)
def test_what_was_caught_up_is_never_due_again(schedule: Schedule, late: timedelta, further: timedelta) -> None:
    """After a catch-up the schedule goes on from its next run: no instant is asked or skipped twice."""
    moment = _due(schedule) + late
    caught = catch_up(schedule, moment)
    following = replace(schedule, next_run=caught.next_run)
    again = catch_up(following, max(moment + further, caught.next_run))
    first = {*caught.skipped, caught.run} - {None}
    assert not first & {*again.skipped, again.run}


def test_a_pause_that_ends_is_not_an_outage() -> None:
    """The days of the pause are neither asked nor skipped."""
    paused = replace(make_schedule(), paused=Pause.ORGANISER, resumes_on=date(2026, 12, 24))
    schedule = replace(paused, next_run=next_due(paused, NOW))
    caught = catch_up(schedule, _due(schedule) + timedelta(minutes=1))
    assert (caught.run, caught.skipped) == (_due(schedule), ())


def test_a_schedule_that_never_runs_has_nothing_to_catch_up() -> None:
    """Asking for it is a fault of ours, and says so."""
    with pytest.raises(ValueError, match="never due"):
        catch_up(make_schedule(), NOW)


def test_a_year_of_outage_is_caught_up_in_no_time() -> None:
    """Every day of a year is skipped by name in less than a tenth of a second."""
    due = next_due(make_schedule(), NOW)
    began = process_time()
    caught = catch_up(make_schedule(next_run=due), due + timedelta(days=365, hours=12))
    assert process_time() - began < 0.1
    assert len(caught.skipped) == 366


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Daily question", "Daily question"),
        ("**Day** one/two", "Day one two"),
        ("[x](https://a.example) <@&5> #general `|~_\\", "x https a.example &5 general"),
        ("Line\nbreak", "Line break"),
        ("***", "A schedule"),
    ],
)
def test_a_plain_name_formats_nothing(name: str, plain: str) -> None:
    """A name in a sentence is words only: nothing in it is a link, a mention or markup."""
    assert plain_name(name) == plain
