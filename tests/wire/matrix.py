"""The crash matrix: a life is traced, and lived again once for every point of the trace, with a kill there.

`python -m tests.wire.matrix` runs the whole of it: every single kill, and for each of them some second kills at points
of the recovery. `make test` runs a sample (see `sample`). One case alone: `--case` with what a failure prints.
"""

import argparse
import asyncio
import logging
import math
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.wire.hooks import Kind, Point, points_of
from tests.wire.life import Life
from tests.wire.nursery import nursery
from tests.wire.quiz_life import QuizLife
from tests.wire.stage import Stage, life, set_stage
from tests.wire.verdict import Scores, judge

LIVES = {"day": Life, "quiz": QuizLife}
"""What can be lived: a day with its questions, or a live quiz."""

AT_ONCE = 4
"""How many lives are told at the same time."""

MISSED = 0.01
"""The share of kills that may fail to come, one at least: a letter is tidied away, or not, as the load allows."""

_LOG_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One or two points at which the bot dies: the second one while it recovers from the first."""

    plans: tuple[Point, ...]

    def __str__(self) -> str:
        return ", then ".join(str(point) for point in self.plans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a case: what is wrong, how many of its kills came, and the points of the last recovery."""

    case: Case
    wrong: tuple[str, ...]
    deaths: int
    recovery: tuple[Point, ...]
    log: str
    life: str = "day"

    @property
    def reached(self) -> bool:
        """Tell whether every kill came."""
        return self.deaths == len(self.case.plans)

    def command(self) -> str:
        """Write the command that tries its case alone."""
        points = " ".join(f"'{point.as_json().decode()}'" for point in self.case.plans)
        return f"python -m tests.wire.matrix --life {self.life} --case {points}"

    def story(self) -> str:
        """Tell what is wrong, and how to see it again."""
        what = "\n".join(f"  {each}" for each in self.wrong)
        return f"{self.case}\n{what}\n  the end of the log:\n{self.log}\n  again: {self.command()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A life without a crash: its points, and what its people earned."""

    points: tuple[Point, ...]
    scores: Scores


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was tried."""

    tried: int = 0
    unreached: list[Case] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Tell whether nothing failed, and nearly every kill came."""
        # Of a single case, asked for by itself, none may be missing.
        missed = max(math.floor(self.tried * MISSED), 1) if self.tried > 1 else 0
        return not self.failed and len(self.unreached) <= missed

    def count(self, outcome: Outcome) -> None:
        """Take in what became of a case."""
        self.tried += 1
        if outcome.wrong:
            self.failed.append(outcome)
        elif not outcome.reached:
            self.unreached.append(outcome.case)


