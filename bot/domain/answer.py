"""Answers: how taps, lifted letters, clears, snapshots and private choices become what a member holds.

Events and snapshots go through the same rule (`Kind.read`), so a letter missed live and found later by catch-up
ends in the same answer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.item import ItemKind
from bot.domain.kinds import KINDS

_TOGETHER = "o"
_GROUP = re.compile(r"[A-Ja-j](?:o[A-Ja-j])*")


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
    reaction, a lower-case one for a super reaction; an `o` ("or") stands between marks that a snapshot found together,
    in whatever order they were tapped. `choice` are the letters that count, in alphabetical order, empty when
    withdrawn. `unresolved` says that several letters may be the latest and `choice` lists them all: it earns nothing
    until settled.
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
    def marks(self) -> frozenset[str]:
        """The marks last seen on the post."""
        return frozenset(self.seen.replace(_TOGETHER, ""))

    @property
    def letters(self) -> str:
        """The letters on the post, whichever sort of reaction holds them; one held twice stands where it was last."""
        return _letters(self.seen)


def tapped(answer: Answer, mark: str, *, kind: ItemKind, now: datetime) -> Answer:
    """Add a mark: the last word, whatever was answered before and by whichever surface.

    A mark that was there already was lifted without our hearing of it, or is reported after a snapshot found it:
    either way it is the latest now.
    """
    seen = _without(answer.seen, mark) + mark
    return _read(answer, seen, kind=kind, added=mark.upper(), gone="", now=now, came=Came.LIVE)


def lifted(answer: Answer, mark: str, *, kind: ItemKind, now: datetime) -> Answer:
    """Take a mark away: withdraws its letter unless the other sort of reaction still holds it.

    An answer given privately stays.
    """
    seen = _without(answer.seen, mark)
    if mark not in answer.marks or mark.upper() in _letters(seen):
        return _showing(answer, seen)
    return _read(answer, seen, kind=kind, added="", gone=mark.upper(), now=now, came=Came.LIVE)


def tidied(answer: Answer, mark: str) -> Answer:
    """Forget a mark that the bot itself took away: the answer stays, and so does the other sort of reaction."""
    return _showing(answer, _without(answer.seen, mark))


def cleared(answer: Answer, letters: str) -> Answer:
    """Forget letters that a moderator took away, both sorts of reaction: the answer stays."""
    if not letters:
        return answer
    return _showing(answer, _without(answer.seen, letters + letters.lower()))


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
    stands: bool = True,
    heard: frozenset[str] = frozenset(),
) -> Answer:
    """Bring an answer in line with a snapshot of the marks `present` on the post.

    What counts is letters: another sort of reaction on a letter that was there is nothing new. `cleared_letters` lack
    the bot's own seed: whoever is missing there was cleared, not withdrawn.

    What is new was missed in an outage. `stands` says that a private answer may be later than that: it stays. `heard`
    are the marks that were heard since the outage began and not lifted: they come after what is new, and an answer that
    they gave stays until it is lifted.
    """
    if present == answer.marks:
        return answer
    there = {mark.upper() for mark in present}
    missing = set(answer.letters) - there
    wiped = missing & set(cleared_letters)
    # Whoever lost a letter to a clear and holds another that was cleared with it has tapped that one again since.
    again = there & set(cleared_letters) if wiped else set()
    new = there - (set(answer.letters) - again)
    seen = _merged(answer.seen, present, frozenset(new), heard)
    gone = missing - wiped
    later = {mark.upper() for mark in heard} - gone
    # Whatever is new came before the last word, if that was heard.
    added = set() if later & there or (answer.choice and later.issuperset(answer.choice)) else new
    if not new and not gone:
        return _showing(answer, seen)
    if answer.surface is Surface.PRIVATE and stands:
        return _showing(answer, seen)
    return _read(
        answer,
        seen,
        kind=kind,
        added="".join(sorted(added)),
        gone="".join(sorted(gone)),
        now=now,
        came=Came.CATCH_UP,
    )


def _read(answer: Answer, seen: str, *, kind: ItemKind, added: str, gone: str, now: datetime, came: Came) -> Answer:
    """Read an answer again once its marks have become `seen`."""
    by_reactions = answer.surface is Surface.REACTIONS
    if not by_reactions and not added:
        return _showing(answer, seen)
    # Letters chosen privately are not on the post, so they say nothing about what was lifted from it.
    before = answer.choice if by_reactions else ""
    reading = KINDS[kind].read(choice=before, seen=_letters(seen), latest=_latest(seen), added=added, gone=gone)
    if by_reactions and reading.choice == answer.choice and reading.unresolved is answer.unresolved:
        return _showing(answer, seen)
    return Answer(
        seen=seen, choice=reading.choice, unresolved=reading.unresolved, surface=Surface.REACTIONS, came=came, at=now
    )


def _showing(answer: Answer, seen: str) -> Answer:
    """Give an answer with other marks on the post. Every tap comes by here, and `replace` takes three times as long."""
    if seen == answer.seen:
        return answer
    return Answer(
        seen=seen,
        choice=answer.choice,
        unresolved=answer.unresolved,
        surface=answer.surface,
        came=answer.came,
        at=answer.at,
    )


# What was seen nearly always is in a known order, mark by mark, and mostly without super reactions: these four look for
# that first, since they run for every tap.


def _letters(seen: str) -> str:
    if seen.isupper():
        return seen
    marks = seen.replace(_TOGETHER, "").upper()
    return "".join(reversed(dict.fromkeys(reversed(marks))))


def _latest(seen: str) -> str:
    """Give the letters of the marks that may have been tapped last."""
    if _TOGETHER not in seen:
        return seen[-1:].upper()
    return "".join(sorted({mark.upper() for group in _groups(seen)[-1:] for mark in group}))


def _groups(seen: str) -> list[str]:
    """Split what was seen into marks of known order; those found together share a group."""
    if _TOGETHER not in seen:
        return list(seen)
    return [group.replace(_TOGETHER, "") for group in _GROUP.findall(seen)]


def _without(seen: str, marks: str) -> str:
    if not any(mark in seen for mark in marks):
        return seen
    return _joined("".join(mark for mark in group if mark not in marks) for group in _groups(seen))


def _joined(groups: Iterable[str]) -> str:
    return "".join(_TOGETHER.join(group) for group in groups)


def _merged(seen: str, present: frozenset[str], new: frozenset[str], heard: frozenset[str]) -> str:
    """Write what is present in the order in which its letters were seen; the new letters together before those heard.

    New letters come last where nothing was heard since.
    """
    groups = _groups(seen)
    found = next((number for number, group in enumerate(groups) if not heard.isdisjoint(group)), len(groups))
    groups.insert(found, "")
    place = {mark: number for number, group in enumerate(groups) for mark in group}
    # Another sort of reaction on a letter that was there takes its place.
    letter = {mark.upper(): number for mark, number in place.items()} | dict.fromkeys(new, found)
    kept = {mark: number for mark, number in place.items() if mark.upper() not in new}
    where = {mark: kept.get(mark, letter[mark.upper()]) for mark in present}
    return _joined("".join(sorted(mark for mark in present if where[mark] == number)) for number in range(len(groups)))
