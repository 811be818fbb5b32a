"""Spaced review: how well an answer says that an item is remembered, and what a learner's cards are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import pairwise

from bot.domain.history import Event

LEECH = 8
"""A card that was forgotten so often is a leech: Anki's default, <https://docs.ankiweb.net/leeches.html>."""

APART = timedelta(days=1)
"""A failure counts as forgetting when it comes so long after the answer before; sooner it is the same lapse."""

AHEAD = timedelta(hours=4)
"""What falls due within so long is taken along: whoever reviews every evening does so a little sooner or later."""


class Rating(IntEnum):
    """How well an item was remembered; the numbers are those of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a learner keeps of one item: when it is due, how often they forgot it, and the traps that they fell for.

    `fallen` has the trap that caught them most often first.
    """

    item_id: str
    due: datetime
    lapses: int
    fallen: tuple[str, ...] = ()

    @property
    def leech(self) -> bool:
        """Whether it is forgotten again and again."""
        return self.lapses >= LEECH


def rate(event: Event, worth: int) -> Rating:
    """Rate an answer to an item that is worth so many units.

    Fully right is good; it is easy when the learner was sure, and hard when they guessed. Partly right, at least half,
    is hard; less is forgotten.
    """
    if not event.full:
        return Rating.HARD if 2 * event.units >= worth else Rating.AGAIN
    match event.sure:
        case True:
            return Rating.EASY
        case False:
            return Rating.HARD
        case None:
            return Rating.GOOD


def lapses(rated: Sequence[tuple[Event, Rating]]) -> int:
    """Count how often one item was forgotten: failed, a day or longer after the answer before."""
    return sum(
        rating is Rating.AGAIN and event.at - before.at >= APART for (before, _), (event, rating) in pairwise(rated)
    )


def fallen_for(events: Iterable[Event]) -> tuple[str, ...]:
    """Name the traps that were fallen for, the most frequent first."""
    counted = Counter(trap for event in events for trap in sorted(event.fallen))
    return tuple(trap for trap, _ in counted.most_common())


def due(cards: Iterable[Card], now: datetime) -> list[Card]:
    """List the cards that are due at an instant or shortly after, those due longest first."""
    return sorted((card for card in cards if card.due <= now + AHEAD), key=lambda card: (card.due, card.item_id))
