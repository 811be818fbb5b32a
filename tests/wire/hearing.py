"""What a bot must hold of everyone in the end, worked out from what it heard, and when, and what it could find.

Every letter, withdrawal, clear and private answer counts in the order in which the bot heard of it, up to the commit
that moves the question to closing. What it did not hear it finds when it reads the post, at the latest for the close:
so a letter whose event was lost still counts, and one tapped after the close does where it was not heard to be late.

Some things cannot be known, and there more than one answer is right; nowhere else:

- whether what was heard during that commit counts, or was stored when a bot was killed before the commit it was in was
  seen to be done, unless a receipt says so;
- in what order letters came that one reading finds together, or whether a letter was put back that was there before;
- whether a letter found after an outage is older than a private answer, if that was given before;
- whether it is older than letters heard since an outage began: it is if no earlier reading repaired that one, and
  nobody but the bot can tell whether a reading came to its end, or passed over who did something meanwhile;
- what happened unheard and was undone before anybody looked: a letter that a moderator cleared, above all;
- what somebody did unheard before the close who was heard again after it: a reading tells nothing of them any more.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.wire.knowing import Known, chosen, lifted, looked, swept, tapped
from tests.wire.looking import Reading, looks, mark_of, marks_of
from tests.wire.marks import Asked
from tests.wire.minutes import Book, Line, What
from tests.wire.privately import Word
from tests.wire.state import Message, Tap

Change = Callable[[Known], Known]

_NEVER = datetime.max.replace(tzinfo=UTC)
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_HANDED_ON = timedelta(seconds=15)
"""So long it may take until what was heard is received: a quarter of a second of real time."""

_COMPARED = timedelta(seconds=30)
"""So long it may take until what was read is compared: half a second of real time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What may be stored of a member, empty for nothing: one answer, or several where nobody can tell."""

    answers: frozenset[str]
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
    course = _Course(
        asked=asked,
        message=message,
        opened=opened,
        seeded=seeded.done,
        closing=closing,
        readings=[each.until(closed.begun) for each in readings if each.told < closed.begun],
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
    return {
        member: _Walk(course=course, taps=taps[member], stored=book.stored.get((asked.number, member), [])).through(
            heard[member], said[member], everybody
        )
        for member in {*taps, *said} - {message.author.id}
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """What is the same for everybody: the question, when it opened, had its letters, closed, and when it was read."""

    asked: Asked
    message: Message
    opened: Span
    seeded: datetime
    closing: Span
    readings: Sequence[Reading]


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Goes through everything about one member in its order, with all that may be known of them at a time."""

    course: _Course
    taps: Sequence[Tap]
    stored: Sequence[tuple[datetime, datetime]]
    clears: list[tuple[datetime, set[str]]] = field(default_factory=list)
    known: set[Known] = field(default_factory=lambda: {Known()})
    past: list[tuple[datetime, set[Known]]] = field(default_factory=list)
    gaps: list[datetime] = field(default_factory=list)
    tapped: dict[str, datetime] = field(default_factory=dict)
    private: datetime = _BEFORE_ALL
    late: list[datetime] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def through(
        self, heard: Sequence[tuple[Line, Tap]], said: Iterable[tuple[Line, Word]], everybody: Iterable[Line]
    ) -> Told:
        """Go through it, and what concerns `everybody`; gives what may be known at the end."""
        steps: list[tuple[datetime, Callable[[], None]]] = [
            *((line.at, partial(self._tap, line.at, tap)) for line, tap in heard),
            *((line.at, partial(self._say, line.at, word)) for line, word in said),
            *((line.at, partial(self._meet, line)) for line in everybody),
            *((each.done, partial(self._look, each)) for each in self.course.readings),
        ]
        self.late = [line.at for line, _ in heard if line.at >= self.course.closing.begun]
        for _, step in sorted(steps, key=lambda each: each[0]):
            step()
        return Told(answers=frozenset(each.answer for each in self.known), wrong=tuple(self.wrong))

    @property
    def gap(self) -> datetime:
        """When the last outage began."""
        return max(self.gaps, default=_BEFORE_ALL)

    def _tap(self, at: datetime, tap: Tap) -> None:
        mark, single = mark_of(tap), self.course.asked.single
        if mark.upper() not in self.course.asked.letters or at >= self.course.closing.done:
            return
        sure = self._is_sure(at)
        if tap.by != tap.user_id:
            self._change(at, lambda known: swept(known, {mark}), sure=sure)
        else:
            act = tapped if tap.added else lifted
            if tap.added:
                self.tapped[mark] = at
            self._change(at, lambda known: act(known, mark, single=single), sure=sure)

    def _say(self, at: datetime, word: Word) -> None:
        closing = self.course.closing
        if word.taken and at >= closing.done:
            self.wrong.append(f"private answer {word.letters} at {at:%H:%M:%S} was taken after the close")
        if word.refused and at < closing.begun:
            self.wrong.append(f"private answer {word.letters} at {at:%H:%M:%S} was refused before the close")
        if word.refused or at >= closing.done:
            return
        self._change(at, lambda known: chosen(known, word.letters), sure=word.taken or at < closing.begun)
        self.private = at
        if word.taken:
            self.past.clear()

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
        self.gaps.append(line.at)
        if line.what is What.ENDED:
            safe = max((begun for begun, done in self.stored if done < line.at), default=_BEFORE_ALL + _HANDED_ON)
            earlier = _BEFORE_ALL
            for at, known in self.past:
                # What is stored may be what they did a moment before.
                if at > safe or at - earlier <= _HANDED_ON >= safe - at:
                    self.known = self.known | known
                earlier = at

    def _look(self, reading: Reading) -> None:
        asked, closing = self.course.asked, self.course.closing
        beats = (False, True) if self.gap >= self.private > _BEFORE_ALL else (False,)
        shown = [
            replace(look, beats=each, heard=heard)
            for look in looks(self.course.message, self.taps, reading, letters=asked.letters, seeded=self.course.seeded)
            for each in beats
            for heard in self._heard_since()
        ]
        found = {looked(known, each, single=asked.single) for known in self.known for each in shown}
        for at, marks in self.clears:
            if at >= reading.begun:
                # What the reading still shows may be gone since; that it was there counts.
                found |= {swept(each, marks) for each in found}
        if reading is not self.course.readings[-1]:
            self.known = self.known | found
            return
        late = [at for at in self.late if at <= reading.done + _COMPARED]
        if not late:
            self.known = found
        elif self.gap >= closing.begun or not any(closing.done <= at <= reading.begun for at in late):
            self.known = self.known | found

    def _heard_since(self) -> set[frozenset[str]]:
        """Give the marks heard since some outage began, for each that may not be repaired, and none if all are."""
        since = {frozenset(mark for mark, at in self.tapped.items() if at >= gap) for gap in self.gaps}
        return since | {frozenset()}


def _heard(message: Message, lines: Iterable[Line]) -> Mapping[int, list[tuple[Line, Tap]]]:
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
