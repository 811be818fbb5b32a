"""Examining: mock exams drawn by the blueprint, taken as sittings with a deadline, and what they came to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bot.domain.bank import Bank
from bot.domain.errors import SittingGone, SittingOpen, TooFewForExam
from bot.domain.exam import FEWEST, Paper, Result, Trend, draw, result, trend, usual_minutes
from bot.domain.sitting import Entry, Mode, Sitting, Wish
from bot.services import offering
from bot.services.library import Library
from bot.services.offering import Learner
from bot.services.ports import Clock
from bot.services.sittings import Sittings
from bot.storage.store import Store

LISTED = 10
"""How many exams the history goes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """A member's exam, open or over, with its bank; `paper` tells how it was drawn, when that was just now."""

    bank: Bank
    sitting: Sitting
    paper: Paper | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an exam that is over came to, without its `held` entries: their items are in open rounds just now."""

    bank: Bank
    sitting: Sitting
    result: Result
    held: tuple[Entry, ...]

    @property
    def missed(self) -> tuple[Entry, ...]:
        """The entries that were not fully right."""
        return tuple(entry for entry in self.sitting.missed if entry not in self.held)

    @property
    def asked(self) -> frozenset[str]:
        """The ids of the items that were in it."""
        return frozenset(entry.posed.item.id for entry in self.sitting.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A member's exams here that are over, the latest first, and how that one compares with those of its bank."""

    outcomes: tuple[Outcome, ...]
    trend: Trend | None


class Examining:
    """Draws exams and looks at them; what happens in one is the engine's."""

    def __init__(self, store: Store, clock: Clock, *, library: Library, sittings: Sittings, rng: Random) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._sittings = sittings
        self._rng = rng

    async def start(
        self, learner: Learner, bank_id: str | None, *, count: int | None = None, minutes: int | None = None
    ) -> Exam:
        """Begin an exam of up to `count` items, by default as many and as long as the domain says.

        When one is open here already, or its time is just found to be over, it is that one, without a paper.

        Raises:
            UnknownBank: there is no such bank.
            TooFewForExam: too few items of it can be offered now.
            TooManySittings, ServerBusy: as `Sittings.begin`.
        """
        earlier = await self._earlier(learner)
        if earlier is not None:
            return earlier
        bank = self._library.about(bank_id, None)
        paper = await self._drawn(learner, bank, count)
        lasts = timedelta(minutes=minutes or usual_minutes(len(paper.items)))
        wish = Wish(count=len(paper.items))
        try:
            begun = await self._sittings.begin(learner, Mode.EXAM, bank.id, wish, paper.items, lasts=lasts)
        except SittingOpen:
            # Another command of theirs came first, just now.
            earlier = await self._earlier(learner)
            if earlier is None:
                raise
            return earlier
        return Exam(bank=bank, sitting=begun, paper=paper)

    async def find(self, learner: Learner, sitting_id: int) -> Exam:
        """Give a member's exam, open or over; raises `SittingGone`, also when its bank is gone."""
        return self._exam(await self._sittings.find(learner, sitting_id))

    async def answer(self, learner: Learner, sitting_id: int, number: int, choice: Collection[str]) -> Exam:
        """Take an answer in place of an earlier one, and give the exam; one that is over stays as it is.

        Raises:
            SittingGone: as `find`, and for what is no entry of it, or what that does not offer.
        """
        await self.find(learner, sitting_id)
        return self._exam(await self._sittings.answer(learner, sitting_id, number, choice))

    async def flag(self, learner: Learner, sitting_id: int, number: int, *, flag: bool) -> Exam:
        """Mark an entry to be looked at again, or take the mark off; raises `SittingGone` as `answer`."""
        await self.find(learner, sitting_id)
        return self._exam(await self._sittings.flag(learner, sitting_id, number, flag=flag))

    async def hand_in(self, learner: Learner, sitting_id: int) -> Exam:
        """End an exam, which grades it; raises `SittingGone` as `find`."""
        await self.find(learner, sitting_id)
        return self._exam(await self._sittings.finish(learner, sitting_id))

    async def outcome(self, learner: Learner, sitting_id: int) -> Outcome:
        """Tell what an exam came to; raises `SittingGone` as `find`, and while it is open."""
        return await self.told(await self.find(learner, sitting_id))

    async def told(self, exam: Exam) -> Outcome:
        """Tell what an exam came to; raises `SittingGone` while it is open."""
        sitting = exam.sitting
        if sitting.open:
            raise SittingGone
        busy = await self._sittings.busy(sitting)
        held = tuple(entry for entry in sitting.entries if entry.number in busy)
        counted = [entry for entry in sitting.entries if entry not in held]
        found = result(exam.bank.blueprint, counted)
        return Outcome(bank=exam.bank, sitting=sitting, result=found, held=held)

    async def record(self, learner: Learner) -> Record:
        """List a member's exams that are over here, as far as their banks are still there."""
        await self._earlier(learner)
        past = await self._sittings.past(learner, Mode.EXAM, most=LISTED)
        outcomes = [await self.told(self._exam(each)) for each in past if self._library.has(each.bank)]
        same = [each.result.whole for each in outcomes if each.bank.id == outcomes[0].bank.id]
        return Record(outcomes=tuple(outcomes), trend=trend(same))

    async def _earlier(self, learner: Learner) -> Exam | None:
        """Give the exam that was open until now."""
        sitting = await self._sittings.current(learner, Mode.EXAM)
        return None if sitting is None else self._exam(sitting)

    async def _drawn(self, learner: Learner, bank: Bank, count: int | None) -> Paper:
        async with self._store.read() as tx:
            busy = await offering.busy(tx, learner, bank.id)
            seen = await offering.seen(tx, learner, bank.id)
        paper = draw(bank, count=count, busy=busy, seen=seen, now=self._clock(), rng=self._rng)
        if len(paper.items) < FEWEST:
            raise TooFewForExam(bank=bank.short_title, fewest=FEWEST)
        return paper

    def _exam(self, sitting: Sitting) -> Exam:
        if sitting.mode is not Mode.EXAM or not self._library.has(sitting.bank):
            raise SittingGone
        return Exam(bank=self._library.bank(sitting.bank), sitting=sitting)
