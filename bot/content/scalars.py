"""What a plain YAML scalar stands for: strict where YAML itself is generous."""

import re
from dataclasses import dataclass
from typing import Final

# Nothing longer than "false" is a word with a meaning of its own, so longer texts need no look-up.
_LONGEST_WORD = 5
_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false"})
_EMPTY = frozenset({"", "~", "null"})
_NUMBER_BEGINS = frozenset("+-.0123456789")

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_NUMBER_LIKE = re.compile(
    r"""[-+]?(?:
      0b[01_]+ | 0x[0-9a-f_]+ | 0o[0-7_]+                      # other bases
    | [0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?              # 007, 1_000, 1., 1e3, very long numbers
    | \.[0-9][0-9_]*(?:e[-+]?[0-9]+)? | \.inf | \.nan          # .5
    | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?              # 1:30, which YAML 1.1 takes for base 60
    )""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Misread:
    """A plain scalar that YAML takes for something that its author hardly meant."""

    text: str
    taken_for: str


type_of_scalar = str | int | float | bool | Misread | None
"""What `resolve` gives: text, a number, a boolean, nothing, or something to be put in quotes."""

BOOLEAN: Final = "a boolean"
NUMBER: Final = "a number"


def resolve(text: str) -> type_of_scalar:
    """The value of an unquoted scalar: only `true` and `false` are booleans, dates stay text."""
    if len(text) <= _LONGEST_WORD:
        if text in {"true", "false"}:
            return text == "true"
        word = text.lower()
        if word in _EMPTY:
            return None
        if word in _BOOLEANS:
            return Misread(text, BOOLEAN)
    return _number(text) if text[0] in _NUMBER_BEGINS else text


def _number(text: str) -> type_of_scalar:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return Misread(text, NUMBER) if _NUMBER_LIKE.fullmatch(text) else text
