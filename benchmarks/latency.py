"""How long an answer takes to become durable at a steady rate, over what the naive handler takes at the same."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.arena import Corner, Volley, corner
from benchmarks.benchmark import Bench, Benchmark, Goal, Measured, take_turns

_ROUNDS = 50
_MEMBERS = 5_000
_RATE = 1_000.0
_COUNT = 2_000
_NO_TIDYING = ("view_channel", "send_messages", "add_reactions", "read_message_history")


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    bench.say("two small Discords, and two bots")
    async with (
        corner("ours", bench.scratch, rounds=_ROUNDS, members=_MEMBERS, stamped=True) as ours,
        corner("naive", bench.scratch, rounds=_ROUNDS, members=_MEMBERS, stamped=True) as naive,
    ):
        seeds = {"ours": 0, "naive": 0}
        waits: dict[str, list[float]] = {"ours": [], "naive": []}

        for side in (ours, naive):
            # Frames about letters that the bot takes off would be counted among those that were fired.
            await side.remote("permit", guild=side.place.guild, permissions=_NO_TIDYING)

        async def wait(name: str, side: Corner, share: float) -> float:
            while True:
                seeds[name] += 1
                volley = await side.volley(side.place.posts, _COUNT, seed=seeds[name], rate=_RATE)
                if len(volley.sent) == len(volley.taps):
                    break  # no heartbeat was sent between the frames
            seconds = _waits(volley)
            if name == "ours" and len(seconds) != len(volley.taps):
                raise RuntimeError(f"{len(volley.taps)} answers were given, {len(seconds)} acknowledged")
            waits[name].append(statistics.median(seconds))
            return seconds[round(share * (len(seconds) - 1))]

        sides = await take_turns(bench, lambda: wait("ours", ours, 0.99), lambda: wait("naive", naive, 0.5))
    ms = [f"{statistics.median(each) * 1000:.3g}" for each in (sides.ours, waits["ours"], sides.other)]
    note = f"99 % within {ms[0]} ms, half within {ms[1]}; the other's half within {ms[2]} after {_COUNT / _RATE:.0f} s"
    return {"steady_p99": sides.measured(note)}


def _waits(volley: Volley) -> Sequence[float]:
    """Give the seconds from frame to durable, shortest first; without those that never became so."""
    sent = dict(zip(volley.taps, volley.sent, strict=True))
    return sorted((at - sent[message, member, letter]) / 1e9 for at, message, member, letter in volley.stamps)


async def _profile(bench: Bench) -> str:
    async with corner("ours", bench.scratch, rounds=_ROUNDS, members=_MEMBERS) as ours:
        await ours.tell("profile")
        await ours.volley(ours.place.posts, _COUNT, seed=1, rate=_RATE)
        return str(await ours.tell("profiled"))


BENCHMARKS = (Benchmark(goals=(Goal(name="steady_p99", bound=0.02),), measure=_measure, profile=_profile),)
