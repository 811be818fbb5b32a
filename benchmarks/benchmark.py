"""What a benchmark is: goals, a measurement whose sides take turns, and a profile for when a goal is missed."""

import cProfile
import io
import pstats
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

RUNS = 5
"""Each side of a ratio runs at least so often."""

_TOP = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A ratio and its bound: the most it may be, or the least if `at_least`.

    A `vital` one says that nothing was lost: `make bench` fails when it does not hold.
    """

    name: str
    bound: float
    at_least: bool = False
    vital: bool = False

    def holds(self, ratio: float) -> bool:
        """Tell whether a ratio is within the bound."""
        return ratio >= self.bound if self.at_least else ratio <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A ratio as it was measured: `spread` has the lowest and the highest of the single runs.

    `note` is for what a reader must know to judge it: absolute figures, or how often it was run.
    """

    ratio: float
    spread: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a measurement is given: a way to say how far it is, and an empty folder on disk for its files."""

    say: Callable[[str], None]
    scratch: Path

    def about(self, what: str) -> "Bench":
        """Give one whose progress says what it is about."""
        return replace(self, say=lambda text: self.say(f"{what}, {text}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One measurement, which gives one ratio for each goal, by name.

    `profile` is called only after a goal was missed; its text should explain where the time goes.
    """

    goals: tuple[Goal, ...]
    measure: Callable[[Bench], Awaitable[Mapping[str, Measured]]]
    profile: Callable[[Bench], Awaitable[str]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of its ratios."""
        return tuple(goal.name for goal in self.goals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What two sides cost in turn, in any unit; the same place in both was measured one right after the other."""

    ours: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def typical(self) -> str:
        """Write the median cost of each: ours, then the other's."""
        return f"{statistics.median(self.ours):.3g} and {statistics.median(self.other):.3g}"

    def measured(self, note: str = "", *, inverse: bool = False) -> Measured:
        """Give the median of ours over the other's, pair by pair; the other's over ours if `inverse`."""
        pairs = zip(self.ours, self.other, strict=True)
        ratios = [other / ours if inverse else ours / other for ours, other in pairs]
        return Measured(ratio=statistics.median(ratios), spread=(min(ratios), max(ratios)), note=note)


async def take_turns(
    bench: Bench,
    ours: Callable[[], Awaitable[float]],
    other: Callable[[], Awaitable[float]],
    *,
    runs: int = RUNS,
) -> Sides:
    """Measure two sides in turn: one, the other, one, the other. Each call measures once and gives its cost."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(runs):
        for side, costs, name in ((ours, found[0], "ours"), (other, found[1], "the other")):
            bench.say(f"{name}, run {number + 1} of {runs}")
            costs.append(await side())
    return Sides(ours=tuple(found[0]), other=tuple(found[1]))


async def profiled(work: Callable[[], Awaitable[object]]) -> str:
    """Do some work under cProfile and give the lines that took longest by themselves, then those with what they call.

    Times are larger than without the profiler, the more so the more calls there are.
    """
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        await work()
    finally:
        profiler.disable()
    return top_lines(profiler)


def top_lines(source: cProfile.Profile | str, orders: Sequence[str] = ("tottime", "cumulative")) -> str:
    """Give the first lines of a profile, or of a file of one, in each of several orders."""
    text = io.StringIO()
    for order in orders:
        pstats.Stats(source, stream=text).strip_dirs().sort_stats(order).print_stats(_TOP)
    return text.getvalue()
