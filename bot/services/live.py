"""Live rounds: what the members of a round under way hold, and since when something of theirs may have been missed."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.answer import Answer, Came, Surface
from bot.domain.rounds import Round


@dataclass(frozen=True, slots=True)
class Clear:
    """A moderator's clear of letters: its place in the order of changes, and what those who lost marks had seen."""

    at: int
    letters: str
    seen: dict[int, str]


@dataclass(slots=True, eq=False)
class Gap:
    """A time in which nothing was heard: since a place in the order of changes and an instant, until a place."""

    since: int
    at: datetime
    until: int | None = None


@dataclass(slots=True)
class Live:
    """A round that takes answers, or is about to be graded, with everything its members hold."""

    round: Round
    answers: dict[int, Answer]
    # The places in the order of changes at which it had all its letters, and at which it stopped taking answers.
    seeded_at: int = 0
    closed_at: int | None = None
    # When each member last did something, so that a snapshot begun before does not undo it.
    touched: dict[int, int] = field(default_factory=dict)
    # Where in that order the last snapshot that was compared began.
    compared: int = 0
    clears: list[Clear] = field(default_factory=list)
    # What was not heard and is in no snapshot yet, oldest first; and members whom the last snapshot passed over.
    gaps: list[Gap] = field(default_factory=list)
    _behind: dict[int, Gap] = field(default_factory=dict)
    # Where, since the first gap, each member tapped which mark and answered privately.
    _heard: dict[int, dict[str, int]] = field(default_factory=dict)
    _private: dict[int, int] = field(default_factory=dict)

    @property
    def closing(self) -> bool:
        """Tell whether it stopped taking answers."""
        return self.closed_at is not None

    @property
    def unread_since(self) -> datetime | None:
        """Give the instant since when something on its post may have been missed; `None` when all of it is known."""
        if not self.gaps and not self._behind:
            return None
        # By their order: the clock may have been set back since the first one.
        return min((*self.gaps, *self._behind.values()), key=lambda gap: gap.since).at

    def cleared_since(self, place: int) -> tuple[str, dict[int, str]]:
        """Give the letters that moderators cleared after a place, and what members who lost any had seen there."""
        clears = [clear for clear in self.clears if clear.at > place]
        seen: dict[int, str] = {}
        for clear in reversed(clears):
            seen |= clear.seen
        return "".join(clear.letters for clear in clears), seen

    def heard(self, member_id: int, mark: str, place: int) -> None:
        """Note that a mark was tapped: what a snapshot finds was missed before, if anything was."""
        if self.gaps or self._behind:
            self._heard.setdefault(member_id, {})[mark] = place

    def lifted(self, member_id: int, letter: str) -> None:
        """Note that a letter is no longer there: found again, it was tapped again."""
        if member_id in self._heard:
            for mark in (letter, letter.lower()):
                self._heard[member_id].pop(mark, None)

    def chosen(self, member_id: int, place: int) -> None:
        """Note that a member answered privately."""
        if self.gaps or self._behind:
            self._private[member_id] = place

    def heard_since_gap(self, member_id: int) -> frozenset[str]:
        """Give the marks that a member tapped since something of theirs may have been missed."""
        gap = self._gap(member_id)
        marks = self._heard.get(member_id)
        return frozenset(mark for mark, at in marks.items() if at > gap.since) if gap and marks else frozenset()

    def stands(self, member_id: int) -> bool:
        """Tell whether a private answer may be later than whatever of its member may have been missed."""
        gap = self._gap(member_id)
        return gap is None or self._private.get(member_id, 0) > gap.since

    def begin(self, alive: datetime, unread: datetime | None, place: int) -> None:
        """Go on from an earlier run that was alive last at an instant, and had not read the post since another one.

        By the clock, answers given privately since then stand. Letters do only on a post that was unread: else all of
        them had been heard when the run ended, and what was missed came after.
        """
        if unread is not None:
            # It began before the outage in which the process was not there.
            before = min((gap.since for gap in self.gaps), default=place) - 1
            self.gaps.insert(0, Gap(before, unread, before))
        since = alive if unread is None else unread
        for member_id, answer in self.answers.items():
            if answer.surface is Surface.PRIVATE and answer.at >= since:
                self._private[member_id] = place
            elif answer.came is Came.LIVE and unread is not None and answer.at > unread:
                self._heard[member_id] = dict.fromkeys(answer.choice + answer.choice.lower(), place)

    def found(self, begun: int, passed_over: set[int]) -> None:
        """Note that a snapshot begun at a place was compared, and with it all members but some."""
        behind = {member_id: gap for member_id in passed_over if (gap := self._gap(member_id)) is not None}
        self.gaps = [gap for gap in self.gaps if gap.until is None or gap.until > begun]
        self._behind = behind
        if not self.gaps:
            self._heard = {member_id: marks for member_id, marks in self._heard.items() if member_id in behind}
            self._private = {member_id: place for member_id, place in self._private.items() if member_id in behind}

    def _gap(self, member_id: int) -> Gap | None:
        """Give the first gap whose letters of a member are not known yet."""
        return self._behind.get(member_id) or (self.gaps[0] if self.gaps else None)
