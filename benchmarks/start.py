"""What the bot takes to start and to be there: its time and memory over those of a minimal discord.py bot."""

import asyncio
import math
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.benchmark import RUNS, Bench, Benchmark, Goal, Measured, Sides
from tests.wire.processes import ROOT, server_process
from tests.wire.rest import BASE
from tests.wire.routes.accounts import gateway_of
from tests.wire.state import DEFAULT_TOKEN

_REST_SECONDS = 1.5
"""How long after it connected a bot is at rest: what it does at the start is done."""
_PATIENCE = 60.0

_IMPORT = re.compile(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", re.MULTILINE)
_PACKAGES, _MODULES = 20, 40
"""So many of each a profile lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Seconds from the command to being connected, and mebibytes in memory at rest."""

    seconds: float
    memory: float


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    async with server_process(bench.scratch / "server.log", limits="none") as remote:
        await remote("found", members=10)
        # The first start migrates, sends the list of commands, and compiles modules.
        for side in ("ours", "minimal"):
            bench.say(f"{side}, for the first time")
            await _start(side, remote.address, bench.scratch)
        starts: dict[str, list[_Start]] = {"ours": [], "minimal": []}
        for number in range(RUNS):
            for side, found in starts.items():
                bench.say(f"{side}, run {number + 1} of {RUNS}")
                found.append(await _start(side, remote.address, bench.scratch))
    ours, minimal = starts["ours"], starts["minimal"]
    memory = Sides(ours=tuple(each.memory for each in ours), other=tuple(each.memory for each in minimal))
    seconds = Sides(ours=tuple(each.seconds for each in ours), other=tuple(each.seconds for each in minimal))
    return {
        "rss_vs_minimal": memory.measured(f"{memory.typical} MiB"),
        "start_vs_minimal": seconds.measured(f"{seconds.typical} s"),
    }


async def _start(side: str, address: str, folder: Path, *options: str) -> _Start:
    began = time.monotonic()
    with (folder / f"{side}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *options,
            *("-m", "benchmarks.starter", side, f"--rest={address}{BASE}", f"--gateway={gateway_of(address)}"),
            cwd=ROOT,
            env=_settings(folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _PATIENCE)
        if not line:
            raise ChildProcessError(f"{side} did not start; see {folder / f'{side}.log'}")
        await asyncio.sleep(_REST_SECONDS)
        return _Start(seconds=float(line) - began, memory=_resident(process.pid))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _settings(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "DISCORD_TOKEN": DEFAULT_TOKEN, "TRAPWISE_DATA_DIR": str(folder / "data")}


def _resident(pid: int) -> float:
    """The mebibytes that a process has in memory, as the system counts them."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (kibibytes,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kibibytes) / 1024


async def _profile(bench: Bench) -> str:
    """What a start takes: mebibytes step by step; imports in milliseconds, by package, then by module of ours."""
    async with server_process(bench.scratch / "server.log", limits="none") as remote:
        await remote("found", members=10)
        ours, minimal = [await _imports(bench, side, remote.address) for side in ("ours", "minimal")]
    return "\n".join(
        [
            "Memory in mebibytes: what each step adds, and all so far",
            await _memory(),
            f"The quickest of {RUNS} imports of each, in milliseconds.\n",
            "By package: ours, the minimal bot's",
            *_packages(_by_package(ours), _by_package(minimal)),
            f"{sum(ours.values()):8.1f} {sum(minimal.values()):8.1f} {len(ours)} and {len(minimal)} modules\n",
            "Our modules, without what they import",
            *(f"{ours[name]:8.1f} {name}" for name in sorted(ours, key=lambda name: -ours[name])[:_MODULES]),
            "",
        ]
    )


async def _memory() -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.memory", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return told.decode()


async def _imports(bench: Bench, side: str, address: str) -> dict[str, float]:
    """Start a side several times; gives the milliseconds that each module takes at least, without what it imports."""
    least: dict[str, float] = {}
    log = bench.scratch / f"{side}.log"
    for number in range(RUNS + 1):
        log.unlink(missing_ok=True)
        await _start(side, address, bench.scratch, "-X", "importtime")
        if number:  # the first start makes the database and compiles modules
            for took, name in _IMPORT.findall(log.read_text(encoding="utf-8")):
                least[name] = min(least.get(name, math.inf), int(took) / 1000)
    return least


def _packages(ours: Mapping[str, float], minimal: Mapping[str, float]) -> list[str]:
    longest = sorted(ours, key=lambda package: -ours[package])[:_PACKAGES]
    return [f"{ours[package]:8.1f} {minimal.get(package, 0.0):8.1f} {package}" for package in longest]


def _by_package(modules: Mapping[str, float]) -> dict[str, float]:
    """Add up what the modules of each package take."""
    packages: dict[str, float] = defaultdict(float)
    for name, took in modules.items():
        packages[name.partition(".")[0]] += took
    return packages


BENCHMARKS = (
    Benchmark(
        goals=(Goal(name="rss_vs_minimal", bound=2), Goal(name="start_vs_minimal", bound=2.5)),
        measure=_measure,
        profile=_profile,
    ),
)
