"""Reviewing: spaced repetition of what a learner has answered before, scheduled by FSRS.

No cards are stored: they are made anew from the learner's history, so that a question that is graded again, or counts
for nobody, corrects them by itself.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bot.domain.bank import Bank
from bot.domain.grading import worth
from bot.domain.history import Event
from bot.domain.item import Item
from bot.domain.rating import Card, due, fallen_for, lapses, rate
from bot.domain.sitting import Mode, Sitting, Wish
from bot.services import offering
from bot.services.library import Library
from bot.services.offering import Learner
from bot.services.ports import Clock
from bot.services.sittings import Sittings
from bot.storage import history
from bot.storage.store import Store

if TYPE_CHECKING:
    import fsrs

RETENTION = 0.9
"""How much of what is due should still be remembered then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A learner's cards of one bank.

    `due` are those to review now, the longest due first; what the channel is being asked is not among them. `next_due`
    is when the first of the others is, `None` when there is none.
    """

    bank: Bank
    cards: tuple[Card, ...]
    due: tuple[Card, ...]
    next_due: datetime | None

    @property
    def leeches(self) -> tuple[Card, ...]:
        """The cards that are forgotten again and again, the worst first."""
        return tuple(sorted((card for card in self.cards if card.leech), key=lambda card: -card.lapses))


class Reviewing:
    """Makes a learner's cards from their history, and begins reviews of those that are due."""

    def __init__(
        self, store: Store, clock: Clock, *, library: Library, sittings: Sittings, retention: float = RETENTION
    ) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._sittings = sittings
        self._retention = retention

    @cached_property
    def _scheduler(self) -> "fsrs.Scheduler":
        import fsrs  # noqa: PLC0415 - the bot starts sooner without it

        # Without steps of minutes: whoever reviews once a day would never come to their end. Without fuzz cards are
        # the same each time they are made.
        return fsrs.Scheduler(
            desired_retention=self._retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
        )

    async def deck(self, learner: Learner, bank_id: str | None = None) -> Deck:
        """Give a learner's cards of a bank: the one named, else the one with most cards due.

        Raises:
            UnknownBank: there is no such bank.
        """
        banks = self._library.banks if bank_id is None else (self._library.bank(bank_id),)
        decks = [await self._deck(learner, bank) for bank in banks]
        return max(decks, key=lambda deck: (len(deck.due), len(deck.cards)))

    async def begin(self, learner: Learner, deck: Deck, *, count: int) -> Sitting:
        """Begin a review of up to so many cards that are due; there must be one.

        Raises:
            TooManySittings, ServerBusy: as `Sittings.begin`.
        """
        items = {item.id: item for item in deck.bank.items()}
        chosen = [items[card.item_id] for card in deck.due[:count]]
        return await self._sittings.begin(learner, Mode.REVIEW, deck.bank.id, Wish(count=count), chosen)

    async def card(self, learner: Learner, bank_id: str, item_id: str) -> Card | None:
        """Give a learner's card of one item, `None` when they never answered it or it is there no more."""
        if not self._library.has(bank_id):
            return None
        item = self._library.bank(bank_id).item(item_id)
        async with self._store.read() as tx:
            events = await history.events(tx, learner.member_id, bank_id, item_id=item_id)
        return self._replayed(item, events) if item is not None and events else None

    async def _deck(self, learner: Learner, bank: Bank) -> Deck:
        async with self._store.read() as tx:
            events = await history.events(tx, learner.member_id, bank.id)
            busy = await offering.busy(tx, learner, bank.id)
        # Thousands of answers take a tenth of a second: beside everybody else's.
        cards = await asyncio.to_thread(self._cards, bank, events)
        return _sorted_out(bank, cards, busy, self._clock())

    def _cards(self, bank: Bank, events: Sequence[Event]) -> tuple[Card, ...]:
        by_item: dict[str, list[Event]] = {}
        for event in events:
            by_item.setdefault(event.item_id, []).append(event)
        items: Mapping[str, Item] = {item.id: item for item in bank.items()}
        return tuple(self._replayed(items[each], its) for each, its in by_item.items() if each in items)

    def _replayed(self, item: Item, events: Sequence[Event]) -> Card:
        rated = [(event, rate(event, worth(item))) for event in events]
        import fsrs  # noqa: PLC0415 - as above

        # The library would name and date a card by itself, and wait a millisecond to have its name for itself.
        card = fsrs.Card(card_id=0, due=events[0].at)
        for event, rating in rated:
            card, _ = self._scheduler.review_card(card, fsrs.Rating(rating), event.at)
        return Card(item_id=item.id, due=card.due, lapses=lapses(rated), fallen=fallen_for(events))


def _sorted_out(bank: Bank, cards: tuple[Card, ...], busy: Collection[str], now: datetime) -> Deck:
    ready = due((card for card in cards if card.item_id not in busy), now)
    chosen = {card.item_id for card in ready}
    later = (card.due for card in cards if card.item_id not in chosen and card.item_id not in busy)
    return Deck(bank=bank, cards=cards, due=tuple(ready), next_due=min(later, default=None))
