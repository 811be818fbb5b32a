"""Reports: what members say is wrong with an item, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.grading import grade_choice
from bot.domain.posed import PosedItem

MAX_NOTE = 300
"""Characters that a member may add to a reason."""


class Reason(StrEnum):
    """What is wrong with an item."""

    KEY = "key"
    UNCLEAR = "unclear"
    OUTDATED = "outdated"
    TYPO = "typo"
    OTHER = "other"


class ReportState(StrEnum):
    """What became of a report: nothing yet, nothing on purpose, or the round was taken off the boards."""

    OPEN = "open"
    DISMISSED = "dismissed"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one member said of one revision of an item, below the reveal of a round."""

    id: int
    guild_id: int
    bank: str
    item_id: str
    revision: int
    round_id: int
    member_id: int
    reason: Reason
    note: str
    at: datetime
    state: ReportState


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How a round went: answers given, those never settled among them, those fully right, and choices per letter."""

    answered: int
    unresolved: int
    right: int
    chosen: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """How some members did in other rounds: so many `members` gave `answered` ranked answers, `right` of them fully."""

    members: int
    answered: int
    right: int


def figures(posed: PosedItem, counts: Mapping[tuple[str, bool], int]) -> Figures:
    """Add up how often each choice was made; the key of `counts` is a choice and whether it is unresolved."""
    settled = {choice: count for (choice, unresolved), count in counts.items() if not unresolved}
    return Figures(
        answered=sum(counts.values()),
        unresolved=sum(count for (_, unresolved), count in counts.items() if unresolved),
        right=sum(count for choice, count in settled.items() if grade_choice(posed, choice).fraction == 1),
        chosen=posed.chosen(settled),
    )
