"""Plans: which links of a case are faulty and which are shown, drawn at random."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from random import Random
from types import MappingProxyType
from typing import Final

from bot.domain.chain import Chain
from bot.domain.item import Difficulty
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import Flaw, Form

# Out of a hundred cases; forms with more to tell apart come more often.
_SHARES: Final[Mapping[Form, int]] = MappingProxyType(
    {
        Form.OPEN: 7,
        Form.HIDDEN: 7,
        Form.PARTIAL: 16,
        Form.REVIEW: 6,
        Form.FIRST: 20,
        Form.FORECAST: 23,
        Form.REPAIRS: 12,
        Form.GAPS: 9,
    }
)

# How many flaws a form may have; repeated, the more often it is drawn.
_FLAWS: Final[Mapping[Form, tuple[int, ...]]] = MappingProxyType(
    {
        Form.OPEN: (1,),
        Form.HIDDEN: (1,),
        Form.PARTIAL: (1,),
        Form.REVIEW: (0, 1, 1, 1),
        Form.FIRST: (2,),
        Form.FORECAST: (0, 1, 1, 1, 2, 2, 2, 2),
        Form.REPAIRS: (2,),
        Form.GAPS: (2,),
    }
)

_MOST_WITHHELD = 2
_HARD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A case before it has words: its form, its flaws in causal order, and the places of links not shown."""

    form: Form
    flaws: tuple[Flaw, ...]
    withheld: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What cases of a bank are compared by.

    `key` tells them apart: by lesson, form and what is known; setting, wording and options do not count. `truth` is
    the lesson and what is wrong, known or not. Who is told the answer to one case knows it of every other with the
    same key or the same truth. `suspect` is the id of the first link that is not sound, `None` when all are.
    """

    key: str
    truth: str
    difficulty: Difficulty
    suspect: str | None


def traits_of(lesson: Lesson, chain: Chain, plan: Plan) -> Traits:
    """Give what a case of a lesson's chain is compared by."""
    return Traits(
        key=_key(lesson, chain, plan),
        truth=" ".join([*(f"{flaw.link.id}={flaw.fault.id}" for flaw in plan.flaws), f"lesson={lesson.id}"]),
        difficulty=difficulty_of(plan),
        suspect=plan.flaws[0].link.id if plan.flaws else None,
    )


def difficulty_of(plan: Plan) -> Difficulty:
    """Count a second fault, a quiet one, a fault withheld, and no word on the outcome: easy is none, hard are three."""
    hidden = any(flaw.place in plan.withheld for flaw in plan.flaws)
    untold = plan.form in {Form.REVIEW, Form.FORECAST}
    steps = (len(plan.flaws) > 1) + any(flaw.fault.quiet for flaw in plan.flaws) + hidden + untold
    if steps == 0:
        return Difficulty.EASY
    return Difficulty.MEDIUM if steps < _HARD else Difficulty.HARD


def _key(lesson: Lesson, chain: Chain, plan: Plan) -> str:
    faults = {flaw.place: flaw.fault.id for flaw in plan.flaws}
    known = sorted(
        f"{link.id}={faults.get(place, 'sound')}"
        for place, link in enumerate(chain.links)
        if place not in plan.withheld
    )
    told = [f"symptom={flaw.fault.id}" for flaw in plan.flaws] if plan.form is Form.HIDDEN else []
    return " ".join([plan.form, *known, *told, f"lesson={lesson.id}"])


def draw_plan(chain: Chain, rng: Random) -> Plan:
    """Draw a form, then its flaws, then what is withheld; chains of three links or more have plans of every form."""
    form = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
    flaws, known = list[Flaw](), _all_flaws(chain)
    for _ in range(rng.choice(_FLAWS[form])):
        taken = {flaw.place for flaw in flaws}
        flaws.append(rng.choice([flaw for flaw in known if flaw.place not in taken]))
    flaws.sort(key=lambda flaw: flaw.place)
    return Plan(form=form, flaws=tuple(flaws), withheld=rng.choice(_withholdings(form, chain, flaws)))


def all_plans(chain: Chain) -> Iterator[Plan]:
    """List every plan that can be drawn, once."""
    for form, counts in _FLAWS.items():
        for count in sorted(set(counts)):
            for flaws in _states(chain, count):
                for withheld in _withholdings(form, chain, flaws):
                    yield Plan(form=form, flaws=flaws, withheld=withheld)


def _states(chain: Chain, count: int) -> Iterator[tuple[Flaw, ...]]:
    for places in combinations(range(len(chain.links)), count):
        yield from product(*(_flaws_at(chain, place) for place in places))


def _all_flaws(chain: Chain) -> list[Flaw]:
    return [flaw for place in range(len(chain.links)) for flaw in _flaws_at(chain, place)]


def _flaws_at(chain: Chain, place: int) -> list[Flaw]:
    link = chain.links[place]
    return [Flaw(place=place, link=link, fault=fault) for fault in link.faults]


def _withholdings(form: Form, chain: Chain, flaws: Sequence[Flaw]) -> list[frozenset[int]]:
    """List the sets of links that may stay unseen without leaving the answer open."""
    broken = [flaw.place for flaw in flaws]
    healthy = [place for place in range(len(chain.links)) if place not in broken]
    match form:
        case Form.OPEN | Form.REVIEW | Form.REPAIRS:
            return [frozenset()]
        case Form.HIDDEN:
            return [frozenset(broken)]
        case Form.GAPS:
            return [*map(frozenset, combinations(broken, 1)), frozenset(broken)]
        case Form.PARTIAL:
            # Something healthy is seen besides the fault, so that there is something to weigh.
            return _some(healthy, least=1, most=min(_MOST_WITHHELD, len(healthy) - 1))
        case Form.FIRST | Form.FORECAST:
            # Whatever lies behind the first fault cannot change which one is first.
            behind = [place for place in healthy if broken and place > broken[0]]
            return _some(behind, least=0, most=_MOST_WITHHELD)


def _some(places: Sequence[int], *, least: int, most: int) -> list[frozenset[int]]:
    return [frozenset(chosen) for size in range(least, most + 1) for chosen in combinations(places, size)]
