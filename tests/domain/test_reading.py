"""Reading what organisers type: times, dates, weekdays, lengths of time and zones."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import combinations
from time import process_time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import (
    DistantDate,
    PastDate,
    TrapwiseError,
    UnknownZone,
    UnreadableDate,
    UnreadableDuration,
    UnreadableTime,
    UnreadableWeekdays,
)
from bot.domain.reading import (
    read_coming_date,
    read_duration,
    read_time,
    read_weekdays,
    read_zone,
    suggest_zones,
    write_weekdays,
)

TODAY = date(2026, 11, 23)
LONG = "x" * 4000
NOTHING = ("", " ", "\n", "\u200b", "```")

READERS: dict[str, tuple[Callable[[str], object], type[TrapwiseError]]] = {
    "time": (read_time, UnreadableTime),
    "duration": (read_duration, UnreadableDuration),
    "zone": (read_zone, UnknownZone),
    "weekdays": (read_weekdays, UnreadableWeekdays),
    "date": (lambda text: read_coming_date(text, TODAY), UnreadableDate),
}

# What people type, and pieces of it in every mixture, are likelier to be taken for something than noise is.
pieces = st.sampled_from(
    ["mon", "fri", "daily", "Europe/", "Prague", "08:30", "24", ":", "-", ",", ".", " ", "2h", "30m", "9d", "2027-01"]
)
typed = st.one_of(
    st.text(max_size=60),
    st.lists(pieces, max_size=8).map("".join),
    st.text("0123456789:.hmd-/ ,`\n\u202e\u0660\uff10@everyone", max_size=12),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("08:30", time(8, 30)),
        ("8:30", time(8, 30)),
        ("17.00", time(17)),
        (" 00:00 ", time(0)),
        ("23:59", time(23, 59)),
        ("٠٨:٣٠", time(8, 30)),
    ],
)
def test_times_are_read(text: str, meant: time) -> None:
    """Hours and minutes, with a colon or a full stop, in the digits of any script."""
    assert read_time(text) == meant


@pytest.mark.parametrize(
    "text", ["25:00", "24:00", "8:5", "8", "08:60", "8:300", "008:30", "8h30", "8:30pm", "-1:00", "²:30", "noon", LONG]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """A time that the clock does not show, or that could be meant otherwise, is not guessed at."""
    with pytest.raises(UnreadableTime, match="is no time of day I can read"):
        read_time(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("1m", 1),
        ("23h", 23 * 60),
        ("2h30m", 150),
        (" 2H 30M ", 150),
        ("2 h 30 m", 150),
        ("90m", 90),
        ("2d", 2880),
        ("7d", 10080),
        ("168h", 10080),
        ("1d12h", 2160),
    ],
)
def test_lengths_of_time_are_read(text: str, minutes: int) -> None:
    """Days, hours and minutes, together or alone, from 1 minute to 7 days."""
    assert read_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["0m", "0h", "8d", "7d1m", "169h", "30", "m", "30s", "1.5h", "-2h", "30m2h", "2 30m", "1 2h", "h", LONG]
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    """Nothing too short, too long, without a unit, or with numbers that stand apart."""
    with pytest.raises(UnreadableDuration, match="is no length of time I can use"):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mon", {0}),
        ("mon,wed,fri", {0, 2, 4}),
        ("Mon, Wed,  FRI", {0, 2, 4}),
        ("mon wed", {0, 2}),
        ("monday", {0}),
        ("tues, thurs", {1, 3}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon - fri", {0, 1, 2, 3, 4}),
        ("fri-mon", {4, 5, 6, 0}),
        ("sat-sun, wed", {5, 6, 2}),
        ("tue-mon", set(range(7))),
        ("wed-wed", {2}),
        ("daily", set(range(7))),
        ("Every day", set(range(7))),
        ("weekdays", {0, 1, 2, 3, 4}),
        (" WEEKEND ", {5, 6}),
    ],
)
def test_weekdays_are_read(text: str, meant: set[int]) -> None:
    """Names in full or shortened to three letters or more, lists, ranges across the week's end, and groups."""
    assert read_weekdays(text) == meant


@pytest.mark.parametrize(
    "text",
    ["Mo", "monx", "money", "sunset", "mon,", ",", "-", "mon-", "-fri", "mon-wed-fri", "mon;fri", "someday", LONG],
)
def test_what_is_no_weekday_is_refused(text: str) -> None:
    """One word too many refuses the whole: half an understanding would post on days that nobody meant."""
    with pytest.raises(UnreadableWeekdays, match="names no weekdays I can read"):
        read_weekdays(text)


