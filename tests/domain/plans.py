"""Every plan of a case there is: what a draw is proven against."""

from collections.abc import Iterator
from itertools import combinations, product

from bot.domain.chain import Chain
from bot.domain.scenarios.case import Flaw
from bot.domain.scenarios.plan import _FLAWS, Plan, _flaws_at, _withholdings


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
