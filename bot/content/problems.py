"""What is wrong in a content file, where, and how near a wrong word is to a right one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

LONGEST_QUOTE = 40
"""Characters of an author's text that a message repeats; the position says the rest."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing to mend; `line` and `column` count from 1, and `message` is one sentence without a full stop."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


def quote(text: str) -> str:
    """The text in backticks, on one line and shortened to `LONGEST_QUOTE` characters."""
    flat = " ".join(text[: LONGEST_QUOTE * 4].split())
    return f"`{flat[: LONGEST_QUOTE - 1]}…`" if len(flat) > LONGEST_QUOTE else f"`{flat}`"


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A closing question that names the nearest known word, or nothing when none is near."""
    # An absurdly long word is no slip of the finger, and comparing it would cost more than it tells.
    near = get_close_matches(word, known, n=1) if len(word) <= LONGEST_QUOTE * 2 else []
    return f": did you mean {quote(near[0])}?" if near else ""


def listing(words: Iterable[str], joint: str) -> str:
    """The words as a sentence has them: `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} {joint} {last}" if most else last
