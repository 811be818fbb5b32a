"""What must become of every answer, by the contract's rules and nothing else: a model of ten lines, and bookkeeping.

`Held.saw` is the model: what a member answers follows from the marks last seen on the post and from what came and went.
The rest keeps order: a `Journal` of what the bot heard and found, in the order in which it happened. Where nobody can
know (a process died before it said "stored", an order lost in an outage) the journal goes on with every possibility,
and forgets those that the database rules out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import TypeAlias

Letters: TypeAlias = frozenset[str]
NONE: Letters = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One member: marks last seen (`A`, super `a`) with the place at which each came, and the letters that count.

    `private` is the place at which the answer was given by button, `None` for one by letters; `said` that of the tap
    which gave it, 0 for an answer that was found.
    """

    seen: frozenset[tuple[str, int]] = frozenset()
    answer: Letters = NONE
    private: int | None = None
    said: int = 0

    def saw(self, there: Letters, new: Letters = NONE, gone: Letters = NONE, *, at: int, single: bool) -> "Held":
        """The model: `new` marks came at a place, `gone` letters were taken away, these marks are `there` now."""
        place, came = dict(self.seen), up(new)
        of_letter = {mark.upper(): when for mark, when in sorted(self.seen, key=lambda each: each[1])}
        seen = {m: at if m in new else place.get(m, of_letter.get(m.upper(), at)) for m in there}
        if (
            came
        ):  # one new letter is the answer, several are unresolved; of a multi-select item all that are there count
            answer = came if single else up(there) if self.private is not None else (self.answer - gone) | came
        elif self.private is None and self.answer & gone:  # taken away: what is left of it, else the latest still there
            latest = {mark.upper() for mark, when in seen.items() if single and when == max(seen.values())}
            answer = self.answer - gone or frozenset(latest)
        else:
            answer = self.answer
        said = self.said if answer == self.answer else max(seen.values(), default=0) if not came else 0
        return Held(seen=frozenset(seen.items()), answer=answer, private=None if came else self.private, said=said)


World: TypeAlias = Mapping[int, Held]
"""One possibility: what each member holds."""


class Fate(Enum):
    """What became of something the bot heard or found."""

    UNDER_WAY = auto()
    STORED = auto()
    REFUSED = auto()
    LOST = auto()  # the process died before it said so: stored, or not


@dataclass(slots=True, kw_only=True)
class Event:
    """Something heard live: `what` are marks (`tap`, `lift`, `tidied`), letters (`clear`, `choose`)."""

    kind: str
    member: int
    what: str
    place: int = 0
    fate: Fate = Fate.UNDER_WAY

    def counts(self, counted: bool) -> None:
        """Note that it was taken, or not; the first word stands."""
        if self.fate is Fate.UNDER_WAY:
            self.fate = Fate.STORED if counted else Fate.REFUSED


@dataclass(slots=True, kw_only=True, eq=False)
class Outage:
    """Since when, `at` and between two `places`, events may have been missed; over at a place.

    Where a process died the next one goes by the clock: by `clock` an answer by button may be later. Then letters may
    have been heard before the outage up to another place.
    """

    places: tuple[int, int]
    letters: tuple[int, int]
    at: datetime
    clock: datetime | None = None
    until: int | None = None


@dataclass(slots=True, kw_only=True)
class Look:
    """A full diff, begun at a place: the marks of each member and the letters without the bot's own, once it is read.

    `cleared` are the letters that a moderator cleared, as far as the process can know: one possibility, or two where it
    was not `noted` before that the post has them all.
    `swept` are those whose clear was heard while it was read: it says nothing about marks that were known before.

    `skip` are members who did something since it was begun, or the round closed.
    """

    place: int
    closing: bool
    outages: Mapping[int, Outage]
    noted: bool = False
    marks: Mapping[int, Letters] = field(default_factory=dict)
    unseeded: Letters = NONE
    cleared: frozenset[Letters] = frozenset()
    swept: Letters = NONE
    skip: frozenset[int] = frozenset()
    returned: bool = False
    fate: Fate = Fate.UNDER_WAY


