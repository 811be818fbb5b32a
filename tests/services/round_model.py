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

    `private` is the place at which the answer was given by button, `None` for one by letters.
    """

    seen: frozenset[tuple[str, int]] = frozenset()
    answer: Letters = NONE
    private: int | None = None

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
        return Held(seen=frozenset(seen.items()), answer=answer, private=None if came else self.private)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Since when events may have been missed: between two places and two times on the clock."""

    places: tuple[int, int]
    times: tuple[datetime, datetime]

    def or_later(self, last: "Outage") -> "Outage":
        """Give the outage of someone who does not know whether it was this one or a later one."""
        times = min(self.times[0], last.times[0]), max(self.times[1], last.times[1])
        return Outage(places=(self.places[0], last.places[1]), times=times)

    def since(self, place: int, time: datetime) -> "Outage":
        """Give the same outage to someone who only knows that it began after a place and a time."""
        places, times = (min(place, self.places[0]), self.places[1]), (min(time, self.times[0]), self.times[1])
        return Outage(places=places, times=times)


@dataclass(slots=True, kw_only=True)
class Look:
    """A full diff: the marks of each member and the letters without the bot's own, as they were at a place.

    `cleared` are the letters that a moderator cleared, as far as the process can know: one possibility, or two.

    `skip` are members who did something after the round closed; `doubt` those who did something while it was read.
    """

    place: int
    marks: Mapping[int, Letters]
    unseeded: Letters
    cleared: frozenset[Letters]
    outage: Outage | None
    begun: int
    closing: bool
    skip: frozenset[int] = frozenset()
    doubt: frozenset[int] = frozenset()
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
    private_at: dict[int, datetime] = field(default_factory=dict)  # by place
    place: int = 0
    worlds: list[World] = field(init=False)
    entries: list[Batch | Look] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.worlds = [{member: Held() for member in self.members}]

    def next(self) -> int:
        """Give the next place in the order of things."""
        self.place += 1
        return self.place

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
                changed = self._saw(held, marks(held) | mark, event.place, new=mark)
            case "tidied":
                changed = self._saw(held, marks(held) - mark, event.place)
            case _:
                left = marks(held) - mark
                changed = self._saw(held, left, event.place, gone=up(mark & marks(held)) - up(left))
        return {**world, event.member: changed}

    def _saw(self, held: Held, there: Letters, at: int, *, new: Letters = NONE, gone: Letters = NONE) -> Held:
        return held.saw(there, new, gone, at=at, single=self.single)

    def _found(self, world: World, look: Look) -> Iterator[World]:
        if look.fate in (Fate.STORED, Fate.LOST):
            worlds: list[World] = [{}]
            for member, held in world.items():
                options = [held]
                if member not in look.skip:
                    options = [each for letters in look.cleared for each in self._compared(member, held, look, letters)]
                if member in look.doubt:
                    options = [*options, held]
                worlds = [{**each, member: option} for each in worlds for option in options]
            yield from worlds
        if look.fate is not Fate.STORED:
            yield world

    def _compared(self, member: int, held: Held, look: Look, cleared: Letters) -> list[Held]:
        """Compare a member with a diff: what came, what was taken away, and what a moderator cleared."""
        there = look.marks[member]
        was, now = up(marks(held)), up(there)
        swept = (was - now) & cleared
        came = (now - was) | (now & cleared if swept else NONE)
        new = frozenset(mark for mark in there if mark.upper() in came)
        changed = self._saw(held, there, look.place, new=new, gone=was - now - swept)
        if not new:
            return [changed]
        if held.private is not None:
            kept = replace(changed, answer=held.answer, private=held.private)
            return [
                option for option, may in zip((kept, changed), self._private(held.private, look), strict=True) if may
            ]
        since = look.outage.places[0] if look.outage is not None else look.place
        if self.single and any(when > since for _, when in held.seen):
            # Heard since the outage began, so what is new may be older: the contract does not say which of them counts.
            rest = self._saw(held, there - new, look.place, gone=was - now - swept)
            return [changed, replace(rest, seen=rest.seen | {(mark, since) for mark in new})]
        return [changed]

    def _private(self, given: int, look: Look) -> tuple[bool, bool]:
        """Whether an answer by button may stay, and whether it may give way, where a diff finds another letter."""
        if look.outage is None:
            return True, True
        (first, last), (early, late) = look.outage.places, look.outage.times
        after, by_clock = given > first, self.private_at[given] >= early
        before, by_clock_before = given < last, self.private_at[given] < late
        return after or by_clock, before or by_clock_before


def up(marks_: Iterable[str]) -> Letters:
    """Give the letters of marks."""
    return frozenset(mark.upper() for mark in marks_)


def marks(held: Held) -> Letters:
    """Give the marks last seen."""
    return frozenset(mark for mark, _ in held.seen)


def unique(worlds: Iterable[World]) -> list[World]:
    """Drop worlds that are the same."""
    return list({frozenset(world.items()): world for world in worlds}.values())
