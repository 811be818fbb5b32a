"""What a reaction costs: through the whole bot to the disk, over what discord.py takes to hear of it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import count

from benchmarks.arena import Corner, Place, corner
from benchmarks.benchmark import Bench, Benchmark, Goal, Measured, take_turns

_ROUNDS = 50
_MEMBERS = 10_000
_BURST = 20_000
_WARM_UP = 2_000


def _messages(place: Place) -> Mapping[str, Sequence[int]]:
    """Give where bursts go, by the ratio that they are measured for."""
    return {
        "reaction_vs_floor": place.posts,
        "hot_message_vs_floor": place.posts[:1],
        "unrelated_vs_floor": place.others,
    }


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    bench.say("two small Discords, and two clients")
    async with _corner("ours", bench) as ours, _corner("floor", bench) as floor:
        for side in (ours, floor):
            await side.volley(side.place.others, _WARM_UP, seed=0)
            await side.volley(side.place.posts, _WARM_UP, seed=0)
        return {name: await _compare(bench, name, ours, floor) for name in _messages(ours.place)}


def _corner(side: str, bench: Bench) -> AbstractAsyncContextManager[Corner]:
    return corner(side, bench.scratch, rounds=_ROUNDS, members=_MEMBERS, others=_ROUNDS)


async def _compare(bench: Bench, name: str, ours: Corner, floor: Corner) -> Measured:
    """Measure the CPU time of a reaction on both sides, in microseconds; no two bursts are alike, but both get them."""
    seeds = {"ours": count(1), "floor": count(1)}

    async def cost(name_of_side: str, side: Corner) -> float:
        volley = await side.volley(_messages(side.place)[name], _BURST, seed=next(seeds[name_of_side]))
        return volley.cpu / volley.count * 1e6

    sides = await take_turns(bench.about(name), lambda: cost("ours", ours), lambda: cost("floor", floor))
    return sides.measured(f"{sides.typical} µs of CPU")


async def _profile(bench: Bench) -> str:
    texts = []
    async with _corner("ours", bench) as ours:
        for name, messages in _messages(ours.place).items():
            await ours.tell("profile")
            await ours.volley(messages, _BURST, seed=1)
            texts.append(f"{name}: the event loop's thread during a burst\n{await ours.tell('profiled')}")
    return "\n".join(texts)


BENCHMARKS = (
    Benchmark(
        goals=(
            Goal(name="reaction_vs_floor", bound=3),
            Goal(name="hot_message_vs_floor", bound=3),
            Goal(name="unrelated_vs_floor", bound=1.15),
        ),
        measure=_measure,
        profile=_profile,
    ),
)