def test_weekdays_are_written_as_they_can_be_typed() -> None:
    """Every set of days is written so that reading it gives the same days."""
    for size in range(1, 8):
        for days in combinations(range(7), size):
            assert read_weekdays(write_weekdays(frozenset(days))) == set(days)
    assert [write_weekdays(frozenset(days)) for days in (range(7), range(5), (5, 6), (0, 2))] == [
        "daily",
        "weekdays",
        "weekend",
        "mon, wed",
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Europe/Prague", "Europe/Prague"),
        ("europe/PRAGUE", "Europe/Prague"),
        ("prague", "Europe/Prague"),
        ("new york", "America/New_York"),
        (" America/New_York ", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_zones_are_read_in_any_case(text: str, key: str) -> None:
    """A zone is found however it is written, and kept by its proper name."""
    assert read_zone(text).key == key


@pytest.mark.parametrize("text", ["Europe", "Europe/Praha", "../etc/passwd", "localtime", "Factory", "+02:00", LONG])
def test_what_is_no_zone_is_refused(text: str) -> None:
    """No part of a name, no path, and no name that means another place on another machine."""
    with pytest.raises(UnknownZone, match="I know no time zone named"):
        read_zone(text)


def test_every_zone_can_be_read() -> None:
    """Each name that the time zone database has for a place leads to itself."""
    for name in available_timezones() - {"localtime", "Factory"}:
        assert read_zone(name.upper()).key == name


def test_zones_are_suggested_while_typing() -> None:
    """Cities that begin with what was typed come first; spaces and case do not matter; no more than Discord shows."""
    assert suggest_zones("prag") == ["Europe/Prague"]
    assert suggest_zones("new y") == ["America/New_York"]
    assert suggest_zones("LOND")[0] == "Europe/London"
    assert suggest_zones("utc")[0] == "UTC"
    found = suggest_zones("is", limit=1000)
    assert found.index("Europe/Istanbul") < found.index("Africa/Bissau")
    assert len(suggest_zones("")) == 25
    assert len(suggest_zones("a", limit=3)) == 3
    assert suggest_zones("nowhere at all") == []


@given(text=st.sampled_from(["a", "e", "s", "am", "eu", "port", "san", "new", "/", "_", "x"]))
def test_a_suggested_zone_can_be_chosen(text: str) -> None:
    """Whatever is suggested is read as itself."""
    for name in suggest_zones(text):
        assert read_zone(name).key == name


@pytest.mark.parametrize("text", ["2026-11-24", " 2027-01-31 ", "20270131", "2036-11-23"])
def test_coming_dates_are_read(text: str) -> None:
    """A day after today, as ISO 8601 writes it."""
    assert TODAY < read_coming_date(text, TODAY) <= date(2036, 11, 23)


@pytest.mark.parametrize("text", ["31.1.2027", "2027-02-29", "2027-13-01", "2027-1-31", "tomorrow", "0000-01-01", LONG])
def test_what_is_no_date_is_refused(text: str) -> None:
    """Only days that exist, written year first."""
    with pytest.raises(UnreadableDate, match="is no date I can read"):
        read_coming_date(text, TODAY)


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-22", "0001-01-01"])
def test_a_date_that_has_passed_is_refused(text: str) -> None:
    """Today is too late as well: a pause until today would be none."""
    with pytest.raises(PastDate, match="has passed already: name a day after today"):
        read_coming_date(text, TODAY)


@pytest.mark.parametrize("text", ["2037-11-23", "9999-12-31"])
def test_a_date_of_another_age_is_refused(text: str) -> None:
    """A slip of the keyboard does not stop a schedule for ever, nor lead past the end of the calendar."""
    with pytest.raises(DistantDate, match="within the next 10 years"):
        read_coming_date(text, TODAY)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_refused_by_name(reader: str, text: str) -> None:
    """Where nothing is left to quote the sentence says so instead of showing empty quotation marks."""
    read, refusal = READERS[reader]
    with pytest.raises(refusal, match=r"^(An empty text|I know no time zone named that)\b"):
        read(text)


@pytest.mark.parametrize("reader", READERS)
@given(text=typed)
def test_any_text_is_read_or_refused_in_one_short_line(reader: str, text: str) -> None:
    """Whatever is typed gives a value, or the one refusal of its kind: short, one line, and safe to show."""
    read, refusal = READERS[reader]
    try:
        read(text)
    except (refusal, PastDate, DistantDate) as error:
        said = str(error)
        assert len(said) <= 200
        assert said.isprintable()
        assert len(said.splitlines()) == 1
        # Outside code marks nothing stands but our own words, so that no mention and no formatting gets through.
        outside = re.sub(r"`[^`]+`", "", said)
        assert re.fullmatch(r"[A-Za-z0-9 ,:;.'-]*", outside)


@pytest.mark.parametrize("reader", READERS)
def test_a_text_as_long_as_discord_lets_through_is_refused_at_once(reader: str) -> None:
    """Nobody can keep the bot busy with white space."""
    read, refusal = READERS[reader]
    read_zone("UTC")  # the first look-up reads the list of zones
    began = process_time()
    for text in ("1d" + " " * 6000 + "x", "mon" + " \t" * 3000 + "-", " " * 6000):
        with pytest.raises(refusal):
            read(text)
    assert process_time() - began < 0.1


def test_what_was_typed_is_quoted_in_short() -> None:
    """At most forty characters are repeated, without what would end the quotation or turn the line around."""
    with pytest.raises(UnknownZone) as caught:
        read_zone(f"`@everyone`\n\u202e{LONG}")
    assert str(caught.value).startswith(f"I know no time zone named `@everyone {'x' * 30}`: ")