@dataclass(slots=True, kw_only=True)
class Batch:
    """Events that arrived together: of those lost in a crash, the first ones may be stored."""

    events: list[Event]


@dataclass(slots=True, kw_only=True)
class Journal:
    """All that was heard and found, in order, and what may have become of it."""

    single: bool
    members: tuple[int, ...]
    # The latest the clock had shown, by the place of answers by button, and when each member was heard last.
    private_at: dict[int, datetime] = field(default_factory=dict)
    heard_at: dict[int, datetime] = field(default_factory=dict)
    place: int = 0
    worlds: list[World] = field(init=False)
    entries: list[Batch | Look] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.worlds = [{member: Held() for member in self.members}]

    def next(self) -> int:
        """Give the next place in the order of things."""
        self.place += 2  # so that there is one between any two
        return self.place

    def deliver(self, events: list[Event], *, behind: bool) -> None:
        """Note what is heard; it may wait `behind` what was heard before, and is stored after it, if at all."""
        last = self.entries[-1] if self.entries else None
        if behind and isinstance(last, Batch):
            last.events.extend(events)
        else:
            self.entries.append(Batch(events=events))

    def check(self, stored: Mapping[int, tuple[str, bool]]) -> None:
        """Hold what is stored (letters, unresolved) against what must be; forget what it rules out."""
        found = list(self.fold())
        fitting = [world for world in found if self.told(world) == stored]
        assert fitting, f"stored: {stored}; the rules say: {[self.told(world) for world in found]}"
        if not any(self._open(entry) for entry in self.entries):
            self.worlds, self.entries = fitting, []

    def told(self, world: World) -> dict[int, tuple[str, bool]]:
        """Say what each member's answer reads like in a world."""
        return {
            member: ("".join(sorted(held.answer)), self.single and len(held.answer) > 1)
            for member, held in world.items()
        }

    def looks(self) -> Iterator[Look]:
        """Give the diffs that are not settled yet."""
        return (entry for entry in self.entries if isinstance(entry, Look) and entry.fate is Fate.UNDER_WAY)

    def events(self) -> Iterator[Event]:
        """Give the events that nobody has answered yet."""
        batches = (entry for entry in self.entries if isinstance(entry, Batch))
        return (event for batch in batches for event in batch.events if event.fate is Fate.UNDER_WAY)

    def fold(self) -> Iterable[World]:
        """Give every possible outcome of the journal."""
        worlds = self.worlds
        for entry in self.entries:
            step = self._heard if isinstance(entry, Batch) else self._found
            worlds = unique(after for world in worlds for after in step(world, entry))  # type: ignore[arg-type]
        return worlds

    def _open(self, entry: Batch | Look) -> bool:
        if isinstance(entry, Look):
            return entry.fate is Fate.UNDER_WAY
        return any(event.fate is Fate.UNDER_WAY for event in entry.events)

    def _heard(self, world: World, batch: Batch) -> Iterator[World]:
        lost = [event for event in batch.events if event.fate is Fate.LOST]
        for kept in range(len(lost) + 1):
            after = world
            for event in batch.events:
                if event.fate is Fate.STORED or any(event is each for each in lost[:kept]):
                    after = self._after(after, event)
            yield after

    def _after(self, world: World, event: Event) -> World:
        if event.kind == "clear":
            gone = frozenset(event.what + event.what.lower())
            return {member: self._saw(held, marks(held) - gone, event.place) for member, held in world.items()}
        held, mark = world[event.member], frozenset(event.what)
        match event.kind:
            case "choose":
                changed = replace(held, answer=mark, private=event.place)
            case "tap":
                changed = replace(self._saw(held, marks(held) | mark, event.place, new=mark), said=event.place)
            case "tidied":
                changed = self._saw(held, marks(held) - mark, event.place)
            case _:
                left = marks(held) - mark
                changed = self._saw(held, left, event.place, gone=up(mark & marks(held)) - up(left))
        return {**world, event.member: changed}

    def _saw(self, held: Held, there: Letters, at: int, *, new: Letters = NONE, gone: Letters = NONE) -> Held:
        return held.saw(there, new, gone, at=at, single=self.single)

    def _found(self, world: World, look: Look) -> Iterator[World]:
        if look.fate in (Fate.STORED, Fate.LOST) or look.returned:
            worlds: list[World] = [{}]
            for member, held in world.items():
                options = [held]
                if member not in look.skip:
                    options = [each for letters in look.cleared for each in self._compared(member, held, look, letters)]
                worlds = [{**each, member: option} for each in worlds for option in options]
            yield from worlds
        if look.fate is not Fate.STORED:
            yield world

    def _compared(self, member: int, held: Held, look: Look, cleared: Letters) -> list[Held]:
        """Compare a member with a diff: what came, what was taken away, and what a moderator cleared."""
        unsaid = frozenset(mark for mark in marks(held) if mark.upper() in look.swept)
        there = look.marks[member] | unsaid
        was, now = up(marks(held)), up(there)
        swept = (was - now) & cleared
        came = (now - was) | (now & cleared if swept else NONE)
        new, gone = frozenset(mark for mark in there if mark.upper() in came), was - now - swept
        outage = look.outages.get(member)
        # What is found while the outage still lasts is no later than its beginning.
        at = outage.places[0] if outage is not None and outage.until is None else look.place
        changed = self._saw(held, there, at, new=new, gone=gone)
        if not new:
            options = [changed]
        elif held.private is not None:
            kept = replace(changed, answer=held.answer, private=held.private)
            may = self._may_stand(held.private, outage), self._may_give_way(held.private, outage)
            options = [option for option, possible in zip((kept, changed), may, strict=True) if possible]
        elif not self.single or outage is None:
            options = [changed]
        else:
            rest = self._saw(held, there - new, look.place, gone=gone)
            options = [
                replace(rest, seen=rest.seen | {(mark, since) for mark in new})
                if later(held, now, gone, since)
                else changed
                for since in (*outage.letters, *self._by_clock(member, held, outage))
            ]
        return [
            self._saw(each, frozenset(mark for mark in marks(each) if mark.upper() not in look.swept), look.place)
            for each in options
        ]

    def _by_clock(self, member: int, held: Held, outage: Outage) -> list[int]:
        """Where a process died that had something unread, the next one goes by the clock, which may be wrong."""
        if outage.clock is None or outage.letters[0] == outage.letters[1] or not held.said:
            return []
        return [held.said - 1] if self.heard_at[member] > outage.clock else []

    def _may_stand(self, given: int, outage: Outage | None) -> bool:
        """Tell whether an answer by button may stay where a diff finds another letter."""
        if outage is None or given > outage.places[0]:
            return True
        return outage.clock is not None and self.private_at[given] >= outage.clock

    def _may_give_way(self, given: int, outage: Outage | None) -> bool:
        return outage is not None and given <= outage.places[1]


def later(held: Held, now: Letters, gone: Letters, since: int) -> bool:
    """Tell whether letters were heard, and count, that are later than whatever was missed since a place."""
    still = any(when > since and mark.upper() in now for mark, when in held.seen)
    return still or (held.said > since and not held.answer & gone)


def up(marks_: Iterable[str]) -> Letters:
    """Give the letters of marks."""
    return frozenset(mark.upper() for mark in marks_)


def marks(held: Held) -> Letters:
    """Give the marks last seen."""
    return frozenset(mark for mark, _ in held.seen)


def unique(worlds: Iterable[World]) -> list[World]:
    """Drop worlds that are the same."""
    return list({frozenset(world.items()): world for world in worlds}.values())
