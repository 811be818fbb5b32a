"""How many reactions a second become durable, over a bot with a session and commit for each; and that all do."""

from collections.abc import Mapping

from benchmarks.arena import Corner, corner
from benchmarks.benchmark import Bench, Benchmark, Goal, Measured, take_turns
from benchmarks.choices import expected, stored

_ROUNDS = 50
_MEMBERS = 2_000
_OURS = 20_000
_NAIVE = 1_000
"""Fewer, for they take longer; its rate does not depend on how many wait."""


class ChoicesLost(Exception):
    """Members chose what is not in the database."""


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    bench.say("two small Discords, and two bots")
    async with (
        corner("ours", bench.scratch, rounds=_ROUNDS, members=_MEMBERS) as ours,
        corner("naive", bench.scratch, rounds=_ROUNDS, members=_MEMBERS) as naive,
    ):
        fired: dict[str, list[tuple[int, int, str]]] = {"ours": [], "naive": []}

        async def rate(name: str, side: Corner, count: int) -> float:
            taps = fired[name]
            volley = await side.volley(side.place.posts, count, seed=len(taps))
            taps += volley.taps
            return volley.count / volley.seconds

        await rate("ours", ours, _NAIVE)
        await rate("naive", naive, _NAIVE // 10)
        sides = await take_turns(bench, lambda: rate("ours", ours, _OURS), lambda: rate("naive", naive, _NAIVE))
        lost, chosen = _lost(ours, fired["ours"])
        others_lost, others_chosen = _lost(naive, fired["naive"])
    if lost:
        raise ChoicesLost(f"{lost} of {chosen}")
    kept = f"all {chosen} choices kept; the other lost {others_lost} of {others_chosen}"
    return {"reaction_vs_naive": sides.measured(f"{sides.typical} a second; {kept}")}


def _lost(side: Corner, taps: list[tuple[int, int, str]]) -> tuple[int, int]:
    """Count the members' choices that are not as they should be, and all of them."""
    wanted, found = expected(taps, side.place.kinds), stored(side.database, side.place)
    return sum(found.get(key) != choice for key, choice in wanted.items()), len(wanted)


async def _profile(bench: Bench) -> str:
    async with corner("ours", bench.scratch, rounds=_ROUNDS, members=_MEMBERS) as ours:
        await ours.tell("profile")
        await ours.volley(ours.place.posts, _OURS, seed=1)
        return str(await ours.tell("profiled"))


BENCHMARKS = (
    Benchmark(goals=(Goal(name="reaction_vs_naive", bound=40, at_least=True),), measure=_measure, profile=_profile),
)
