"""What the bot takes to start and to be there: its time and memory over those of a minimal discord.py bot."""

import asyncio
import os
import sys
import time
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
    """The modules that take longest to import: without their own imports, and with them (microseconds each)."""
    async with server_process(bench.scratch / "server.log", limits="none") as remote:
        await remote("found", members=10)
        for _ in range(2):
            (bench.scratch / "ours.log").unlink(missing_ok=True)
            await _start("ours", remote.address, bench.scratch, "-X", "importtime")
    rows = [
        line.removeprefix("import time:").split("|")
        for line in (bench.scratch / "ours.log").read_text(encoding="utf-8").splitlines()
        if line.startswith("import time:") and "self" not in line
    ]
    texts = []
    for column, title in ((0, "by itself"), (1, "with what it imports")):
        top = sorted(rows, key=lambda row: -int(row[column]))[:40]
        texts += [title, *(f"{int(row[column]):>10} {row[2].strip()}" for row in top)]
    return "\n".join([f"{len(rows)} modules", *texts])


BENCHMARKS = (
    Benchmark(
        goals=(Goal(name="rss_vs_minimal", bound=2), Goal(name="start_vs_minimal", bound=2.5)),
        measure=_measure,
        profile=_profile,
    ),
)
