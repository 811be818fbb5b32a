"""Trap profiles: which confusions a learner keeps repeating, and which ones a server does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.posed import PosedItem
from bot.domain.practice import Go
from bot.domain.tally import Result

HALF_LIFE = timedelta(days=30)
"""After so long a confusion weighs half: a month without it is good news, not yet proof."""

BACK = 0.5
"""What a right answer takes off: it may be a guess, or right for another reason, so two undo one slip."""

FORGOTTEN = 0.125
"""A confusion below this is not shown any more: a single slip, three half-lives later."""

WINDOW = 6 * HALF_LIFE
"""How far back slips are looked at; older ones would weigh less than a sixtieth."""

AGAIN = timedelta(days=1)
"""For so long a go at an item counts for nothing after one that counted, or after its question was asked to all: the
answer was read a moment ago."""

RECENT = timedelta(days=30)
"""The time that a server's trend compares with what was before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """A learner met a trap: they fell for it, or gave a fully right answer to an item that has it."""

    bank: str
    trap: str
    at: datetime
    fell: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """A trap that a learner fell for: how often, when last, and what that weighs now."""

    bank: str
    trap: str
    times: int
    last: datetime
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A closed round whose item has a trap: how many answers it got, and how many of them fell."""

    trap: str
    at: datetime
    met: int
    fell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many answers there were to items with a trap, and how many of them fell."""

    met: int
    fell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How many members met a trap and fell for it, in all, of late (`RECENT`) and before; each counts once a time."""

    everyone: Share
    recent: Share
    before: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many members met a trap, and how many of them fell, from `least` to `most`: the same where it may be told."""

    met: int
    least: int
    most: int


def weigh(encounters: Iterable[Encounter], now: datetime) -> float:
    """Weigh what a learner's encounters with one trap come to at an instant.

    They are taken in the order of time, whatever the order they come in. A slip adds 1; a right answer takes off
    `BACK`, never below 0, so what was right before a slip is no credit against it. In between the weight halves every
    `HALF_LIFE`. At one and the same instant right answers go first: only later ones count back. Encounters of the
    future, which a clock set back leaves behind, count as of now, in their order.
    """
    weight, before = 0.0, None
    for each in sorted(encounters, key=lambda each: (each.at, each.fell)):
        at = min(each.at, now)
        weight = _faded(weight, since=before or at, now=at)
        weight = weight + 1 if each.fell else max(weight - BACK, 0.0)
        before = at
    return _faded(weight, since=before or now, now=now)


def profile(encounters: Iterable[Encounter], now: datetime) -> list[Confusion]:
    """List the traps that a learner has not left behind: the heaviest first, of equal ones the latest."""
    met: dict[tuple[str, str], list[Encounter]] = {}
    for each in encounters:
        met.setdefault((each.bank, each.trap), []).append(each)
    found = [_confusion(each, now) for each in met.values() if any(encounter.fell for encounter in each)]
    kept = [each for each in found if each.weight >= FORGOTTEN]
    kept.sort(key=lambda each: (each.bank, each.trap))
    kept.sort(key=lambda each: (each.weight, each.last), reverse=True)
    return kept


def met_in(posed: PosedItem, results: Collection[Result]) -> dict[str, Share]:
    """Count, for each trap in an item, the answers it got and how many of them fell; nothing without any answer."""
    if not results:
        return {}
    return {
        trap: Share(met=len(results), fell=sum(trap in each.slips for each in results)) for trap in posed.item.traps
    }


def practised(goes: Iterable[Go], asked: Mapping[tuple[str, str], Collection[datetime]]) -> list[Encounter]:
    """List the encounters of a learner's practice: of several goes at an item within a day, those of the first.

    `asked` gives when questions that the learner answered took no more answers, by bank and item: a go within a day
    after that is none, either.
    """
    counted: dict[tuple[str, str], datetime] = {}
    found = []
    for each in sorted(goes, key=lambda each: each.at):
        item = (each.bank, each.item_id)
        read = [*asked.get(item, ()), counted.get(item, each.at - AGAIN)]
        if any(timedelta() <= each.at - at < AGAIN for at in read):
            continue
        counted[item] = each.at
        met = sorted(each.fallen | each.resisted)
        found += [Encounter(bank=each.bank, trap=trap, at=each.at, fell=trap in each.fallen) for trap in met]
    return found


def group_weights(meetings: Iterable[Meeting], now: datetime) -> dict[str, float]:
    """Weigh a server's traps: every member who fell counts 1, which halves every `HALF_LIFE`.

    Right answers take nothing off here: whoever was right is seldom whoever fell.
    """
    weights: dict[str, float] = {}
    for each in meetings:
        if each.fell:
            weights[each.trap] = weights.get(each.trap, 0.0) + _faded(float(each.fell), since=each.at, now=now)
    return weights


def trend(meetings: Iterable[Meeting], now: datetime) -> tuple[Share, Share]:
    """Add up the meetings of the `RECENT` time, and those before it."""
    listed = list(meetings)
    recent = [each for each in listed if now - each.at <= RECENT]
    return _share(recent), _share([each for each in listed if now - each.at > RECENT])


def _confusion(met: Sequence[Encounter], now: datetime) -> Confusion:
    slips = [each.at for each in met if each.fell]
    return Confusion(bank=met[0].bank, trap=met[0].trap, times=len(slips), last=max(slips), weight=weigh(met, now))


def _share(meetings: Iterable[Meeting]) -> Share:
    listed = list(meetings)
    return Share(met=sum(each.met for each in listed), fell=sum(each.fell for each in listed))


def _faded(weight: float, *, since: datetime, now: datetime) -> float:
    age = max(now - since, timedelta())
    return weight * float(0.5 ** (age / HALF_LIFE))
