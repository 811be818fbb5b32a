"""Schedules as organisers read them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.render.text import cut, plural, safe, when
from bot.domain.mixing import labs_on
from bot.domain.reading import write_weekdays
from bot.domain.schedule import Pause, Schedule, coming
from bot.services.library import Library

_SHOWN = 5
_PAGE_LIMIT = 1900
_GAP = "\n\n"


def schedule_pages(wanted: Sequence[Schedule], library: Library, now: datetime) -> list[str]:
    """Write schedules as texts of at most 1,900 characters each, as few as hold them; none of no schedules."""
    pages: list[str] = []
    for each in wanted:
        text = cut(schedule(each, library, now), _PAGE_LIMIT)
        if pages and len(pages[-1]) + len(_GAP) + len(text) <= _PAGE_LIMIT:
            pages[-1] += f"{_GAP}{text}"
        else:
            pages.append(text)
    return pages


def schedule(wanted: Schedule, library: Library, now: datetime) -> str:
    """Write one schedule with the next instants at which it asks."""
    bank = library.bank(wanted.bank).short_title if library.has(wanted.bank) else wanted.bank
    topic = f", topic {wanted.topic}" if wanted.topic is not None else ""
    extras = [
        *([f"pings <@&{wanted.ping_role}>"] if wanted.ping_role is not None else []),
        *(["opens a discussion thread"] if wanted.thread else []),
        *(["posts silently"] if wanted.silent else []),
        *([_cases(wanted, library)] if wanted.cases else []),
    ]
    days = write_weekdays(wanted.weekdays).capitalize()
    limits = f"open for {duration(wanted.open_for)}", f"caught up within {duration(wanted.catch_up)} of a missed time"
    return (
        f"**{safe(wanted.name)}** in <#{wanted.channel_id}>\n"
        f"{days} at {wanted.at:%H:%M} ({wanted.zone.key}), {plural(wanted.per_day, 'question')} from {bank}{topic}\n"
        f"{'; '.join([*limits, *extras]).capitalize()}\n{_next(wanted, now)}"
    )


def _cases(wanted: Schedule, library: Library) -> str:
    if library.has(wanted.bank) and labs_on(library.bank(wanted.bank), wanted.topic):
        return "asks generated cases, too"
    return "may ask generated cases, but no lesson on its topic has any"


def duration(length: timedelta) -> str:
    """Write a length of time the way it can be typed: `23h`, `2h30m`, `2d`."""
    minutes = int(length.total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "m")]
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def _next(wanted: Schedule, now: datetime) -> str:
    if wanted.paused is not None and wanted.resumes_on is None:
        reasons = {
            Pause.ORGANISER: "by an organiser",
            Pause.FORBIDDEN: "because I may not post there",
            Pause.CHANNEL_GONE: "because its channel was deleted",
            Pause.BANK_GONE: "because its bank is gone",
        }
        return f"⏸️ Paused {reasons[wanted.paused]}: `/schedule resume` lets it run again."
    instants = ", ".join(when(each, "f") for each in coming(wanted, now, _SHOWN))
    return f"{'⏸️ Paused until then; next' if wanted.paused is not None else 'Next'}: {instants}"
