"""Small pieces of text: names that cannot format or ping, instants, bars, and cutting to size."""

import unicodedata
from datetime import datetime

import discord

from bot.domain.grading import marks

MESSAGE_LIMIT = 2000
"""Characters in the content of one message."""

LAYOUT_LIMIT = 4000
"""Characters in all texts of one Components V2 layout together."""

NAME_LIMIT = 32
"""Characters in a display name on Discord."""

# Letters and symbols that print as nothing: a name of these would be a hole in the line.
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
_NOTHING = "\u200b"

_RIGHT_TO_LEFT = ("R", "AL", "AN")
_ISOLATED = "\u2068", "\u2069"
"""Around what runs by itself, in whichever direction its first strong letter says."""

_MARKS = ("Mn", "Me")
_MOST_MARKS = 3
"""Marks upon one letter: Hebrew, and emoji in keycaps, need so many; piles of them smear over other lines."""


def safe(name: str) -> str:
    """Write a name on one line so that it neither formats, links, pings, smears, nor turns the text around it.

    The result may be twice as long and one more: cut names first. A name with nothing to see becomes `someone`.
    """
    seen = "".join(char if char.isprintable() and char not in _BLANKS else " " for char in name)
    one_line = " ".join(_without_piles(seen).split())
    # Left alone, a web address would keep its underscores and stars unescaped.
    plain = discord.utils.escape_mentions(discord.utils.escape_markdown(one_line, ignore_links=False))
    shown = plain.replace("<", f"<{_NOTHING}").replace("://", f":{_NOTHING}//") or "someone"
    return shown.join(_ISOLATED) if any(map(_runs_to_the_left, shown)) else shown


def _without_piles(text: str) -> str:
    """Leave out marks beyond a few upon one letter, and those upon whatever would stand before the text."""
    kept, marks = [], _MOST_MARKS
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        kept += [char] if marks <= _MOST_MARKS else []
    return "".join(kept)


def _runs_to_the_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in _RIGHT_TO_LEFT


def when(instant: datetime, style: str = "R") -> str:
    """Write an instant as Discord's timestamp, shown in each reader's own zone."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def link_to(guild_id: int, channel_id: int, message_id: int | None) -> str:
    """Give the address of a message in a server."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def bar(part: int, whole: int, width: int = 10) -> str:
    """Draw a share as text."""
    filled = round(width * part / whole) if whole else 0
    return "▰" * filled + "▱" * (width - filled)


def percent(part: int, whole: int) -> str:
    """Write a share in whole percent."""
    return f"{round(100 * part / whole) if whole else 0} %"


def cut(text: str, limit: int) -> str:
    """Shorten a text to a limit, at a word where possible."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    return kept.rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: `1 answer`, `2 answers`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def often(times: int) -> str:
    """Write how many times something was: `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(times, f"{times} times")


def in_marks(units: int) -> str:
    """Write units as marks with their noun: `1 mark`, `2.5 marks`."""
    number = marks(units)
    return f"{number} mark" if number == "1" else f"{number} marks"
