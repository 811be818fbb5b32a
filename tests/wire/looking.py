"""Looks: when the bot read a post, by the server's journal, and what it may have found there of a member."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from tests.wire.journal import Entry
from tests.wire.knowing import Look
from tests.wire.people import LETTERS, emoji_of
from tests.wire.state import Message, Tap

Moment = Callable[[float], datetime]
"""Gives the instant, by the clock of all, of a moment of the machine's steady clock."""

_POST = re.compile(r".*/messages/(\d+)(/reactions/.+)?")
_GET = "GET /channels/{channel_id}/messages/{message_id}"
_USERS = f"{_GET}/reactions/{{emoji}}"
_FINE = 200
_MARKS = {(emoji_of(letter), burst): letter.lower() if burst else letter for letter in LETTERS for burst in (0, 1)}


@dataclass(slots=True, kw_only=True)
class Reading:
    """One reading of a post: from its first request until its last answer; `told` is when the post itself was there.

    `pages` are when the lists of members came. Another reading of the same post may have asked for some of them.
    """

    begun: datetime
    told: datetime
    pages: list[datetime] = field(default_factory=list)

    @property
    def done(self) -> datetime:
        """Give when the last answer came."""
        return max(self.told, *self.pages) if self.pages else self.told

    def until(self, instant: datetime) -> "Reading":
        """Give what of it came before an instant."""
        return Reading(begun=self.begun, told=self.told, pages=[each for each in self.pages if each < instant])


def readings(entries: Sequence[Entry], moment: Moment) -> dict[int, list[Reading]]:
    """Find the readings of every post, by its message; one that broke off is among them as far as it came."""
    found: dict[int, list[Reading]] = defaultdict(list)
    for entry in entries:
        place = _POST.fullmatch(entry.path) if entry.route in (_GET, _USERS) and entry.status == _FINE else None
        if place is None:
            continue
        of_post, done = found[int(place[1])], moment(entry.at + entry.seconds)
        if entry.route == _GET:
            of_post.append(Reading(begun=moment(entry.at), told=done))
        elif of_post:
            of_post[-1].pages.append(done)
    return found


def mark_of(tap: Tap) -> str:
    """Give the mark of a reaction: a capital letter, a small one for a super reaction, nothing for other emoji."""
    return _MARKS.get((tap.emoji, tap.burst), "")


def marks_of(emoji: str) -> set[str]:
    """Give both marks of an emoji, or those of all letters for an empty one."""
    return {mark for (each, _), mark in _MARKS.items() if emoji in ("", each)}


def looks(message: Message, taps: Sequence[Tap], reading: Reading, *, letters: str, seeded: datetime) -> set[Look]:
    """Give what a reading may have shown of a member who did `taps`: what changed meanwhile may be in it, or not.

    Before it is noted that the post was `seeded` with all its letters, none that is missing was cleared.
    """
    before = _marks(tap for tap in taps if tap.at <= reading.begun)
    changed = {mark_of(tap) for tap in taps if reading.begun < tap.at <= reading.done}
    kept = before - changed
    variants = product(*(({mark}, set()) for mark in sorted(changed)))
    shown = [frozenset(kept.union(*each)) for each in variants]
    bare = _bare(message, reading, letters)
    if reading.begun <= seeded:
        bare.add(frozenset())
    return {Look(present=present, bare=each) for present in shown for each in bare}


def _bare(message: Message, reading: Reading, letters: str) -> set[frozenset[str]]:
    """Give the letters that lacked the bot's own while the post itself was read, in each way they did."""
    own = [tap for tap in message.taps if tap.user_id == message.author.id and tap.at <= reading.told]
    instants = {reading.begun, *(tap.at for tap in own if tap.at > reading.begun)}
    return {frozenset(letters) - _marks(tap for tap in own if tap.at <= at) for at in instants}


def _marks(taps: Iterator[Tap]) -> frozenset[str]:
    there: set[str] = set()
    for tap in taps:
        if tap.added:
            there.add(mark_of(tap))
        else:
            there.discard(mark_of(tap))
    return frozenset(there) - {""}
