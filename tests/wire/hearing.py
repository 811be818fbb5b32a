"""What a bot must hold of everyone in the end, worked out from what it heard, and when, and what it could find.

Every letter, withdrawal, clear and private answer counts in the order in which the bot heard of it, up to the commit
that moves the question to closing. What it did not hear it finds when it reads the post, at the latest for the close:
so a letter whose event was lost still counts, and one tapped after the close does where it was not heard to be late.

Some things cannot be known, and there more than one answer is right; nowhere else:

- whether what was heard during that commit, or in the moment after it, counts, or was stored when a bot was killed
  before the commit it was in was seen to be done, unless a receipt says so, or a commit that began after it;
- in what order letters came that one reading finds together, or whether a letter was put back that was there before;
- whether a letter that is found is older than those heard since an outage began, or than a private answer given about
  when it did, where nobody can tell which outages were repaired before (`tests.wire.unread`);
- whether a reading tells of somebody who did something while it went on, or of anybody when the question was closing,
  or when another one that began later was there first; of all others it does, and what it shows of them is known then;
- what happened unheard and was undone before anybody looked: a letter that a moderator cleared, above all;
- what somebody did unheard before the close who was heard again after it: a reading tells nothing of them any more.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from tests.wire.clock import instant
from tests.wire.knowing import Known, chosen, lifted, looked, swept, tapped
from tests.wire.looking import Reading, looks, mark_of, marks_of
from tests.wire.marks import Asked
from tests.wire.minutes import Book, Line, What
from tests.wire.privately import Word
from tests.wire.state import Message, Tap
from tests.wire.unread import COMPARED, HANDED_ON, LONG_AGO, Unread, read_of_everybody

Change = Callable[[Known], Known]

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What may be stored of a member, empty for nothing: one answer, or several where nobody can tell.

    Of those some are right only because what was found may be `older` than what was heard since an outage.
    """

    answers: frozenset[str]
    older: frozenset[str] = frozenset()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when a commit began until it was done, as far as is known."""

    begun: datetime = _NEVER
    done: datetime = _NEVER


def hear(
    asked: Asked, message: Message, words: Sequence[Word], book: Book, readings: Sequence[Reading]
) -> dict[int, Told]:
    """Work out what may be stored of everybody who did anything about a question."""
    moves = book.moves.get(asked.number, [])
    opened, seeded, closing, closed = (
        _span(moves, book.lives, state) for state in ("open", "seeded", "closing", "closed")
    )
    taps: dict[int, list[Tap]] = defaultdict(list)
    for tap in message.taps:
        taps[tap.user_id].append(tap)
    said: dict[int, list[tuple[Line, Word]]] = defaultdict(list)
    for word in words:
        if (line := book.used.get(word.used.id)) is not None:
            said[word.member].append((line, word))
    lines = [line for line in book.heard.get(message.id, []) if line.at < closed.begun]
    heard = _heard(message, lines)
    everybody = [line for line in [*lines, *book.lives] if line.what is not What.HEARD and line.at < closed.begun]
    members = {*taps, *said} - {message.author.id}
    counted = [each for each in readings if each.done < closed.begun]
    acts = {member: [line.at for line, _ in (*heard[member], *said[member])] for member in members}
    spans = [(each.begun, each.done) for each in counted]
    course = _Course(
        asked=asked,
        message=message,
        opened=opened,
        seeded=seeded.done,
        closing=closing,
        readings=dict(zip(counted, read_of_everybody(spans, acts, [line.at for line in book.lives]), strict=True)),
        commits=book.commits,
    )
    return {
        member: _told(
            *(
                _Walk(
                    course=course,
                    taps=taps[member],
                    stored=book.stored.get((asked.number, member), []),
                    acts=acts[member],
                    newest=newest,
                ).through(heard[member], said[member], everybody)
                for newest in (False, True)
            )
        )
        for member in members
    }


def _told(told: Told, if_newest: Told) -> Told:
    """Tell of what may be stored what could not be if all that was found were newer than what was heard."""
    return replace(told, older=told.answers - if_newest.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """What is the same for everybody: the question, when it opened, had its letters, closed, and when it was read.

    Of each of the `readings` it says whether it and those before it have surely told of everybody.
    """

    asked: Asked
    message: Message
    opened: Span
    seeded: datetime
    closing: Span
    readings: dict[Reading, bool]
    commits: Sequence[tuple[datetime, datetime]]

    def stored_by(self, instant: datetime) -> datetime:
        """Give until when everything heard was stored by an instant: whatever came first is stored first."""
        number = bisect_left(self.commits, instant, key=lambda commit: commit[1])
        return self.commits[number - 1][0] - HANDED_ON if number else LONG_AGO


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Goes through everything about one member in its order, with all that may be known of them at a time."""

    course: _Course
    taps: Sequence[Tap]
    stored: Sequence[tuple[datetime, datetime]]
    acts: Sequence[datetime]
    newest: bool = False
    clears: list[tuple[datetime, set[str]]] = field(default_factory=list)
    known: set[Known] = field(default_factory=lambda: {Known()})
    past: list[tuple[datetime, set[Known]]] = field(default_factory=list)
    unread: Unread = field(default_factory=Unread)
    tapped: dict[str, datetime] = field(default_factory=dict)
    private: datetime = LONG_AGO
    late: list[datetime] = field(default_factory=list)
    read: datetime = LONG_AGO
    wrong: list[str] = field(default_factory=list)

    def through(
        self, heard: Sequence[tuple[Line, Tap]], said: Iterable[tuple[Line, Word]], everybody: Iterable[Line]
    ) -> Told:
        """Go through it, and what concerns `everybody`; gives what may be known at the end."""
        opened = self.course.opened.done
        steps: list[tuple[datetime, Callable[[], None]]] = [
            (opened, partial(self.unread.posted, instant(self.course.message.id), opened)),
            *((line.at, partial(self._tap, line.at, tap)) for line, tap in heard),
            *((line.at, partial(self._say, line.at, word)) for line, word in said),
            *((line.at, partial(self._meet, line)) for line in everybody),
            *((each.done, partial(self._look, each)) for each in self.course.readings),
        ]
        self.late = [line.at for line, _ in heard if line.at >= self.course.closing.begun]
        for _, step in sorted(steps, key=lambda each: each[0]):
            step()
        return Told(answers=frozenset(each.answer for each in self.known), wrong=tuple(self.wrong))

    def _tap(self, at: datetime, tap: Tap) -> None:
        mark, single = mark_of(tap), self.course.asked.single
        if mark.upper() not in self.course.asked.letters or at >= self._closed():
            return
        sure = self._is_sure(at)
        if tap.by != tap.user_id:
            self._change(at, lambda known: swept(known, {mark}), sure=sure)
        else:
            act = tapped if tap.added else lifted
            if tap.added:
                self.tapped.pop(mark, None)
                self.tapped[mark] = at
            self._change(at, lambda known: act(known, mark, single=single), sure=sure)
        if not tap.added and not any(mark.swapcase() in group for known in self.known for group in known.seen):
            for each in (mark, mark.swapcase()):
                self.tapped.pop(each, None)

    def _say(self, at: datetime, word: Word) -> None:
        closing = self.course.closing
        if word.taken and at >= self._closed():
            self.wrong.append(f"private answer {word.letters} at {at:%H:%M:%S} was taken after the close")
        if word.refused and at < closing.begun:
            self.wrong.append(f"private answer {word.letters} at {at:%H:%M:%S} was refused before the close")
        if word.refused or at >= self._closed():
            return
        self._change(at, lambda known: chosen(known, word.letters), sure=word.taken or at < closing.begun)
        self.private = at
        if word.taken:
            self.past.clear()

    def _closed(self) -> datetime:
        """Give when it is too late in any case: the bot learns of a commit a moment after it."""
        done = self.course.closing.done
        return done if done == _NEVER else done + HANDED_ON

    def _change(self, at: datetime, change: Change, *, sure: bool) -> None:
        self.past.append((at, self.known))
        changed = {change(each) for each in self.known}
        self.known = changed if sure else self.known | changed

    def _is_sure(self, at: datetime) -> bool:
        """Tell whether what is heard at an instant counts in any case: the question is open, and not about to close."""
        return self.course.opened.done <= at < self.course.closing.begun

    def _meet(self, line: Line) -> None:
        if line.what is What.CLEARED:
            marks = marks_of(line.emoji)
            self.clears.append((line.at, marks))
            if line.at < self.course.closing.done:
                self._change(line.at, lambda known: swept(known, marks), sure=self._is_sure(line.at))
            return
        match line.what:
            case What.LOST:
                self.unread.begin(line.at)
            case What.BACK | What.RESUMED:
                self.unread.over(line.at, told=line.what is What.RESUMED)
            case What.ENDED:
                self.unread.killed(line.at, alive=line.alive, stored=self.course.stored_by(line.at))
                self._die(line.at)
            case What.RECALLED:
                self.unread.recalled(dict(line.unread).get(self.course.asked.number))

    def _die(self, at: datetime) -> None:
        """Lose what was not stored; what is stored may be what they did a moment before."""
        theirs = max((begun for begun, done in self.stored if done < at), default=LONG_AGO + HANDED_ON)
        safe, earlier = self.course.stored_by(at), LONG_AGO
        for when, known in self.past:
            if when > safe and (when > theirs or when - earlier <= HANDED_ON >= theirs - when):
                self.known = self.known | known
            earlier = when

    def _look(self, reading: Reading) -> None:
        closing = self.course.closing
        letters, seeded = self.course.asked.letters, self.course.seeded
        shown = looks(self.course.message, self.taps, reading, letters=letters, seeded=seeded)
        found = {
            looked(known, replace(look, beats=beats, heard=heard), single=self.course.asked.single)
            for known in self.known
            for beats, heard in self._missed(known)
            for look in shown
        }
        for at, marks in self.clears:
            if at >= reading.begun - HANDED_ON:
                # What the reading still shows may be gone since; that it was there counts.
                found |= {swept(each, marks) for each in found}
        if reading is not next(reversed(self.course.readings)) or reading.begun < closing.begun:
            sure = self._tells(reading)
            self.past.append((reading.done, self.known))
            self.known = found if sure else self.known | found
            self.unread.read(reading.begun, reading.done, sure=sure, everybody=self.course.readings[reading])
            self.read = max(self.read, reading.begun)
            return
        late = [at for at in self.late if at <= reading.done + COMPARED]
        if not late:
            self.known = found
        elif self.unread.was_away(closing.begun) or not any(closing.done <= at <= reading.begun for at in late):
            self.known = self.known | found

    def _tells(self, reading: Reading) -> bool:
        """Tell whether a reading of an open question surely told of this member.

        It tells nothing of who did something meanwhile, nor where it is compared only after the commit that closes, or
        after another one that began later.
        """
        first, last = reading.begun - HANDED_ON, reading.done + COMPARED
        return (
            last < self.course.closing.begun
            and reading.begun >= self.read
            and not any(first <= at <= last for at in self.acts)
        )

    def _missed(self, known: Known) -> set[tuple[bool, frozenset[str]]]:
        """Give what may be known of what was missed: whether it beats a private answer, and what it is older than."""
        missed: set[tuple[bool, frozenset[str]]] = set()
        read = [each.done for each in self.course.readings]
        for outage in self.unread.first():
            if outage is None:
                missed.add((False, frozenset()))
                continue
            heard = outage.heard(self.tapped, known.choice, self.acts, read)
            older = {frozenset[str]()} if self.newest else heard
            missed |= {(not stands, marks) for stands in outage.stands(self.private) for marks in older}
        return missed


def _heard(message: Message, lines: Iterable[Line]) -> dict[int, list[tuple[Line, Tap]]]:
    """Give what was heard of every member."""
    heard: dict[int, list[tuple[Line, Tap]]] = defaultdict(list)
    for line in lines:
        if line.what is What.HEARD:
            tap = message.taps[line.nth]
            heard[tap.user_id].append((line, tap))
    return heard


def _span(moves: Iterable[Line], lives: Iterable[Line], state: str) -> Span:
    """Find the commit that moved a question: a bot may have died in the middle of it, or in one before."""
    begun = done = _NEVER
    for line in moves:
        if line.state == state and done is _NEVER:
            if line.what is What.MOVING:
                begun = line.at
            else:
                done = line.at
    died = (line.at for line in lives if line.what is What.ENDED and begun < line.at)
    return Span(begun=begun, done=min(done, next(died, _NEVER)))
