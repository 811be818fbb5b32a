"""Multi-select items: every letter that is present counts."""

from fractions import Fraction
from typing import assert_never

from bot.domain.item import MultipleRule
from bot.domain.kinds.base import Mark, Reading


class Multiple:
    """Several options are right, and the set of letters is the answer."""

    def instruction(self, keyed: int) -> str:
        return f"Choose {keyed}"

    def read(self, *, choice: str, seen: str, latest: str, added: str, gone: str) -> Reading:  # noqa: ARG002 - no order
        # What is chosen but not seen was cleared by a moderator: it counts until its member takes it away.
        return Reading(choice="".join(sorted((set(choice) - set(gone)) | set(seen))))

    def mark(self, *, key: frozenset[str], chosen: frozenset[str], rule: MultipleRule) -> Mark:
        right, wrong, keyed = len(chosen & key), len(chosen - key), len(key)
        match rule:
            case MultipleRule.EXAM:
                # Modelled on Microsoft's published rule for items with several right answers: one share per
                # right choice, no deduction for a wrong one; ticks beyond the number asked for cost a share each.
                fraction = Fraction(max(min(right, keyed - wrong), 0), keyed)
            case MultipleRule.STRICT:
                fraction = Fraction(chosen == key)
            case MultipleRule.MINUS:
                fraction = Fraction(max(right - wrong, 0), keyed)
            case _:
                assert_never(rule)
        return Mark(fraction=fraction, right=right, wrong=wrong, keyed=keyed)
