"""What organisers type: times, dates, weekdays and zones, read strictly and refused with a sentence."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.errors import (
    DistantDate,
    PastDate,
    UnknownZone,
    UnreadableDate,
    UnreadableDuration,
    UnreadableTime,
    UnreadableWeekdays,
)
from bot.domain.schedule import EVERY_DAY

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GROUPS = {
    "daily": EVERY_DAY,
    "every day": EVERY_DAY,
    "weekdays": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
}
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")
_DURATION = re.compile(r"(?:(\d{1,3}) ?d)? ?(?:(\d{1,4}) ?h)? ?(?:(\d{1,5}) ?m)?")
_NO_PLACES = frozenset({"localtime", "Factory"})  # found where zones are, but naming none
_MAX_ECHO = 40
_MAX_YEARS = 10


def read_time(text: str) -> time:
    """Read `8:30`, `08:30` or `17.00` as a time of day."""
    found = _TIME.fullmatch(text.strip())
    try:
        return time(int(found[1]), int(found[2])) if found else _refuse(text)
    except ValueError:
        raise UnreadableTime(text=echo(text)) from None


def read_duration(text: str) -> timedelta:
    """Read `30m`, `23h`, `2h30m` or `2d` as a length of time from 1 minute to 7 days."""
    found = _DURATION.fullmatch(_plain(text))
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    length = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta(minutes=1) <= length <= timedelta(days=7):
        raise UnreadableDuration(text=echo(text))
    return length


def read_zone(text: str) -> ZoneInfo:
    """Read an IANA zone such as `Europe/Prague`, in any case; a city alone will do where there is one of that name."""
    name = _zones().get(_zone_key(text)) or _only_city(_zone_key(text))
    if name is None:
        raise UnknownZone(zone=echo(text, nothing="that"))
    return ZoneInfo(name)


def suggest_zones(text: str, limit: int = 25) -> list[str]:
    """List zones whose name contains what was typed, those with a matching city first."""
    typed = _zone_key(text)
    names = [name for name in _zones().values() if "/" in name or name == "UTC"]
    found = [name for name in names if typed in name.casefold() and not name.startswith(("Etc/", "posix"))]
    found.sort(key=lambda name: (not name.split("/")[-1].casefold().startswith(typed), name))
    return found[:limit]


def read_weekdays(text: str) -> frozenset[int]:
    """Read `mon,wed,fri`, `mon-fri`, `daily`, `weekdays` or `weekend` as days from 0 (Monday)."""
    typed = _plain(text)
    if typed in _GROUPS:
        return _GROUPS[typed]
    days: set[int] = set()
    for part in re.split(r"[, ]+", re.sub(r" ?- ?", "-", typed)):
        ends = [_weekday(end, text) for end in part.split("-", 1)]
        first, last = ends[0], ends[-1]
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(days)


def write_weekdays(days: frozenset[int]) -> str:
    """Write days the way they can be typed."""
    for name, group in _GROUPS.items():
        if group == days:
            return name
    return ", ".join(DAYS[day] for day in sorted(days))


def read_coming_date(text: str, today: date) -> date:
    """Read `2027-01-31` as a date after `today`, at most ten years ahead."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise UnreadableDate(text=echo(text)) from None
    if day <= today:
        raise PastDate(text=text.strip())
    if day - today > timedelta(days=366 * _MAX_YEARS):
        raise DistantDate(text=echo(text), years=_MAX_YEARS)
    return day


def echo(text: str, *, nothing: str = "An empty text") -> str:
    """Quote what someone typed, short and without anything that Discord would format or that turns the line around."""
    plain = " ".join("".join(mark if mark.isprintable() and mark != "`" else " " for mark in text).split())
    return f"`{plain[:_MAX_ECHO]}`" if plain else nothing


def _weekday(text: str, whole: str) -> int:
    for number, (short, name) in enumerate(zip(DAYS, _FULL_NAMES, strict=True)):
        if text.startswith(short) and name.startswith(text):
            return number
    raise UnreadableWeekdays(text=echo(whole))


@cache
def _zones() -> Mapping[str, str]:
    """Every zone by its key; kept, for looking them up reads hundreds of files."""
    return {_zone_key(name): name for name in sorted(available_timezones() - _NO_PLACES)}


def _only_city(city: str) -> str | None:
    found = [name for key, name in _zones().items() if "/" in key and key.rsplit("/", 1)[-1] == city]
    return found[0] if len(found) == 1 else None


def _zone_key(text: str) -> str:
    return _plain(text).replace(" ", "_")


def _plain(text: str) -> str:
    """Fold case, and every run of white space into one space: long ones would make the patterns slow."""
    return " ".join(text.casefold().split())


def _refuse(text: str) -> time:
    raise UnreadableTime(text=echo(text))
