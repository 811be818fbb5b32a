"""Drills: single items to practise privately, unranked, with feedback at once.

They are no sittings of one item: a drill is all in its custom ids. Nothing is stored of one that is never answered, and
a member may have any number of them open, below any number of reveals and cards.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from random import Random

from bot.domain.bank import Bank
from bot.domain.errors import ForeignPost, ItemBusy, ItemGone, NothingToPractise, UnknownSeed
from bot.domain.grading import grade_choice
from bot.domain.item import Item
from bot.domain.kinds import Mark
from bot.domain.lesson import Lesson
from bot.domain.posed import PosedItem
from bot.domain.practice import (
    PracticeSource,
    Practised,
    fingerprint,
    new_seed,
    pick,
    pose_by,
    similar,
)
from bot.domain.reading import echo
from bot.domain.related import items_on
from bot.domain.rounds import OVER
from bot.domain.scenarios.case import SEEDS, case_id, seed_of
from bot.domain.scenarios.drawing import Stock, Telling, gives_away
from bot.domain.scenarios.finding import Diagnosis, diagnose
from bot.domain.scenarios.generating import has_cases
from bot.domain.tally import slips
from bot.services import offering
from bot.services.library import Library, gone
from bot.services.offering import Learner
from bot.services.ports import Clock
from bot.storage import answers, practice, rounds
from bot.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Posing:
    """What a button or a select remembers of a drill: enough to pose it again, and to see that it has changed."""

    bank_id: str
    item_id: str
    seed: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """An item posed to one member; of a generated case, `diagnosis` is what to find out."""

    bank: Bank
    posed: PosedItem
    posing: Posing
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a drill went: the letters that were stored, which are the first ones sent, and their mark."""

    drill: Drill
    choice: str
    mark: Mark


