"""Selection: which item is asked next, reproducibly from a seed."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bot.domain.bank import Bank
from bot.domain.item import Difficulty, Item
from bot.domain.scenarios.drawing import Telling

FEW_LEFT = 7
"""Organisers are warned when fewer never-asked items than this are left."""

_LEAST_SHARE = 0.1
"""Percent: a domain that the blueprint gives no weight is asked seldom, but it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a schedule, or the quizzes of a server, have asked, and where the server struggles.

    `asked` maps item ids to the instant they were last asked; `told` are the generated items that its server was asked
    by any schedule or quiz; `slips` maps trap ids to what members' slips on them weigh now
    (`bot.domain.profile.group_weights`: one that just happened is 1); `busy` are items in an open round of the server,
    which are never asked again meanwhile.
    """

    asked: Mapping[str, datetime]
    slips: Mapping[str, float]
    busy: Collection[str]
    told: Collection[Telling] = ()


def on_topic(bank: Bank, topic: str | None) -> list[Item]:
    """List the items of a lesson (by id) or an objective (by id or prefix, such as `3.1`); all without a topic."""
    return [item for item in bank.items() if is_on(bank, topic, item.lesson, item.objective)]


def is_on(bank: Bank, topic: str | None, lesson: str, objective: str) -> bool:
    """Tell whether a lesson and an objective of it are on a topic; a lesson's own id is no prefix of objectives."""
    if topic in (None, lesson, objective):
        return True
    return topic not in bank.lessons and objective.startswith(f"{topic}.")


def fitting(bank: Bank, *, topic: str | None, trap: str | None, difficulty: Difficulty | None) -> list[Item]:
    """List the items of a bank on a topic, with a distractor of a trap, of a difficulty, as far as these are given."""
    return [
        item
        for item in on_topic(bank, topic)
        if (trap is None or trap in item.traps) and difficulty in (None, item.difficulty)
    ]


def fresh(items: Iterable[Item], asked: Container[str]) -> list[Item]:
    """List the items whose ids are not among those asked."""
    return [item for item in items if item.id not in asked]


def choose(bank: Bank, items: Sequence[Item], history: History, *, count: int, rng: Random) -> list[Item]:
    """Choose up to `count` different items.

    Items never asked come first, drawn by weight: the blueprint's share of their domain spread over its items,
    up to twice as much where one of their traps catches many these days. When they run out, the least recently asked
    follow.
    """
    free = [item for item in items if item.id not in history.busy]
    pool = fresh(free, history.asked)
    chosen: list[Item] = []
    weights = {item.id: weight for item, weight in zip(pool, _weights(bank, pool, history.slips), strict=True)}
    while pool and len(chosen) < count:
        item = rng.choices(pool, [weights[each.id] for each in pool])[0]
        pool.remove(item)
        chosen.append(item)
    asked = [item for item in free if item.id in history.asked]
    asked.sort(key=lambda item: (history.asked[item.id], item.id))
    return chosen + asked[: count - len(chosen)]


def _weights(bank: Bank, items: Sequence[Item], slips: Mapping[str, float]) -> list[float]:
    domain_of = {
        objective.id: (domain.id, (domain.low + domain.high) / 2)
        for domain in bank.blueprint.domains
        for objective in domain.objectives
    }
    sizes: dict[str, int] = {}
    for item in items:
        domain, _ = domain_of.get(item.objective, ("", 1.0))
        sizes[domain] = sizes.get(domain, 0) + 1
    # At least one slip's worth: when even the most repeated trap has faded, so has its pull.
    most = max(*slips.values(), 1.0) if slips else 1.0
    weights = []
    for item in items:
        domain, share = domain_of.get(item.objective, ("", 1.0))
        # A trap the server falls for most often doubles the weight of an item that has it.
        pull = 1 + max((slips.get(trap, 0) / most for trap in item.traps), default=0.0)
        weights.append(max(share, _LEAST_SHARE) / sizes[domain] * pull)
    return weights
