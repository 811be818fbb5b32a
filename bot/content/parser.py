"""Parses YAML by libyaml's events, in which duplicates, aliases and positions are still visible.

Only this and `bot.content.syntax` load a YAML library, which takes about as long as reading a hundred items: few files
need it, so `bot.content.reader` imports this module when one does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

from bot.content.problems import quote
from bot.content.scalars import resolve
from bot.content.syntax import explain
from bot.content.values import CONTROL, MAX_PROBLEMS, UNREAD, Value, code_of

MAX_DEPTH = 16
"""Levels of lists and mappings inside each other; the format itself needs seven."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Event: TypeAlias = Any
"""An event of libyaml, which has more attributes than the published types of its classes tell."""

_TAG: Final = "tag:yaml.org,2002:"
_NO_KEYS: Final = {
    "": "a key is missing before the colon",
    "<<": "merge keys (`<<`) are not possible: write the keys out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a text holds: `start` is the offset of the whole value; `places` are as `Document` has them."""

    value: Value = UNREAD
    start: int = 0
    places: Mapping[int, list[int]]
    problems: tuple[tuple[int, str], ...]


def parse(text: str) -> Parsed:
    """Give the values of a text, where each stands, and every problem; never raises."""
    loader = _LOADER(text)
    builder = _Builder(text, loader.get_event)
    try:
        builder.build()
    # Half a file would be blamed for what merely follows from the mistake, so its values are dropped.
    except yaml.YAMLError as error:
        return Parsed(places={}, problems=(*builder.problems, explain(error, text)))
    except _GivenUp as stop:
        return Parsed(places={}, problems=(*builder.problems, (stop.offset, stop.message)))
    finally:
        loader.dispose()
    return Parsed(value=builder.value, start=builder.start, places=builder.places, problems=tuple(builder.problems))


class _GivenUp(Exception):
    """Stops the reading of a file that no author would have written."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


class _Builder:
    """Makes values of events."""

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
        if event.style == '"' and not text.isprintable() and (found := CONTROL.search(text)) is not None:
            self._problem(event.start_mark.index, f"{code_of(found)} cannot stand in a text")
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
