"""Answers: how taps, lifted letters, clears, snapshots and private choices become what a member holds.

Events and snapshots go through the same rule (`Kind.read`), so a letter missed live and found later by catch-up
ends in the same answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.item import ItemKind
from bot.domain.kinds import KINDS


class Surface(StrEnum):
    """The way an answer was given."""

    REACTIONS = "reactions"
    PRIVATE = "private"


class Came(StrEnum):
    """How an answer reached Trapwise: as it was given, or found later by a full diff."""

    LIVE = "live"
    CATCH_UP = "catch-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one member holds for one round.

    `seen` are the marks last seen on the post, in the order of tapping: an upper-case letter for an ordinary
    reaction, a lower-case one for a super reaction. `choice` are the letters that count, in alphabetical order, empty
    when withdrawn. `unresolved` says that several letters appeared at once and `choice` lists them all: it earns
    nothing until settled.
    """

    seen: str = ""
    choice: str = ""
    unresolved: bool = False
    surface: Surface = Surface.REACTIONS
    came: Came = Came.LIVE
    at: datetime

    @property
    def given(self) -> bool:
        """Whether there is an answer to grade: not withdrawn."""
        return bool(self.choice)

    @property
    def letters(self) -> str:
        """The letters on the post, in the order of tapping, whichever sort of reaction holds them."""
        return _letters(self.seen)


def tapped(answer: Answer, mark: str, *, kind: ItemKind, now: datetime) -> Answer:
    """Add a mark: the last word, whatever was answered before and by whichever surface.

    A mark that is there already is a repeated event and changes nothing.
    """
    if mark in answer.seen:
        return answer
    after = replace(answer, seen=answer.seen + mark)
    return _read(after, kind=kind, added=mark.upper(), gone="", now=now, came=Came.LIVE)


def lifted(answer: Answer, mark: str, *, kind: ItemKind, now: datetime) -> Answer:
    """Take a mark away: withdraws its letter unless the other sort of reaction still holds it.

    An answer given privately stays.
    """
    after = replace(answer, seen=answer.seen.replace(mark, ""))
    if mark not in answer.seen or mark.upper() in after.letters:
        return after
    return _read(after, kind=kind, added="", gone=mark.upper(), now=now, came=Came.LIVE)


def cleared(answer: Answer, letters: str) -> Answer:
    """Forget letters that someone else took away (a moderator, or the bot itself): the answer stays."""
    return replace(answer, seen="".join(mark for mark in answer.seen if mark.upper() not in letters))


def chosen_privately(answer: Answer, letters: str, *, now: datetime) -> Answer:
    """Answer by button: stands until a later tap or a later private answer."""
    return replace(
        answer,
        choice="".join(sorted(letters)),
        unresolved=False,
        surface=Surface.PRIVATE,
        came=Came.LIVE,
        at=now,
    )


def reconciled(
    answer: Answer,
    present: frozenset[str],
    *,
    kind: ItemKind,
    now: datetime,
    cleared_letters: str = "",
    outage_began: datetime | None = None,
) -> Answer:
    """Bring an answer in line with a snapshot of the marks `present` on the post.

    `cleared_letters` lack the bot's own seed: whoever is missing there was cleared, not withdrawn. A private answer
    gives way only to a letter added during an outage that began after it.
    """
    there = {mark.upper() for mark in present}
    answer = cleared(answer, "".join(letter for letter in cleared_letters if letter not in there))
    added = "".join(sorted(there - set(answer.letters)))
    gone = "".join(letter for letter in answer.letters if letter not in there)
    kept = "".join(mark for mark in answer.seen if mark in present)
    after = replace(answer, seen=kept + "".join(sorted(present - set(kept))))
    if not added and not gone:
        return after
    if answer.surface is Surface.PRIVATE and (outage_began is None or answer.at >= outage_began):
        return after
    return _read(after, kind=kind, added=added, gone=gone, now=now, came=Came.CATCH_UP)


def _read(answer: Answer, *, kind: ItemKind, added: str, gone: str, now: datetime, came: Came) -> Answer:
    if answer.surface is Surface.PRIVATE and not added:
        return answer
    # Letters chosen privately are not on the post, so they say nothing about what was lifted from it.
    before = answer.choice if answer.surface is Surface.REACTIONS else ""
    reading = KINDS[kind].read(choice=before, seen=answer.letters, added=added, gone=gone)
    if (reading.choice, reading.unresolved) == (answer.choice, answer.unresolved) and not added:
        return answer
    return replace(
        answer,
        choice=reading.choice,
        unresolved=reading.unresolved,
        surface=Surface.REACTIONS,
        came=came,
        at=now,
    )


def _letters(marks: str) -> str:
    """Reduce marks to letters; a letter held twice stands where it was tapped last."""
    return "".join(reversed(dict.fromkeys(reversed(marks.upper()))))
