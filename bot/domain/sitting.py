"""Sittings: one member's run of items in a private mode, and the rules of answering, handing in and running out."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.grading import grade_choice, units, worth
from bot.domain.item import Difficulty
from bot.domain.kinds import Mark
from bot.domain.posed import PosedItem
from bot.domain.practice import PracticeSource, Practised

IDLE = timedelta(days=1)
"""A sitting without a deadline is over when so long nothing was done in it."""


class Mode(StrEnum):
    """What a sitting is for; the values are those of `PracticeSource`."""

    PRACTICE = "practice"
    REVIEW = "review"
    EXAM = "exam"

    @property
    def tells_at_once(self) -> bool:
        """Whether each answer is explained when it is given, and so can not be changed afterwards."""
        return self is not Mode.EXAM


class SittingState(StrEnum):
    """Where a sitting is in its life: the member ends it, or its time does."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a sitting was asked for: up to `count` items; what is `None` or false does not narrow it down."""

    count: int
    topic: str | None = None
    trap: str | None = None
    difficulty: Difficulty | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a sitting, numbered from 1, and what the member did with it.

    `choice` is `None` before an answer, and `sure` when the member did not say. `units` and `full` are `None` until it
    is graded: at once, or when an exam is handed in.
    """

    number: int
    posed: PosedItem
    choice: str | None = None
    sure: bool | None = None
    flagged: bool = False
    units: int | None = None
    full: bool | None = None
    answered_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return self.choice is not None

    @property
    def mark(self) -> Mark:
        """What the answer earns; no answer earns nothing."""
        return grade_choice(self.posed, self.choice or "")

    @property
    def worth(self) -> int:
        """The units that a fully right answer earns."""
        return worth(self.posed.item)

    @property
    def fallen(self) -> frozenset[str]:
        """The traps that the answer fell for."""
        return self.posed.slips(self.choice or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One member's run of items of one bank; `guild_id` is `None` in direct messages.

    `touched_at` is when the member last did something in it. An exam has a `deadline`.
    """

    id: int
    guild_id: int | None
    member_id: int
    mode: Mode
    bank: str
    wish: Wish
    state: SittingState
    started_at: datetime
    touched_at: datetime
    entries: tuple[Entry, ...]
    deadline: datetime | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.state is SittingState.OPEN

    @property
    def ends_at(self) -> datetime:
        """When it is over by itself, unless something is done in it before."""
        return self.deadline if self.deadline is not None else self.touched_at + IDLE

    def ran_out(self, now: datetime) -> bool:
        """Tell whether its time is over although it was not ended."""
        return self.open and now >= self.ends_at

    @property
    def answered(self) -> tuple[Entry, ...]:
        """The entries with an answer."""
        return tuple(entry for entry in self.entries if entry.answered)

    @property
    def unanswered(self) -> tuple[Entry, ...]:
        """The entries without one."""
        return tuple(entry for entry in self.entries if not entry.answered)

    @property
    def missed(self) -> tuple[Entry, ...]:
        """The graded entries whose answer was not fully right."""
        return tuple(entry for entry in self.entries if entry.full is False)

    def entry(self, number: int) -> Entry | None:
        """Give the entry of a number, `None` if there is none."""
        return self.entries[number - 1] if 0 < number <= len(self.entries) else None


def following(sitting: Sitting, number: int, leave_out: Collection[int] = ()) -> Entry | None:
    """Give the first entry without an answer after a number, else the first before it; `leave_out` are numbers."""
    waiting = [entry for entry in sitting.unanswered if entry.number not in leave_out]
    later = [entry for entry in waiting if entry.number > number]
    return next(iter([*later, *waiting]), None)


def answered(sitting: Sitting, number: int, choice: Collection[str], now: datetime, *, sure: bool | None) -> Sitting:
    """Note an answer in an open sitting.

    Where answers are explained at once the first one stays, and is graded; in an exam the last one does, ungraded.
    """
    entry = sitting.entries[number - 1]
    if entry.answered and sitting.mode.tells_at_once:
        return sitting
    given = replace(entry, choice="".join(sorted(choice)), sure=sure, answered_at=now)
    return _with(sitting, _graded(given) if sitting.mode.tells_at_once else given, now)


def flagged(sitting: Sitting, number: int, now: datetime, *, flag: bool) -> Sitting:
    """Mark an entry of an open sitting to be looked at again, or take the mark off."""
    return _with(sitting, replace(sitting.entries[number - 1], flagged=flag), now)


def handed_in(sitting: Sitting, now: datetime) -> Sitting:
    """End an open sitting: with every entry graded if it is an exam, unanswered ones as wrong.

    After its time it is expired, with what was there then.
    """
    late = now >= sitting.ends_at
    state = SittingState.EXPIRED if late else SittingState.DONE
    entries = sitting.entries if sitting.mode.tells_at_once else tuple(_graded(entry) for entry in sitting.entries)
    return replace(sitting, state=state, ended_at=min(now, sitting.ends_at), entries=entries)


def practised_in(sitting: Sitting, entry: Entry) -> Practised:
    """Give an answered entry as what a member did for themself; its seed is that of no other posing."""
    assert entry.choice is not None
    assert entry.answered_at is not None
    return Practised.graded(
        entry.posed,
        entry.choice,
        guild_id=sitting.guild_id,
        member_id=sitting.member_id,
        bank=sitting.bank,
        seed=seed_in(sitting.id, entry.number),
        at=entry.answered_at,
        source=PracticeSource(sitting.mode),
        sure=entry.sure,
    )


def seed_in(sitting_id: int, number: int) -> str:
    """Give the seed that an entry is posed by."""
    return f"s{sitting_id}.{number}"


def _graded(entry: Entry) -> Entry:
    mark = entry.mark
    return replace(entry, units=units(mark, entry.posed.item.weight), full=mark.fraction == 1)


def _with(sitting: Sitting, entry: Entry, now: datetime) -> Sitting:
    entries = tuple(entry if each.number == entry.number else each for each in sitting.entries)
    return replace(sitting, entries=entries, touched_at=now)
