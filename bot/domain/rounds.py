"""Rounds: one item asked once in one channel, and the states it moves through."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.posed import PosedItem


class RoundState(StrEnum):
    """Where a round is in its life; it only ever moves down this list, or to `VOID`.

    Only one that was explained before it became void can be counted again.
    """

    PLANNED = "planned"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    EXPLAINED = "explained"
    VOID = "void"


UNDER_WAY = (RoundState.OPEN, RoundState.CLOSING)
"""States of rounds that take answers, or are about to be graded."""

UNFINISHED = (RoundState.PLANNED, *UNDER_WAY, RoundState.CLOSED)
"""States of rounds with steps left to do: feedback on their items would tell their keys."""

GRADED = (RoundState.CLOSED, RoundState.EXPLAINED)
"""States of rounds whose answers have results."""

OVER = (*GRADED, RoundState.VOID)
"""States of rounds that take no answers any more, whatever comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One row of the ledger.

    It belongs to a schedule or to a quiz. `on` and `number` are the schedule's local date and the item's place in that
    day, or its place in the quiz: claimed once by a unique constraint. `opened_on` is the date on the server's
    calendar. `step_at` is when its next step is due, `None` when there is none; `attempts` counts how often the step
    was begun. `void_reason` says why it is void, or was before it counted again. Letters on its post are answers only
    if it is asked `by_letter`; `ranks` says whether its marks count on the server's boards. `case_key` tells the
    case of a generated item from others (`bot.domain.scenarios.plan`); it is empty where that was not noted, `None`
    for a written item.
    """

    id: int
    guild_id: int
    channel_id: int
    schedule_id: int | None
    bank: str
    posed: PosedItem
    state: RoundState
    on: date
    opened_on: date
    number: int
    planned_at: datetime
    closes_at: datetime
    step_at: datetime | None
    attempts: int = 0
    message_id: int | None = None
    seeded: bool = False
    closing_at: datetime | None = None
    closed_late: bool = False
    reveal_id: int | None = None
    ping_role: int | None = None
    silent: bool = False
    thread: bool = False
    void_reason: str | None = None
    quiz_id: int | None = None
    by_letter: bool = True
    ranks: bool = True
    case_key: str | None = None

    @property
    def nonce(self) -> str:
        """Mark the send so that Discord refuses to take it twice; at most 25 characters."""
        return f"{self.id}.{self.planned_at:%y%m%d%H%M%S}"[:25]
