"""`python -m benchmarks.one NAME`: one measurement in a process of its own, for `python -m benchmarks`."""

import asyncio
import gc
import sys
import tempfile
from pathlib import Path

import orjson

from benchmarks.benchmark import Bench, Benchmark, Measured
from benchmarks.index import find

PROFILES = Path(__file__).parent / "profiles"


def main() -> None:
    """Measure; prints a line of JSON for each sign of progress, then one with what was measured."""
    benchmark = find(sys.argv[1])
    gc.collect()
    with tempfile.TemporaryDirectory(prefix="trapwise-bench-") as folder:
        asyncio.run(_measure(benchmark, Bench(say=_say, scratch=Path(folder))))


async def _measure(benchmark: Benchmark, bench: Bench) -> None:
    found = dict(await benchmark.measure(bench))
    rows = [_row(benchmark, place, found[goal.name]) for place, goal in enumerate(benchmark.goals)]
    missed = [str(row["name"]) for row in rows if not row["holds"]]
    if missed and benchmark.profile is not None:
        bench.say(f"profile, for {', '.join(missed)} missed")
        text = await benchmark.profile(bench)
        PROFILES.mkdir(exist_ok=True)
        for name in missed:
            (PROFILES / f"{name}.txt").write_text(text, encoding="utf-8")
    _tell({"rows": rows})


def _row(benchmark: Benchmark, place: int, measured: Measured) -> dict[str, object]:
    goal = benchmark.goals[place]
    return {
        "name": goal.name,
        "ratio": measured.ratio,
        "goal": goal.bound,
        "holds": goal.holds(measured.ratio),
        "at_least": goal.at_least,
        "vital": goal.vital,
        "spread": measured.spread,
        "note": measured.note,
    }


def _say(text: str) -> None:
    _tell({"say": text})


def _tell(what: dict[str, object]) -> None:
    print(orjson.dumps(what).decode(), flush=True)  # noqa: T201 - what the other process reads


if __name__ == "__main__":
    main()
