"""Looks: when the bot read a post, and what it may have found there of a member, by the server's journal.

Only a reading that came to its end tells a bot anything: one that broke off may lack letters that are on the post. A
bot that takes a reading for whole is judged by all that the server would have shown it, whatever it asked for.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from tests.wire.journal import Entry
from tests.wire.knowing import Look
from tests.wire.minutes import Line
from tests.wire.people import LETTERS, emoji_of
from tests.wire.state import Message, Tap

Moment = Callable[[float], datetime]
"""Gives the instant, by the clock of all, of a moment of the machine's steady clock."""

_Answer = tuple[datetime, datetime]
"""From when until when the server had to do with a request that it answered."""

_POST = re.compile(r".*/messages/(\d+)(?:/reactions/.+)?")
_GET = "GET /channels/{channel_id}/messages/{message_id}"
_USERS = f"{_GET}/reactions/{{emoji}}"
_FINE = 200
_SKEW = timedelta(seconds=1)
"""So far may the journal and the minutes be apart: some hundredths of a second of real time."""

_MARKS = {(emoji_of(letter), burst): letter.lower() if burst else letter for letter in LETTERS for burst in (0, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a post, from when a bot set about it until it had it all.

    What it shows was there between `asked` and `shown`; of the post itself, with the bot's own letters, until `told`.
    """

    begun: datetime
    asked: datetime
    told: datetime
    shown: datetime
    done: datetime


def readings(entries: Sequence[Entry], moment: Moment, lines: Mapping[int, Sequence[Line]]) -> dict[int, list[Reading]]:
    """Find the readings of every post that came to their end, by its message, in the order in which they did."""
    posts: dict[int, list[_Answer]] = defaultdict(list)
    pages: dict[int, list[_Answer]] = defaultdict(list)
    for entry in entries:
        place = _POST.fullmatch(entry.path) if entry.route in (_GET, _USERS) and entry.status == _FINE else None
        if place is not None:
            answer = moment(entry.at), moment(entry.at + entry.seconds)
            (posts if entry.route == _GET else pages)[int(place[1])].append(answer)
    return {
        message: [read for line in found if (read := _reading(line, posts[message], pages[message])) is not None]
        for message, found in lines.items()
    }


def _reading(line: Line, posts: Sequence[_Answer], pages: Sequence[_Answer]) -> Reading | None:
    """Find what was asked for a reading; what another one asked of the same post meanwhile may belong to it, too."""
    assert line.begun is not None, "only readings come here"
    within = [
        [(begun, done) for begun, done in each if begun >= line.begun - _SKEW and done <= line.at + _SKEW]
        for each in (posts, pages)
    ]
    if not within[0]:
        return None
    told = max(done for _, done in within[0])
    return Reading(
        begun=line.begun,
        asked=min(begun for begun, _ in within[0]),
        told=told,
        shown=max([told, *(done for _, done in within[1])]),
        done=line.at,
    )


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
    before = _marks(tap for tap in taps if tap.at <= reading.asked)
    changed = {mark_of(tap) for tap in taps if reading.asked < tap.at <= reading.shown}
    kept = before - changed
    variants = product(*(({mark}, set()) for mark in sorted(changed)))
    shown = [frozenset(kept.union(*each)) for each in variants]
    bare = _bare(message, reading, letters)
    if reading.asked <= seeded:
        bare.add(frozenset())
    return {Look(present=present, bare=each) for present in shown for each in bare}


def _bare(message: Message, reading: Reading, letters: str) -> set[frozenset[str]]:
    """Give the letters that lacked the bot's own while the post itself was read, in each way they did."""
    own = [tap for tap in message.taps if tap.user_id == message.author.id and tap.at <= reading.told]
    instants = {reading.asked, *(tap.at for tap in own if tap.at > reading.asked)}
    return {frozenset(letters) - _marks(tap for tap in own if tap.at <= at) for at in instants}


def _marks(taps: Iterator[Tap]) -> frozenset[str]:
    there: set[str] = set()
    for tap in taps:
        if tap.added:
            there.add(mark_of(tap))
        else:
            there.discard(mark_of(tap))
    return frozenset(there) - {""}
