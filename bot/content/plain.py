"""Reads files of the few plain forms nearly every line of a bank has, several times as fast as a YAML parser.

At the first line of another form the whole file is left to the parser, so nothing here knows of mistakes.
"""

import re
from typing import Any, Final, TypeAlias

from bot.content.scalars import resolve

_WORD = r'(?:[A-Za-z0-9]++(?:[.-][A-Za-z0-9]++)*+|"[A-Za-z0-9.-]*+")'

_PAIR = rf'[a-z_]{{1,40}}:[ ](?:"[^"\\\n]*+"|{_WORD})'

# A key with its value, an entry of a list, or both (`- key: value`), after any lines of comment; whatever else there is
# ends up in the last group.
_LINES: Final = re.compile(
    rf"""
    (?: [ ]*+ \# [^\n]*+ \n )*+
    ([ ]*+) (-[ ])?+ (?: ([a-z_]{{1,40}}) : (?=[ \n]) [ ]?+ )?+
    (?: ("[^"\\\n]*+(?:\\"[^"\\\n]*+)*+") \n
      | ([A-Za-z0-9][^\n:#]*+(?: :[^\s:#][^\n:#]*+ )*+) (?<![ ]) \n
      | ([|>]-?) \n ((?: \1[ ]++[^ \n][^\n]*+\n | \n )++)
      | (\[ (?: {_WORD}(?:,[ ]{_WORD})*+ )?+ \]) \n
      | \{{ ({_PAIR}(?:,[ ]{_PAIR})*+) \}} \n
      | \n | \Z
    )
    | (.)
    """,
    re.VERBOSE | re.DOTALL,
)

_PAIRS: Final = re.compile(r'([a-z_]++): (?:"([^"]*+)"|([^,"]++))')

_DEEPEST = 8
"""Levels of lists and mappings inside each other; the format itself needs six."""

_Open: TypeAlias = list[tuple[int, Any]]
"""The containers that the next line may add to, the innermost last: their columns, and they themselves."""


class _Declined(Exception):
    """Only a parser can tell what this is."""


class _Resolved(dict[str, Any]):
    """The values of unquoted scalars, most of which come again and again."""

    def __missing__(self, text: str) -> Any:  # noqa: ANN401 - text, number, boolean or nothing
        value = self[text] = resolve(text)
        return value


def read(text: str) -> dict[str, Any] | None:
    """Read the mapping in a text of plain line ends and without control characters; None where that takes a parser."""
    # A parser has its own rules about tabs and marks of byte order.
    if "\t" in text or "\ufeff" in text:
        return None
    try:
        return _read(text) or None
    except _Declined:
        return None


def _read(text: str) -> dict[str, Any]:  # noqa: C901, PLR0912 - a call for each line would cost a fifth of the time
    root: dict[str, Any] = {}
    open_: _Open = [(0, root)]
    entries: list[Any] = []
    # The mapping of the line before with its column, -1 when it is a list; and its key that waits for a value.
    mapping, column, pending = root, 0, ""
    resolved = _Resolved()
    for indent, dash, key, quoted, plain, style, block, words, pairs, other in _LINES.findall(text):
        at = len(indent)
        if dash:
            entries, column = _list_at(at, open_, pending), -1
            if key:
                mapping, column = {}, at + 2
                entries.append(mapping)
                _push(open_, column, mapping)
        elif at != column and key:
            mapping, column = _mapping_at(at, open_, pending), at
        if plain:
            value = resolved[plain]
        elif quoted:
            value = quoted[1:-1].replace('\\"', '"')
        elif style:
            value = _block(style, block, column if key else at)
        elif words:
            value = _words(words, resolved)
        elif pairs:
            value = _pairs(pairs, resolved)
        elif key:
            value = None
        elif other or dash or indent:
            raise _Declined
        else:
            continue  # a blank line, or nothing after the last comment
        if key:
            if key in mapping:
                raise _Declined
            mapping[key] = value
            pending = "" if quoted or plain or style or words or pairs else key
        elif dash:
            entries.append(value)
            pending = ""
        else:
            raise _Declined
    return root


def _mapping_at(at: int, open_: _Open, pending: str) -> dict[str, Any]:
    """Give the open mapping at a column, or begin it as the value of the key that still waits for one."""
    column, container = open_[-1]
    if pending and at > column:
        mapping: dict[str, Any] = {}
        container[pending] = mapping
        _push(open_, at, mapping)
        return mapping
    while column > at or (column == at and isinstance(container, list)):
        open_.pop()
        column, container = open_[-1]
    if column < at:
        raise _Declined
    found: dict[str, Any] = container
    return found


def _list_at(at: int, open_: _Open, pending: str) -> list[Any]:
    """Give the open list at a column, or begin it as the value of the key that still waits for one."""
    column, container = open_[-1]
    if pending and at >= column:
        entries: list[Any] = []
        container[pending] = entries
        _push(open_, at, entries)
        return entries
    while column > at:
        open_.pop()
        column, container = open_[-1]
    if column < at or isinstance(container, dict):
        raise _Declined
    found: list[Any] = container
    return found


def _push(open_: _Open, column: int, container: object) -> None:
    if len(open_) == _DEEPEST:
        raise _Declined
    open_.append((column, container))


def _words(text: str, resolved: _Resolved) -> list[Any]:
    """The entries of a list in square brackets."""
    words = text[1:-1].split(", ") if len(text) > 2 else []  # noqa: PLR2004 - the brackets
    return [word[1:-1] if word[0] == '"' else resolved[word] for word in words]


def _pairs(text: str, resolved: _Resolved) -> dict[str, Any]:
    """The mapping in curly brackets."""
    pairs = _PAIRS.findall(text)
    mapping = {key: resolved[plain] if plain else quoted for key, quoted, plain in pairs}
    if len(mapping) < len(pairs):
        raise _Declined
    return mapping


def _block(style: str, block: str, column: int) -> str:
    """The text of an indented block below something at a column: folded (`>`) or as it stands (`|`)."""
    indent = len(block) - len(block.lstrip(" "))  # 0 when it begins with a blank line
    if indent <= column:
        raise _Declined
    margin = "\n" + indent * " "
    lines = block.rstrip("\n")[indent:].split(margin)
    if style[0] == ">":
        text = " ".join(lines)
        if "\n" in text or f"{margin} " in block:  # what is indented otherwise is not folded
            raise _Declined
    else:
        text = "\n".join(lines)
        if any("\n" in line.rstrip("\n") for line in lines):  # a line that is indented less
            raise _Declined
    return text if style[1:] else text + "\n"
