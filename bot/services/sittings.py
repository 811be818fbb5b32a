"""Sittings: the engine of every private mode. It begins, resumes, takes answers, hands in, and ends what ran out.

A mode is a service that chooses the items and a cog that shows them; what happened is in the tables, so that a sitting
goes on after a restart and from any button or command. Whatever is done in a sitting after its time ends it instead.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import sitting as rules
from bot.domain.errors import ItemBusy, ServerBusy, SittingGone, SittingOpen, TooManySittings
from bot.domain.item import Item
from bot.domain.practice import pose_by
from bot.domain.sitting import Entry, Mode, Sitting, SittingState, Wish
from bot.services import offering
from bot.services.library import Library
from bot.services.offering import Learner
from bot.services.ports import Clock
from bot.storage import practice, sittings
from bot.storage.store import Store, Tx

PER_DAY = 100
"""Sittings that a member may begin within a day, of all modes and in all places together."""

PER_SERVER = 500
"""Sittings of a server that may be under way at once: those in which something was done just now."""

JUST_NOW = timedelta(hours=1)

KEPT = timedelta(days=30)
"""How long a sitting is kept after the last thing done in it. Exams are kept for good, as their members' history."""

_SHORT_LIVED = tuple(mode for mode in Mode if mode is not Mode.EXAM)

_SWEPT = 50
"""Old sittings that each new one takes along when it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a sitting goes on: at `entry`, or nowhere when it is over. `left_out` entries are in open rounds."""

    sitting: Sitting
    entry: Entry | None
    left_out: int


_Change = Callable[[Sitting, datetime], Sitting]


