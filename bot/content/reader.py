"""Reads the bytes of one YAML file into plain values, and remembers where each of them stands."""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from bot.content import plain
from bot.content.problems import quote
from bot.content.scalars import Misread, resolve
from bot.content.syntax import explain

MAX_BYTES = 2**20
MAX_DEPTH = 16
"""Levels of lists and mappings inside each other; the format itself needs seven."""
MAX_PROBLEMS = 200
"""Problems of one file that are worth listing."""


class Unread:
    """Stands where nothing usable could be read; a problem already says why."""


UNREAD: Final = Unread()

Value: TypeAlias = "str | int | float | bool | Misread | Unread | list[Value] | dict[str, Value] | None"
Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes from the root of a file to one of its values."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Event: TypeAlias = Any
"""An event of libyaml, which has more attributes than the published types of its classes tell."""

_TAG = "tag:yaml.org,2002:"
_NO_KEYS = {
    "": "a key is missing before the colon",
    "<<": "merge keys (`<<`) are not possible: write the keys out",
}
# Line ends and tabs aside, nothing unprintable has business in a lesson; a database may even refuse it.
_HARMLESS = bytes(range(0x20, 0x7F)) + b"\t\n\r"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


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
    loader = _LOADER(text)
    builder = _Builder(text, loader.get_event)
    try:
        builder.build()
    # Half a file would be blamed for what merely follows from the mistake, so its values are dropped.
    except yaml.YAMLError as error:
        return Document(text=text, problems=(*builder.problems, explain(error, text)))
    except _GivenUp as stop:
        return Document(text=text, problems=(*builder.problems, (stop.offset, stop.message)))
    finally:
        loader.dispose()
    return Document(
        text=text, value=builder.value, start=builder.start, places=builder.places, problems=tuple(builder.problems)
    )


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
    if data.translate(None, _HARMLESS) and (found := _CONTROL.search(text)) is not None:
        return text, (found.start(), f"{_code(found)} cannot stand in a content file")
    return text, None


def _code(found: re.Match[str]) -> str:
    return f"the control character U+{ord(found.group()):04X}"


class _GivenUp(Exception):
    """Stops the reading of a file that no author would have written."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


class _Builder:
    """Makes values of libyaml's events, in which duplicates, aliases and positions are still visible."""

    def __init__(self, text: str, next_event: Callable[[], _Event]) -> None:
        self.value: Value = UNREAD
        self.start = 0
        self.places: dict[int, list[int]] = {}
        self.problems: list[tuple[int, str]] = []
        self._text = text
        self._next = next_event

    def build(self) -> None:
        """Read the stream's only document."""
        self._next()  # the start of the stream
        if self._next().__class__ is StreamEndEvent:
            self._problem(0, "the file is empty")
            return
        event = self._next()
        self.start = event.start_mark.index
        self.value = self._node(event, 0)
        if self.value is None:
            self.value = UNREAD
            self._problem(0, "the file is empty")
        self._next()  # the end of the document
        if (event := self._next()).__class__ is not StreamEndEvent:
            self._problem(event.start_mark.index, "a file holds one document: `---` begins another")

    def _node(self, event: _Event, depth: int) -> Value:
        kind = event.__class__
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            alias = quote(f"*{event.anchor}")
            self._problem(event.start_mark.index, f"aliases ({alias}) are not possible: write the plain value")
            return UNREAD
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        if depth == MAX_DEPTH:
            sentence = f"lists and mappings are nested more than {MAX_DEPTH} levels deep"
            raise _GivenUp(event.start_mark.index, sentence)
        return self._mapping(depth + 1) if kind is MappingStartEvent else self._list(depth + 1)

    def _scalar(self, event: _Event) -> Value:
        text: str = event.value
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        if event.implicit[0]:
            return resolve(text)
        # Only an escape in double quotes can still bring in what the file itself must not hold.
        if event.style == '"' and not text.isprintable() and (found := _CONTROL.search(text)) is not None:
            self._problem(event.start_mark.index, f"{_code(found)} cannot stand in a text")
        return text

    def _list(self, depth: int) -> list[Value]:
        values: list[Value] = []
        places = self.places[id(values)] = []
        while (event := self._next()).__class__ is not SequenceEndEvent:
            places.append(event.start_mark.index)
            values.append(self._node(event, depth))
        return values

    def _mapping(self, depth: int) -> dict[str, Value]:
        # Most of the time of reading is spent in this loop: scalars take the shortest way through it.
        take, scalar = self._next, self._scalar
        values: dict[str, Value] = {}
        places = self.places[id(values)] = []
        while (event := take()).__class__ is not MappingEndEvent:
            key_place = event.start_mark.index
            key = self._key(event, depth)
            event = take()
            value_place = event.start_mark.index
            value = scalar(event) if event.__class__ is ScalarEvent else self._node(event, depth)
            if key in values:
                self._duplicate(key, key_place, places[2 * list(values).index(key)])
            elif key is not None:
                values[key] = value
                places += (key_place, value_place)
        return values

    def _key(self, event: _Event, depth: int) -> str | None:
        """The text of a key, whatever type YAML takes it for; None when it is no usable key."""
        key = event.value if isinstance(event, ScalarEvent) else None
        if key is None:
            if self._node(event, depth) is not UNREAD:
                self._problem(event.start_mark.index, "a key must be a word, not a list or a mapping")
            return None
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        if key in _NO_KEYS:
            self._problem(event.start_mark.index, _NO_KEYS[key])
            return None
        return key

    def _refuse(self, event: _Event) -> None:
        if event.anchor is not None:
            what = f"anchors ({quote('&' + event.anchor)})"
        else:
            what = f"tags ({quote(event.tag.replace(_TAG, '!!'))})"
        self._problem(event.start_mark.index, f"{what} are not possible: write the plain value")

    def _duplicate(self, key: str, place: int, first: int) -> None:
        line = self._text.count("\n", 0, first) + 1
        self._problem(place, f"{quote(key)} is given twice: the first is in line {line}")

    def _problem(self, offset: int, message: str) -> None:
        self.problems.append((offset, message))
        if len(self.problems) == MAX_PROBLEMS:
            raise _GivenUp(offset, f"there are {MAX_PROBLEMS} problems up to here: the rest is not read")