class Matrix:
    """Tells lives on a stage, in folders of their own that are kept when something is wrong."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self._stage = stage
        self._folder = folder
        self._told = 0
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def trace(self) -> Traced:
        """Live without a crash.

        Raises:
            RuntimeError: something is wrong even so.
        """
        folder = self._new_folder()
        async with life(self._stage, folder) as told:
            verdict = await judge(told)
            if verdict.wrong:
                raise RuntimeError("a life without a crash goes wrong:\n" + "\n".join(verdict.wrong) + _end(told.log))
            return Traced(points=tuple(_worth_dying_at(points_of(told.trace(0)))), scores=verdict.scores)

    async def try_case(self, case: Case, scores: Scores) -> Outcome:
        """Live with crashes."""
        async with self._gate:
            folder = self._new_folder()
            async with life(self._stage, folder, case.plans) as told:
                verdict = await judge(told, scores)
                last = told.trace(told.deaths)
                outcome = Outcome(
                    case=case,
                    wrong=verdict.wrong,
                    deaths=told.deaths,
                    recovery=tuple(_worth_dying_at(points_of(last))) if last.exists() else (),
                    log=_end(told.log),
                    life=next(name for name, kind in LIVES.items() if kind is self._stage.kind),
                )
        if not outcome.wrong:
            shutil.rmtree(folder)
        return outcome

    async def try_all(self, cases: Iterable[Case], scores: Scores, seen: Callable[[Outcome], object]) -> None:
        """Try cases side by side, and show each outcome as it comes."""
        trying = [asyncio.create_task(self.try_case(case, scores)) for case in cases]
        try:
            for each in asyncio.as_completed(trying):
                seen(await each)
        finally:
            for task in trying:
                task.cancel()
            await asyncio.gather(*trying, return_exceptions=True)

    def _new_folder(self) -> Path:
        self._told += 1
        return self._folder / str(self._told)


def _worth_dying_at(points: Iterable[Point]) -> Iterator[Point]:
    """Leave out the sign of life that each tick commits: how many there are depends on the machine."""
    return (point for point in points if not (point.kind is Kind.COMMIT and point.name.endswith(" process")))


def singles(points: Iterable[Point]) -> list[Case]:
    """Die once, at every point."""
    return [Case(plans=(point,)) for point in points]


def doubles(outcome: Outcome, most: int) -> list[Case]:
    """Die again, at up to `most` points of a recovery, one of each name first and evenly over those."""
    found = spread(middles(outcome.recovery), most)
    return [Case(plans=(*outcome.case.plans, point)) for point in found]


def alike(points: Iterable[Point]) -> list[list[Point]]:
    """Put points with the same kind, name and side together, in the order of the trace."""
    found: dict[tuple[object, ...], list[Point]] = defaultdict(list)
    for point in points:
        found[point.kind, point.name, point.moment].append(point)
    return list(found.values())


def middles(points: Iterable[Point]) -> list[Point]:
    """Choose of all that are alike the middle one."""
    return [each[len(each) // 2] for each in alike(points)]


def spread(points: Sequence[Point], most: int) -> list[Point]:
    """Choose at most so many, as far from each other as can be."""
    if len(points) <= most:
        return list(points)
    return [points[(2 * place + 1) * len(points) // (2 * most)] for place in range(most)]


def sample(points: Sequence[Point]) -> list[Case]:
    """Choose for every test run: of n requests or commits of a name, on either side, √n, evenly; of events the middle.

    Questions and reveals are requests of the same name, and so are the commits of several steps.
    """
    return singles(point for each in alike(points) for point in spread(each, _few(each)))


def _few(like: Sequence[Point]) -> int:
    return 1 if like[0].kind is Kind.EVENT else round(math.sqrt(len(like)))


def _end(log: Path) -> str:
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return "\n".join(f"    {line}" for line in lines[-_LOG_LINES:])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the matrix, and print what became of it; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.matrix", description=__doc__)
    parser.add_argument("--life", choices=LIVES, default="day", help="what is lived: a day, or a live quiz")
    parser.add_argument("--case", nargs="+", type=Point.from_json, help="one or two points: try these alone")
    parser.add_argument("--doubles", type=int, default=4, help="how many second kills to try after each first one")
    parser.add_argument("--sample", action="store_true", help="try only what every test run tries")
    parser.add_argument("--folder", type=Path, help="where failed cases are kept; a temporary folder when left out")
    args = parser.parse_args(argv)
    folder = args.folder or Path(tempfile.mkdtemp(prefix="trapwise-matrix-"))
    folder.mkdir(parents=True, exist_ok=True)
    # Bots that die in the middle of an answer are what this is about.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    tally = asyncio.run(_run(args, folder))
    _print_summary(tally, folder)
    return 0 if tally.well else 1


async def _run(args: argparse.Namespace, folder: Path) -> Tally:
    async with nursery(folder / "nursery.log") as bots:
        matrix = Matrix(await set_stage(folder, bots, LIVES[args.life]), folder)
        traced = await matrix.trace()
        if args.case:
            tally = Tally()
            tally.count(await matrix.try_case(Case(plans=tuple(args.case)), traced.scores))
            return tally
        first = sample(traced.points) if args.sample else singles(traced.points)
        _print_size(traced, first)
        return await _all(matrix, traced.scores, first, 0 if args.sample else args.doubles)


async def _all(matrix: Matrix, scores: Scores, first: Sequence[Case], most: int) -> Tally:
    tally, second, begun = Tally(), [], time.monotonic()

    def seen(outcome: Outcome) -> None:
        tally.count(outcome)
        if outcome.reached and not outcome.wrong and len(outcome.case.plans) == 1:
            second.extend(doubles(outcome, most))
        _print_progress(tally, outcome, total, begun)

    total = len(first)
    await matrix.try_all(first, scores, seen)
    if second:
        _say(f"second kills: {len(second)} cases, up to {most} for each recovery")
        total += len(second)
        await matrix.try_all(second, scores, seen)
    return tally


def _print_size(traced: Traced, cases: Sequence[Case]) -> None:
    kinds = Counter(point.kind for point in traced.points)
    sides = ", ".join(f"{count} at {kind}s" for kind, count in kinds.items())
    _say(f"crash matrix: {len(traced.points)} points in a traced life ({sides}); {len(cases)} single kills")


def _print_progress(tally: Tally, outcome: Outcome, total: int, begun: float) -> None:
    if outcome.wrong:
        _say(f"FAILED {outcome.story()}")
    if tally.tried % 20 == 0 or tally.tried == total:
        minutes, seconds = divmod(int(time.monotonic() - begun), 60)
        _say(f"case {tally.tried} of {total}, {minutes}:{seconds:02d}, {len(tally.failed)} failed")


def _print_summary(tally: Tally, folder: Path) -> None:
    for case in tally.unreached:
        _say(f"not reached: {case}")
    for outcome in tally.failed:
        _say(f"failed: {outcome.case}\n  again: {outcome.command()}")
    kept = f"; their folders are in {folder}" if tally.failed else ""
    _say(f"{tally.tried} cases, {len(tally.failed)} failed, {len(tally.unreached)} not reached{kept}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output


if __name__ == "__main__":
    sys.exit(main())
