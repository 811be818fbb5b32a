"""Practising: runs of items that a member chooses by topic, trap or difficulty, or from what they missed."""

from collections.abc import Collection, Iterable
from random import Random

from bot.domain.bank import Bank
from bot.domain.errors import NothingFits, NothingMissed
from bot.domain.history import missed
from bot.domain.item import Item
from bot.domain.practice import draw
from bot.domain.selection import fitting
from bot.domain.sitting import Mode, Sitting, Wish
from bot.services import offering
from bot.services.library import Library
from bot.services.offering import Learner
from bot.services.ports import Clock
from bot.services.profiles import Profiles
from bot.services.sittings import Sittings
from bot.storage import history
from bot.storage.store import Store


class Practising:
    """Chooses the items of practice runs; what happens in a run is the engine's."""

    def __init__(
        self, store: Store, clock: Clock, *, library: Library, profiles: Profiles, sittings: Sittings, rng: Random
    ) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._profiles = profiles
        self._sittings = sittings
        self._rng = rng

    async def begin(self, learner: Learner, bank_id: str, wish: Wish) -> Sitting:
        """Begin a run of items that fit a wish; up to half are on traps that the learner keeps falling for.

        Raises:
            UnknownBank, UnknownTopic: there is no such thing.
            NothingMissed, NothingFits: no item fits, or all that do are in open rounds.
            TooManySittings, ServerBusy: as `Sittings.begin`.
        """
        bank = self._library.bank(bank_id)
        topic = self._library.topic(bank, wish.topic)
        items = fitting(bank, topic=topic, trap=wish.trap, difficulty=wish.difficulty)
        if wish.missed:
            async with self._store.read() as tx:
                again = missed(await history.events(tx, learner.member_id, bank.id))
            items = [item for item in items if item.id in again]
            if not items:
                raise NothingMissed
        repeated = await self._profiles.repeated(learner.guild_id, learner.member_id)
        caught = [each.trap.id for each in repeated if each.bank.id == bank.id]
        return await self._begin(learner, bank, wish, items, caught)

    async def again(self, learner: Learner, sitting_id: int) -> Sitting:
        """Begin a run of what was missed in another; raises as `begin`, and `SittingGone`."""
        before = await self._sittings.find(learner, sitting_id)
        bank = self._library.bank(before.bank)
        now = (bank.item(entry.posed.item.id) for entry in before.missed)
        items = [item for item in now if item is not None]
        if not items:
            raise NothingMissed
        return await self._begin(learner, bank, before.wish, items, ())

    async def more(self, learner: Learner, sitting_id: int) -> Sitting:
        """Begin another run of what one was asked for; raises as `begin`, and `SittingGone`."""
        before = await self._sittings.find(learner, sitting_id)
        return await self.begin(learner, before.bank, before.wish)

    async def _begin(
        self, learner: Learner, bank: Bank, wish: Wish, items: Iterable[Item], caught: Collection[str]
    ) -> Sitting:
        async with self._store.read() as tx:
            busy = await offering.busy(tx, learner, bank.id)
            seen = await offering.seen(tx, learner, bank.id)
        free = [item for item in items if item.id not in busy]
        if not free:
            raise NothingFits
        chosen = draw(free, caught, seen, count=wish.count, now=self._clock(), rng=self._rng)
        return await self._sittings.begin(learner, Mode.PRACTICE, bank.id, wish, chosen)
