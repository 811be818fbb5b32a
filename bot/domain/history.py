"""A learner's history: what they answered, wherever it was, item by item."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One graded answer to an item, in a round or for oneself.

    `units` is what it earned, `full` whether that was all of it, `fallen` the traps it fell for. `sure` says whether
    the learner was sure, `None` where they did not say.
    """

    item_id: str
    at: datetime
    units: int
    full: bool
    fallen: frozenset[str] = frozenset()
    sure: bool | None = None


def missed(events: Iterable[Event]) -> set[str]:
    """Name the items whose latest answer was not fully right."""
    last: dict[str, Event] = {}
    for event in events:
        if event.item_id not in last or event.at >= last[event.item_id].at:
            last[event.item_id] = event
    return {event.item_id for event in last.values() if not event.full}
