"""Turns what pydantic finds in a file into plain sentences, each with the place it speaks of."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.content.limits import MOST_ENTRIES, ONE_LINE, PATTERNS
from bot.content.problems import did_you_mean, listing, quote
from bot.content.reader import Document
from bot.content.scalars import BOOLEAN, NUMBER, Misread, resolve
from bot.content.schema import Entry
from bot.content.values import MAX_PROBLEMS, Unread

_PLAIN_TOKEN = re.compile(r"[^\s,\]}]*")


def explain(error: ValidationError, document: Document, model: type[Entry]) -> Iterator[tuple[int, str]]:
    """Offsets and sentences for what a model found in a document, `MAX_PROBLEMS` of them at most."""
    # What could not be read has its problem already.
    errors = [wrong for wrong in error.errors(include_url=False) if not isinstance(wrong["input"], Unread)]
    for wrong in errors[:MAX_PROBLEMS]:
        if wrong["type"] == "extra_forbidden":
            yield document.key_at(wrong["loc"]), _unknown_key(wrong, model)
        else:
            offset = document.value_at(wrong["loc"])
            yield offset, _sentence(wrong, _raw(wrong["input"], document, offset))
    if len(errors) > MAX_PROBLEMS:
        yield len(document.text), f"{len(errors) - MAX_PROBLEMS} more problems of this file are not listed"


def _sentence(wrong: ErrorDetails, raw: str) -> str:
    name, kind, value = _name(wrong["loc"]), wrong["type"], wrong["input"]
    if kind == "missing":
        return f"{name} is missing"
    if value is None or value == "" or kind == "string_too_short":
        return f"{name} is empty"
    if kind == "string_type" and isinstance(value, Misread | bool | int | float):
        return f"YAML reads {raw} as {_taken_for(value)} here; put it in quotes"
    return f"{name} {_fault(kind, wrong.get('ctx', {}), value, raw)}"


def _fault(kind: str, context: Mapping[str, Any], value: object, raw: str) -> str:
    """What is to be said of a value that is there and is not what its field takes."""
    match kind:
        case "entries":
            if context["count"] > MOST_ENTRIES:
                return f"can have {MOST_ENTRIES} entries, has {context['count']}"
            return f"needs {_entries(context['low'], context['high'])}, has {context['count']}"
        case "string_too_long":
            length = len(str(value).strip())
            return f"is {length} characters long: at most {context['max_length']} are possible"
        case "string_pattern_mismatch" if context["pattern"] == ONE_LINE:
            return "must be one line"
        case "int_type" | "float_type" | "bool_type" if isinstance(value, str) and not isinstance(resolve(value), str):
            return f"must {_must(kind, context)}: take the quotes away"
        case _:
            return f"must {_must(kind, context)}, not {raw}"


_MUST: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda _: "be text",
    "int_type": lambda _: "be a whole number",
    "float_type": lambda _: "be a number",
    "bool_type": lambda _: "be true or false",
    "date_type": lambda _: "be a date like 2026-11-23",
    "list_type": lambda _: "be a list",
    "model_type": lambda _: "be a mapping of keys to values",
    "enum": lambda context: "be " + listing(re.findall(r"'([^']*)'", context["expected"]), "or"),
    "string_pattern_mismatch": lambda context: "be " + PATTERNS[context["pattern"]],
    "greater_than_equal": lambda context: f"be at least {context['ge']:g}",
    "less_than_equal": lambda context: f"be at most {context['le']:g}",
    "multiple_of": lambda context: f"be a multiple of {context['multiple_of']:g}",
}
"""What a value must do, by pydantic's name of what is wrong and its context."""


def _must(kind: str, context: Mapping[str, Any]) -> str:
    return _MUST[kind](context) if kind in _MUST else "be something else"


def _name(location: tuple[int | str, ...]) -> str:
    """The key a location ends with, or the entry of one."""
    if not location:
        return "the file"
    last = location[-1]
    return quote(last) if isinstance(last, str) else f"entry {last + 1} of {quote(str(location[-2]))}"


def _raw(value: object, document: Document, offset: int) -> str:
    """A value as its author wrote it, or what it is where it is long."""
    match value:
        case str():
            return quote(value)
        case Misread():
            return quote(value.text)
        case bool() | int() | float():
            token = _PLAIN_TOKEN.match(document.text, offset)
            return quote(token.group() if token else str(value))
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "nothing"


def _taken_for(value: Misread | float) -> str:
    if isinstance(value, Misread):
        return value.taken_for
    return BOOLEAN if isinstance(value, bool) else NUMBER


def _entries(low: int, high: int) -> str:
    if high < MOST_ENTRIES:
        return f"{low} to {high} entries"
    return f"at least {low} {'entry' if low == 1 else 'entries'}"


def _unknown_key(wrong: ErrorDetails, model: type[Entry]) -> str:
    *path, key = wrong["loc"]
    for part in path:
        if isinstance(part, str):
            model = _entry_in(model.model_fields[part].annotation) or model
    known = list(model.model_fields)
    hint = did_you_mean(str(key), known) or f": possible here are {listing(map(quote, known), 'and')}"
    return f"unknown key {quote(str(key))}{hint}"


def _entry_in(annotation: object) -> type[Entry] | None:
    """The model inside an annotation such as `list[ItemEntry]` or `ImageEntry | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return annotation
    return next((found for part in get_args(annotation) if (found := _entry_in(part)) is not None), None)
