"""What a bot knows of one member's answer, and what every change makes of it: the rules in words, none of its code.

Letters heard of one by one are in a known order; those that a look at the post finds together share a place in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

Seen = tuple[frozenset[str], ...]
"""Marks in the order of tapping, capital for ordinary reactions and small for super ones; a set is of unknown order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a member: `seen` on the post, the `choice` that counts, and whether it was made privately.

    While `unsettled`, the choice lists letters of which nobody can tell which is the last.
    """

    seen: Seen = ()
    choice: str = ""
    unsettled: bool = False
    private: bool = False

    @property
    def answer(self) -> str:
        """Give the answer as the database has it: `?` stands before one that is not settled."""
        return f"{'?' if self.unsettled else ''}{self.choice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at the post shows of a member: the marks there, and which letters lack the bot's own (`bare`).

    `beats` says whether a new letter takes the place of a private answer: it does when an outage began after that.
    `heard` are the marks heard since an outage began that no earlier look repaired: whatever is new is older than them.
    """

    present: frozenset[str]
    bare: frozenset[str] = frozenset()
    beats: bool = False
    heard: frozenset[str] = frozenset()


def tapped(known: Known, mark: str, *, single: bool) -> Known:
    """Hear of a letter: with one right answer it is the choice, else it joins those that count, or all on the post."""
    seen = (*_without(known.seen, {mark}), frozenset({mark}))
    if single:
        return Known(seen=seen, choice=mark.upper())
    return Known(seen=seen, choice=_sorted(_letters(seen) | set("" if known.private else known.choice)))


def lifted(known: Known, mark: str, *, single: bool) -> Known:
    """Hear that a member took a letter back; nothing of what was chosen privately goes with it."""
    seen = _without(known.seen, {mark})
    if known.private or mark.upper() in _letters(seen) or not any(mark in group for group in known.seen):
        return replace(known, seen=seen)
    return _less(known, seen, {mark.upper()}, single=single)


def swept(known: Known, marks: Iterable[str]) -> Known:
    """Hear that others took letters off, a moderator or the bot itself: nobody's choice changes."""
    return replace(known, seen=_without(known.seen, set(marks)))


def chosen(known: Known, letters: str) -> Known:
    """Hear a private answer, or with no letters that everything is withdrawn."""
    return Known(seen=known.seen, choice=_sorted(letters), private=True)


def looked(known: Known, look: Look, *, single: bool) -> Known:
    """Look at the post: what differs from what was seen happened unheard; letters that lack the bot's were cleared."""
    if look.present == frozenset().union(*known.seen):
        return known
    there, before = {mark.upper() for mark in look.present}, _letters(known.seen)
    missing = before - there
    wiped = missing & look.bare
    # Whoever lost a letter to a clear and holds another that went with it has tapped that one again.
    new = there - (before - (there & look.bare if wiped else set()))
    seen, gone = _merged(known.seen, look.present, new, look.heard), missing - wiped
    if known.private and not (new and look.beats):
        return replace(known, seen=seen)
    later = {mark.upper() for mark in look.heard} - gone
    if single and (later & there or (known.choice and later.issuperset(known.choice))):
        new = set()  # older than the last word
    if not new:
        return _less(known, seen, gone, single=single) if gone else replace(known, seen=seen)
    if single:
        return Known(seen=seen, choice=_sorted(new), unsettled=len(new) > 1)
    kept = set() if known.private else set(known.choice) - gone
    return Known(seen=seen, choice=_sorted(kept | _letters(seen)))


def _less(known: Known, seen: Seen, gone: set[str], *, single: bool) -> Known:
    """Take letters from a choice; with one right answer the one tapped last before it is the choice again."""
    left = set(known.choice) - gone
    if not single:
        return replace(known, seen=seen, choice=_sorted(left | _letters(seen)))
    if not left and seen:
        left = {mark.upper() for mark in seen[-1]}
    return replace(known, seen=seen, choice=_sorted(left), unsettled=len(left) > 1)


def _letters(seen: Seen) -> set[str]:
    return {mark.upper() for group in seen for mark in group}


def _without(seen: Seen, marks: set[str]) -> Seen:
    return tuple(left for group in seen if (left := group - marks))


def _merged(seen: Seen, present: frozenset[str], new: set[str], heard: frozenset[str]) -> Seen:
    """Keep the order in which letters were seen; the new ones come together, before those heard since, or last."""
    first = next((number for number, group in enumerate(seen) if group & heard), len(seen))
    seen = (*seen[:first], frozenset(), *seen[first:])
    place = {mark.upper(): number for number, group in enumerate(seen) for mark in group}
    place |= dict.fromkeys(new, first)
    groups = (frozenset(mark for mark in present if place[mark.upper()] == each) for each in range(len(seen)))
    return tuple(group for group in groups if group)


def _sorted(letters: Iterable[str]) -> str:
    return "".join(sorted(letters))