class Sittings:
    """Keeps members' sittings; each member has at most one open of a mode in a place."""

    def __init__(
        self, store: Store, clock: Clock, *, library: Library, per_day: int = PER_DAY, per_server: int = PER_SERVER
    ) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._per_day = per_day
        self._per_server = per_server

    async def begin(
        self,
        learner: Learner,
        mode: Mode,
        bank_id: str,
        wish: Wish,
        items: Sequence[Item],
        *,
        lasts: timedelta | None = None,
    ) -> Sitting:
        """Begin a sitting of these items; `lasts` gives it a deadline.

        One that is open already ends if it explains each answer at once: nothing of it is lost.

        Raises:
            SittingOpen: another exam is open.
            TooManySittings, ServerBusy: a limit is reached.
        """
        now = self._clock()
        made = Sitting(
            id=0,
            guild_id=learner.guild_id,
            member_id=learner.member_id,
            mode=mode,
            bank=bank_id,
            wish=wish,
            state=SittingState.OPEN,
            started_at=now,
            touched_at=now,
            entries=(),
            deadline=None if lasts is None else now + lasts,
        )
        async with self._store.write() as tx:
            await self._make_room(tx, made)
            sitting_id = await sittings.begin(tx, made)
            if sitting_id is None:
                raise SittingOpen
            numbered = enumerate(items, start=1)
            await sittings.fill(
                tx, sitting_id, [pose_by(item, rules.seed_in(sitting_id, number)) for number, item in numbered]
            )
            # Not before: SQLite would give the number of a last row that is dropped away again.
            await sittings.drop_untouched(tx, _SHORT_LIVED, since=now - KEPT, most=_SWEPT)
            begun = await sittings.by_id(tx, sitting_id)
        assert begun is not None
        return begun

    async def current(self, learner: Learner, mode: Mode) -> Sitting | None:
        """Give the sitting that a member has open here; one whose time has just been found to be over is expired.

        One whose bank is gone ends: it can not go on, and would be in the way.
        """
        async with self._store.read() as tx:
            found = await sittings.open_one(tx, learner.guild_id, learner.member_id, mode)
        if found is not None and not self._library.has(found.bank):
            await self.finish(learner, found.id)
            return None
        return None if found is None else await self._up_to_date(learner, found)

    async def find(self, learner: Learner, sitting_id: int) -> Sitting:
        """Give a member's sitting, open or over; raises `SittingGone`."""
        async with self._store.read() as tx:
            found = await _theirs(tx, learner, sitting_id)
        return await self._up_to_date(learner, found)

    async def step(self, learner: Learner, sitting_id: int, after: int = 0) -> Step:
        """Go on from an entry to the next one without an answer; when there is none left to show, end the sitting.

        Raises:
            SittingGone: there is no such sitting of theirs.
        """
        sitting = await self.find(learner, sitting_id)
        busy = await self.busy(sitting)
        entry = rules.following(sitting, after, busy) if sitting.open else None
        if sitting.open and entry is None:
            sitting = await self.finish(learner, sitting_id)
        left_out = sum(each.number in busy for each in sitting.unanswered)
        return Step(sitting=sitting, entry=entry, left_out=left_out)

    async def past(self, learner: Learner, mode: Mode, *, most: int) -> list[Sitting]:
        """List a member's sittings here that are over, the latest first."""
        async with self._store.read() as tx:
            return await sittings.over(tx, learner.guild_id, learner.member_id, mode, most=most)

    async def answer(
        self, learner: Learner, sitting_id: int, number: int, choice: Collection[str], *, sure: bool | None = None
    ) -> Sitting:
        """Take an answer, and give the sitting as it stands then; one that is over stays as it is.

        Where answers are explained at once the first one stays, and counts for the member's traps from now on. In an
        exam it may change until that is handed in.

        Raises:
            SittingGone: there is no such sitting of theirs, or no such entry in it, or it does not offer that choice.
            ItemBusy: the item came into an open round meanwhile, where the feedback would tell its key.
        """
        letters = frozenset(choice)

        def given(sitting: Sitting, now: datetime) -> Sitting:
            return rules.answered(sitting, number, letters, now, sure=sure)

        return await self._changed(learner, sitting_id, given, number, letters=letters)

    async def flag(self, learner: Learner, sitting_id: int, number: int, *, flag: bool) -> Sitting:
        """Mark an entry to be looked at again, or take the mark off; raises `SittingGone` as `answer` does."""

        def marked(sitting: Sitting, now: datetime) -> Sitting:
            return rules.flagged(sitting, number, now, flag=flag)

        return await self._changed(learner, sitting_id, marked, number)

    async def finish(self, learner: Learner, sitting_id: int) -> Sitting:
        """End a sitting: an exam is graded, and its answers count from now on. Raises `SittingGone`."""
        return await self._changed(learner, sitting_id, rules.handed_in)

    async def busy(self, sitting: Sitting) -> frozenset[int]:
        """Number the entries whose items are in an open round, so that nothing may tell their keys."""
        async with self._store.read() as tx:
            return await self._held(tx, sitting)

    async def _held(self, tx: Tx, sitting: Sitting) -> frozenset[int]:
        taken = await offering.busy(tx, _learner(sitting), sitting.bank)
        same = (each for each in sitting.entries if self._library.is_among(sitting.bank, each.posed.item.id, taken))
        return frozenset(each.number for each in same)

    async def _up_to_date(self, learner: Learner, sitting: Sitting) -> Sitting:
        now = self._clock()
        if not sitting.ran_out(now):
            return sitting
        async with self._store.write() as tx:
            return await self._settled(tx, await _theirs(tx, learner, sitting.id), now)

    async def _changed(
        self,
        learner: Learner,
        sitting_id: int,
        change: _Change,
        number: int | None = None,
        *,
        letters: Collection[str] | None = None,
    ) -> Sitting:
        # When it came, however long the database is busy: a deadline goes by that.
        now = self._clock()
        async with self._store.write() as tx:
            sitting = await self._settled(tx, await _theirs(tx, learner, sitting_id), now)
            entry = None if number is None else sitting.entry(number)
            if number is not None and entry is None:
                raise SittingGone
            if entry is not None and letters is not None:
                if not entry.posed.offers(letters):
                    raise SittingGone
                if sitting.mode.tells_at_once and number in await self._held(tx, sitting):
                    raise ItemBusy
            return await self._turned(tx, sitting, change(sitting, now)) if sitting.open else sitting

    async def _settled(self, tx: Tx, sitting: Sitting, now: datetime) -> Sitting:
        """End a sitting whose time is over."""
        return await self._turned(tx, sitting, rules.handed_in(sitting, now)) if sitting.ran_out(now) else sitting

    async def _turned(self, tx: Tx, before: Sitting, after: Sitting) -> Sitting:
        """Store what a sitting has become; what is graded from now on counts for the member's traps.

        In an exam that is handed in only what may be told: a profile would hint at the key of an open round's item.
        """
        pairs = zip(before.entries, after.entries, strict=True)
        changed = [entry for earlier, entry in pairs if entry != earlier]
        graded = [entry for entry in changed if entry.answered and entry.full is not None]
        if graded and not after.mode.tells_at_once:
            held = await self._held(tx, after)
            graded = [entry for entry in graded if entry.number not in held]
        await practice.keep_all(tx, (rules.practised_in(after, entry) for entry in graded))
        await sittings.save(tx, after, changed)
        return after

    async def _make_room(self, tx: Tx, made: Sitting) -> None:
        """Check the limits, and end the sitting that this one replaces."""
        now = made.started_at
        if await sittings.begun(tx, made.member_id, since=now - timedelta(days=1)) >= self._per_day:
            raise TooManySittings(limit=self._per_day)
        earlier = await sittings.open_one(tx, made.guild_id, made.member_id, made.mode)
        if earlier is not None and (made.mode.tells_at_once or earlier.ran_out(now)):
            await self._turned(tx, earlier, rules.handed_in(earlier, now))
        if made.guild_id is not None:
            under_way = await sittings.under_way(tx, made.guild_id, since=now - JUST_NOW)
            if under_way >= self._per_server:
                raise ServerBusy(limit=self._per_server)


async def _theirs(tx: Tx, learner: Learner, sitting_id: int) -> Sitting:
    found = await sittings.by_id(tx, sitting_id)
    if found is None or found.member_id != learner.member_id:
        raise SittingGone
    return found


def _learner(sitting: Sitting) -> Learner:
    return Learner(member_id=sitting.member_id, guild_id=sitting.guild_id)
