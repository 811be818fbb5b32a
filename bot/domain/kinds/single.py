"""Single-select items: the latest letter counts."""

from fractions import Fraction

from bot.domain.item import LETTERS, MultipleRule
from bot.domain.kinds.base import Mark, Reading

_ONE = {letter: Reading(choice=letter) for letter in LETTERS}


class Single:
    """One option is right, and one letter is the answer."""

    def instruction(self, keyed: int) -> str:  # noqa: ARG002 - a single-select key has one option
        return "Choose one"

    def read(self, *, choice: str, seen: str, latest: str, added: str, gone: str) -> Reading:  # noqa: ARG002
        if added in _ONE:
            return _ONE[added]
        if added:
            return Reading(choice="".join(sorted(added)), unresolved=True)
        left = "".join(letter for letter in choice if letter not in gone)
        if left == choice:
            return Reading(choice=choice, unresolved=len(choice) > 1)
        if left:
            return Reading(choice=left, unresolved=len(left) > 1)
        return Reading(choice=latest, unresolved=len(latest) > 1)

    def mark(self, *, key: frozenset[str], chosen: frozenset[str], rule: MultipleRule) -> Mark:  # noqa: ARG002
        right = chosen == key
        return Mark(fraction=Fraction(right), right=len(chosen & key), wrong=len(chosen - key), keyed=len(key))