class Drills:
    """Picks, poses and grades drills. An item in an open round of the learner's server is never offered."""

    def __init__(self, store: Store, clock: Clock, *, library: Library, rng: Random) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._rng = rng

    async def for_trap(self, learner: Learner, bank_id: str, trap_id: str) -> Drill:
        """Pose an item on a trap.

        Raises:
            TrapGone: the trap or its bank is gone.
            NothingToPractise: no item on it can be offered now.
        """
        bank, trap = self._library.trap_of(bank_id, trap_id)
        return await self._picked(learner, bank, dict.fromkeys((item.id for item in items_on(bank, trap.id)), 0))

    async def for_similar(self, learner: Learner, round_id: int) -> Drill:
        """Pose an item like the one of a round.

        One on the trap the learner fell for is preferred, then one on another of its traps, then on its objective;
        after a case, when there is no such item, it is another case of its lesson.

        Raises:
            ForeignPost: the round is not on file, or of another server.
            ItemGone: its bank is gone.
            NothingToPractise: there is no other item that can be offered now.
        """
        async with self._store.read() as tx:
            asked = await rounds.by_id(tx, round_id)
            held = await answers.of_member(tx, round_id, learner.member_id)
        if asked is None or asked.guild_id != learner.guild_id or asked.state not in OVER:
            raise ForeignPost
        if not self._library.has(asked.bank):
            raise ItemGone
        fallen = slips(asked.posed, held) if held is not None else ()
        return await self._like(learner, self._library.bank(asked.bank), asked.posed.item, fallen)

    async def for_lesson(self, learner: Learner, bank: Bank, lesson: Lesson) -> Drill:
        """Pose an item of a lesson; raises `NothingToPractise` when none can be offered now."""
        return await self._picked(learner, bank, {item.id: 0 for item in lesson.items})

    async def for_case(self, learner: Learner, lesson: str | None, seed: int | None) -> Drill:
        """Pose a case of a lesson (see `Library.lab`): the one of a seed, or one that the learner never met.

        When they have met all there are, it is the one they met longest ago.

        Raises:
            UnknownLesson, NoCases, NoLabs: there is nothing to make cases of.
            UnknownSeed: there is no case of that seed.
            ItemBusy: the case, or one in which the same is wrong, is in an open round.
            NothingToPractise: every case is.
        """
        bank, lab = self._library.lab(lesson)
        if seed is None:
            return await self._case(learner, bank, lab)
        if not 0 <= seed < SEEDS:
            raise UnknownSeed(seed=echo(str(seed)), most=SEEDS - 1)
        return await self.of_item(learner, bank.id, case_id(lab.id, seed))

    async def another(self, learner: Learner, bank_id: str, item_id: str) -> Drill:
        """Pose an item like one that the learner has just practised, in the same order of preference.

        After a case it is another case of its lesson.

        Raises:
            ItemGone, NothingToPractise: as `for_similar`.
        """
        bank, item = self._library.item(bank_id, item_id)
        if seed_of(item.id) is not None:
            return await self._case(learner, bank, bank.lessons[item.lesson])
        async with self._store.read() as tx:
            fallen = await practice.last_fallen(tx, learner.member_id, bank_id, item_id)
        return await self._like(learner, bank, item, fallen)

    async def of_item(self, learner: Learner, bank_id: str, item_id: str) -> Drill:
        """Pose just this item.

        Raises:
            ItemGone: it is there no more.
            ItemBusy: it, or a case that gives it away, is in an open round.
        """
        bank, item = self._library.item(bank_id, item_id)
        async with self._store.read() as tx:
            if gives_away(bank, item_id, await offering.busy(tx, learner, bank_id)):
                raise ItemBusy
        return self._pose(bank, item)

    async def grade(self, learner: Learner, posing: Posing, choice: Collection[str]) -> Outcome:
        """Grade and store a learner's answer to a drill; what was sent first stays, however often it is sent.

        Raises:
            ItemGone: the item was changed or is there no more.
            ForeignPost: it does not offer that choice.
            ItemBusy: it came into an open round meanwhile, where the feedback would tell its key, be it once more.
        """
        drill = self._posed_again(posing)
        item = drill.posed.item
        if not drill.posed.offers(choice):
            raise ForeignPost
        done = Practised.graded(
            drill.posed,
            choice,
            guild_id=learner.guild_id,
            member_id=learner.member_id,
            bank=posing.bank_id,
            seed=posing.seed,
            at=self._clock(),
            source=PracticeSource.DRILL,
        )
        async with self._store.write() as tx:
            if gives_away(drill.bank, item.id, await offering.busy(tx, learner, posing.bank_id)):
                raise ItemBusy
            first = await practice.keep(tx, done)
        return Outcome(drill=drill, choice=first, mark=grade_choice(drill.posed, first))

    async def _like(self, learner: Learner, bank: Bank, item: Item, fallen: Collection[str]) -> Drill:
        lesson = bank.lessons.get(item.lesson)
        try:
            return await self._picked(learner, bank, similar(bank, item, fallen))
        except NothingToPractise:
            if seed_of(item.id) is None or lesson is None or not has_cases(lesson):
                raise
            return await self._case(learner, bank, lesson)

    async def _case(self, learner: Learner, bank: Bank, lesson: Lesson) -> Drill:
        async with self._store.read() as tx:
            busy = await offering.busy(tx, learner, bank.id)
            seen = await offering.seen(tx, learner, bank.id)
        told = [Telling(item_id=item_id, at=at) for item_id, at in seen.items() if seed_of(item_id) is not None]
        stock = Stock(bank=bank, lessons=[lesson], told=told, taken=busy)
        case = next(iter(stock.fresh(self._rng, count=1) or stock.again(count=1)), None)
        if case is None:
            raise NothingToPractise
        return self._pose(*self._library.item(bank.id, case_id(case.lesson, case.seed)))

    async def _picked(self, learner: Learner, bank: Bank, near: Mapping[str, int]) -> Drill:
        async with self._store.read() as tx:
            busy = await offering.busy(tx, learner, bank.id)
            seen = await offering.seen(tx, learner, bank.id)
        free = {item_id: place for item_id, place in near.items() if item_id not in busy}
        chosen = pick(free, seen, now=self._clock(), rng=self._rng)
        if chosen is None:
            raise NothingToPractise
        return self._pose(*self._library.item(bank.id, chosen))

    def _pose(self, bank: Bank, item: Item) -> Drill:
        seed = new_seed(self._rng)
        posing = Posing(bank_id=bank.id, item_id=item.id, seed=seed, fingerprint=fingerprint(item))
        return _drill(bank, item, posing)

    def _posed_again(self, posing: Posing) -> Drill:
        bank, item = self._library.item(posing.bank_id, posing.item_id)
        if fingerprint(item) != posing.fingerprint:
            raise gone(item.id)
        return _drill(bank, item, posing)


def _drill(bank: Bank, item: Item, posing: Posing) -> Drill:
    return Drill(bank=bank, posed=pose_by(item, posing.seed), posing=posing, diagnosis=diagnose(bank, item))
