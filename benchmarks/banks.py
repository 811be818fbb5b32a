"""What loading and checking a bank of 10,000 items takes, over what PyYAML takes to read the same files."""

import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

import yaml

from benchmarks.bank_files import write_bank
from benchmarks.benchmark import Bench, Benchmark, Goal, Measured, profiled, take_turns
from bot.content.loader import load_bank

_ITEMS = 10_000


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    folder = _written(bench, "generated")

    async def ours() -> float:
        return _load(folder)

    async def theirs() -> float:
        return _parse(folder)

    sides = await take_turns(bench, ours, theirs)
    size = sum(file.stat().st_size for file in folder.rglob("*.yaml")) / 1e6
    return {"bank_vs_parse": sides.measured(f"{sides.typical} s of CPU, {size:.0f} MB")}


def _written(bench: Bench, name: str) -> Path:
    bench.say(f"writing {_ITEMS:,} items")
    folder = bench.scratch / name
    write_bank(folder, items=_ITEMS, rng=Random(1))
    return folder


def _load(folder: Path) -> float:
    began = time.process_time()
    result = load_bank(folder)
    seconds = time.process_time() - began
    if result.bank is None or sum(len(lesson.items) for lesson in result.bank.lessons.values()) != _ITEMS:
        raise ValueError(f"the generated bank is not sound: {result.problems[:3]}")
    return seconds


def _parse(folder: Path) -> float:
    files = sorted(folder.rglob("*.yaml"))
    began = time.process_time()
    # Whoever loads a bank keeps what is in it, so this side does too.
    kept = [yaml.load(file.read_bytes(), yaml.CSafeLoader) for file in files]
    seconds = time.process_time() - began
    del kept
    return seconds


async def _profile(bench: Bench) -> str:
    folder = _written(bench, "profiled")

    async def work() -> None:
        _load(folder)

    return await profiled(work)


BENCHMARKS = (Benchmark(goals=(Goal(name="bank_vs_parse", bound=0.4),), measure=_measure, profile=_profile),)
