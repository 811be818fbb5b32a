"""What every kind of item must be able to say about answering and marking."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from bot.domain.item import MultipleRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a member's letters mean: the letters that count, or several that cannot be told apart."""

    choice: str
    unresolved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A grade: `fraction` of the item's mark, with the counts it was computed from.

    `right` and `wrong` are the chosen options in and outside the key; `keyed` is the size of the key.
    """

    fraction: Fraction
    right: int
    wrong: int
    keyed: int


class Kind(Protocol):
    """One way of answering an item.

    Letters are text, `choice` in alphabetical order.
    """

    def instruction(self, keyed: int) -> str:
        """Tell how many options to choose, for an item with `keyed` right ones."""

    def read(self, *, choice: str, seen: str, latest: str, added: str, gone: str) -> Reading:
        """Read the letters after a change.

        `choice` counted before; `seen` is present now, and `latest` are the letters of it that may have been tapped
        last; `added` appeared and `gone` disappeared since. A letter of the choice that is neither seen nor gone was
        cleared by a moderator, which withdraws nothing.
        """

    def mark(self, *, key: frozenset[str], chosen: frozenset[str], rule: MultipleRule) -> Mark:
        """Grade a choice against the key."""
