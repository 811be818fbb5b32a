"""Reads the bytes of one YAML file into plain values, and remembers where each of them stands."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from bot.content import plain
from bot.content.values import CONTROL, UNREAD, Value, code_of

MAX_BYTES = 2**20

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes from the root of a file to one of its values."""

# Line ends and tabs aside, nothing unprintable has business in a lesson; a database may even refuse it.
_HARMLESS = bytes(range(0x20, 0x7F)) + b"\t\n\r"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file as read: its values, the offset of each in `text`, and what was wrong with it.

    `places` holds, by the identity of a list, the offsets of its entries, and by the identity of a
    mapping, the offsets of key, value, key, value …: one list of numbers per container keeps reading
    fast, and lines are counted only for what has a problem. A file read without a parser has no
    places; the parser finds them once they are asked for.
    """

    text: str
    value: Value = UNREAD
    start: int = 0
    places: Mapping[int, list[int]] = field(default_factory=dict)
    problems: tuple[tuple[int, str], ...] = ()

    @cached_property
    def _breaks(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.text)]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_left(self._breaks, offset)
        return line + 1, offset - (self._breaks[line - 1] if line else -1)

    def value_at(self, path: Path) -> int:
        """The offset of the value at a path; where the path ends early, of the last value on it."""
        return self._walk(path, of_key=False)

    def key_at(self, path: Path) -> int:
        """The offset of the key at the end of a path; of the value where that is no key."""
        return self._walk(path, of_key=True)

    @cached_property
    def _placed(self) -> "Document":
        return self if self.places or self.value is UNREAD else _parse(self.text)

    def _walk(self, path: Path, *, of_key: bool) -> int:
        placed = self._placed
        value, offset = placed.value, placed.start
        for depth, part in enumerate(path, start=1):
            if isinstance(value, dict) and isinstance(part, str) and part in value:
                place = 2 * list(value).index(part) + (0 if of_key and depth == len(path) else 1)
                offset, value = placed.places[id(value)][place], value[part]
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                offset, value = placed.places[id(value)][part], value[part]
            else:
                break
        return offset


def read(data: bytes) -> Document:
    """The values of a file's bytes with every problem that reading meets; never raises."""
    text, problem = _text(data)
    if problem is not None:
        return Document(text=text, problems=(problem,))
    value = plain.read(text)
    return _parse(text) if value is None else Document(text=text, value=value)


def _parse(text: str) -> Document:
    """The same by the parser, which knows all of YAML and where everything stands."""
    from bot.content import parser  # noqa: PLC0415 - see there: a bank of plain files starts without it

    found = parser.parse(text)
    return Document(text=text, value=found.value, start=found.start, places=found.places, problems=found.problems)


def _text(data: bytes) -> tuple[str, tuple[int, str] | None]:
    """The file as text with plain line ends, or as much of it as a problem needs for its position."""
    if len(data) > MAX_BYTES:
        return "", (0, f"the file is larger than {MAX_BYTES // 1024} KiB: split it")
    if b"\x00" in data:
        return "", (0, "this is not a text file")
    try:
        text, broken = data.decode(), False
    except UnicodeDecodeError as error:
        text, broken = data[: error.start].decode(), True
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if broken:
        return text, (len(text), "this is not UTF-8 text: save the file in that encoding")
    # Deleting what is harmless is much quicker than searching, and mostly leaves nothing to search.
    if data.translate(None, _HARMLESS) and (found := CONTROL.search(text)) is not None:
        return text, (found.start(), f"{code_of(found)} cannot stand in a content file")
    return text, None
