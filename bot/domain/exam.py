"""Mock exams: which items are drawn by the blueprint's weights, and what an exam that is over tells."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, sqrt
from random import Random

from bot.domain.bank import Bank, Blueprint, Domain
from bot.domain.item import Item
from bot.domain.practice import line_up
from bot.domain.sitting import Entry

FEWEST = 5
MOST = 60
"""How many items an exam may have."""

_USUAL = 40
"""A bank may have thousands of items: by default no exam is longer than this."""

MINUTES_EACH = 1.5
"""The time for one item unless something else is asked for."""

EARLIER = 5
"""With so many exams before it the latest one is compared."""

_SURE = 2
"""Standard errors by which two shares differ before that is called a change: chance alone does so once in twenty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A domain's part in an exam: items its weight asks for, items there are, and items drawn."""

    domain: Domain
    wanted: int
    room: int
    drawn: int

    @property
    def missing(self) -> bool:
        """Whether the domain has a weight, and nothing to ask from."""
        return self.room == 0 and _weight(self.domain) > 0

    @property
    def thin(self) -> bool:
        """Whether there is something to ask from, but less than the domain's weight asks for."""
        return 0 < self.room < self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The items of an exam in the order they are asked in, with every domain's part; `asked` is how many were to be."""

    items: tuple[Item, ...]
    parts: tuple[Part, ...]
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What some entries of an exam came to, in units of a mark (`bot.domain.grading`); `right` were fully right."""

    items: int
    answered: int
    right: int
    earned: int
    worth: int

    @property
    def share(self) -> Fraction:
        """The share of the marks, 0 of nothing."""
        return Fraction(self.earned, self.worth) if self.worth else Fraction()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an exam came to: in all, per domain in the blueprint's order, and how often each trap caught, most first.

    `elsewhere` are items of no domain that the blueprint has now, `None` without any; `untried` the domains with a
    weight that no item was about.
    """

    whole: Total
    domains: tuple[tuple[Domain, Total], ...]
    elsewhere: Total | None
    untried: tuple[Domain, ...]
    traps: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How the latest exam compares with `exams` before it: `change` of the share; `clear` when chance is no excuse."""

    change: Fraction
    exams: int
    clear: bool


def usual_length(items: int) -> int:
    """Give how many items an exam has by default: half of those there are, so that the next one has others."""
    return min(max(ceil(items / 2), FEWEST), _USUAL)


def usual_minutes(items: int) -> int:
    """Give how many minutes there are for so many items by default."""
    return ceil(items * MINUTES_EACH)


def draw(
    bank: Bank, *, count: int | None, busy: Collection[str], seen: Mapping[str, datetime], now: datetime, rng: Random
) -> Paper:
    """Draw up to `count` different items: of each domain by its weight, which is the middle of its bounds.

    Without a count it is the usual length for what there is to draw from.

    Never a `busy` item, and none of no domain. Where a domain has too few items the others get what is left of its
    share. Of one domain come first those that the learner has not `seen` within a day, and of these those seen longest
    ago or never.
    """
    free = {item.id: item for item in bank.items() if item.id not in busy}
    stock = {domain.id: _in_domain(domain, free.values()) for domain in bank.blueprint.domains}
    if count is None:
        count = usual_length(sum(map(len, stock.values())))
    weights = {domain.id: _weight(domain) for domain in bank.blueprint.domains}
    wanted = _by_weight(weights, count) if weights else {}
    drawn = allot(weights, {domain: len(items) for domain, items in stock.items()}, count)
    chosen: list[Item] = []
    for domain, items in stock.items():
        order = line_up(dict.fromkeys(items, 0), seen, now=now, rng=rng)
        chosen += [free[each] for each in order[: drawn[domain]]]
    rng.shuffle(chosen)
    parts = (
        Part(domain=each, wanted=wanted[each.id], room=len(stock[each.id]), drawn=drawn[each.id])
        for each in bank.blueprint.domains
    )
    return Paper(items=tuple(chosen), parts=tuple(parts), asked=count)


def allot(weights: Mapping[str, int], room: Mapping[str, int], count: int) -> dict[str, int]:
    """Share out up to `count` places by weight and largest remainder, none above its room; the rest goes to the others.

    Of equal remainders the first comes first. What has no weight gets something only when nothing else has room.
    """
    given: dict[str, int] = dict.fromkeys(weights, 0)
    left = min(count, sum(room.values()))
    waiting = {each: weight for each, weight in weights.items() if room[each]}
    while waiting and left:
        shares = _by_weight(waiting, left)
        full = [each for each in waiting if shares[each] > room[each]]
        if not full:
            return given | shares
        given |= {each: room[each] for each in full}
        left -= sum(room[each] for each in full)
        waiting = {each: weight for each, weight in waiting.items() if each not in full}
    return given


def result(blueprint: Blueprint, entries: Iterable[Entry]) -> Result:
    """Add up the graded entries of an exam."""
    listed = list(entries)
    domain_of = {each.id: domain for domain in blueprint.domains for each in domain.objectives}
    by_domain: dict[str | None, list[Entry]] = {}
    for entry in listed:
        domain = domain_of.get(entry.posed.item.objective)
        by_domain.setdefault(None if domain is None else domain.id, []).append(entry)
    tried = [domain for domain in blueprint.domains if domain.id in by_domain]
    fallen = Counter(trap for entry in listed for trap in sorted(entry.fallen))
    return Result(
        whole=_total(listed),
        domains=tuple((domain, _total(by_domain[domain.id])) for domain in tried),
        elsewhere=_total(by_domain[None]) if None in by_domain else None,
        untried=tuple(each for each in blueprint.domains if each not in tried and _weight(each) > 0),
        traps=tuple(fallen.most_common()),
    )


def trend(totals: Sequence[Total]) -> Trend | None:
    """Compare the first of some exams, which is the latest, with up to `EARLIER` that follow; `None` without any.

    A change is clear when it is more than two standard errors of a share of so many items.
    """
    counted = [each for each in totals if each.worth]
    if len(counted) < 2:  # noqa: PLR2004 - it takes two to compare
        return None
    latest, earlier = counted[0], counted[1 : 1 + EARLIER]
    before = _together(earlier)
    change = latest.share - before.share
    share = float(_together([latest, before]).share)
    error = sqrt(share * (1 - share) * (1 / latest.items + 1 / before.items))
    return Trend(change=change, exams=len(earlier), clear=abs(change) > _SURE * error)


def _weight(domain: Domain) -> int:
    """Give twice the middle of a domain's bounds, which is whole."""
    return domain.low + domain.high


def _in_domain(domain: Domain, items: Iterable[Item]) -> list[str]:
    objectives = {objective.id for objective in domain.objectives}
    return [item.id for item in items if item.objective in objectives]


def _by_weight(weights: Mapping[str, int], count: int) -> dict[str, int]:
    """Share out all of `count` by weight and largest remainder; equally where nothing has a weight."""
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    total = sum(weights.values())
    shares = {each: count * weight // total for each, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda each: -(count * weights[each] % total))
    for each in by_remainder[: count - sum(shares.values())]:
        shares[each] += 1
    return shares


def _total(entries: Collection[Entry]) -> Total:
    return Total(
        items=len(entries),
        answered=sum(entry.answered for entry in entries),
        right=sum(entry.full is True for entry in entries),
        earned=sum(entry.units or 0 for entry in entries),
        worth=sum(entry.worth for entry in entries),
    )


def _together(totals: Iterable[Total]) -> Total:
    listed = list(totals)
    return Total(
        items=sum(each.items for each in listed),
        answered=sum(each.answered for each in listed),
        right=sum(each.right for each in listed),
        earned=sum(each.earned for each in listed),
        worth=sum(each.worth for each in listed),
    )
