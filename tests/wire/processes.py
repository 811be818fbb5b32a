"""Starting the bot and the server as processes of their own, and ending them: kindly, or with SIGKILL."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from tests.wire.clock import WireClock
from tests.wire.control import Remote
from tests.wire.hooks import Point

ROOT = Path(__file__).parent.parent.parent
_KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
_PATIENCE = 20.0


@dataclass(slots=True, kw_only=True)
class Running:
    """A process under way; what it says is in the file `log`."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        """Give its number."""
        return self.process.pid

    def said(self) -> str:
        """Give what it has said so far."""
        return self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    async def ended(self, patience: float = _PATIENCE) -> int:
        """Wait until it has ended; gives its exit code, negative for a signal.

        Raises:
            TimeoutError: it goes on.
        """
        return await asyncio.wait_for(self.process.wait(), patience)

    async def stop(self, patience: float = _PATIENCE) -> int:
        """Ask it to stop, and wait; gives its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return await self.ended(patience)

    async def make_sure(self) -> None:
        """End it whatever it does."""
        self.kill()
        await self.ended()


async def start(arguments: Sequence[str], log: Path, *, piped: bool = False, **settings: str) -> Running:
    """Start Python with arguments, in the project's folder, with nothing of the environment but `settings`.

    What it says goes to `log`; if it is `piped`, what it prints can be read, and its input ends when we do.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env={**kept, "PYTHONPATH": str(ROOT), **settings},
            stdin=asyncio.subprocess.PIPE if piped else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if piped else output,
            stderr=output,
        )
    return Running(process=process, log=log)


def bot_arguments(
    discord: str,
    database: Path,
    *,
    clock: WireClock | None = None,
    plan: Iterable[Point] = (),
    options: Mapping[str, object] | None = None,
) -> list[str]:
    """Write the arguments of `tests.wire.bot`; `options` are any more of them, without the dashes."""
    given: dict[str, object] = {"discord": discord, "database": database, **_clock_options(clock), **(options or {})}
    given["plan"] = orjson.dumps([asdict(point) for point in plan]).decode()
    return [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]


@contextlib.asynccontextmanager
async def bot_process(
    discord: str,
    database: Path,
    *,
    clock: WireClock | None = None,
    plan: Iterable[Point] = (),
    options: Mapping[str, object] | None = None,
) -> AsyncIterator[Running]:
    """Run the bot on a database until the block ends; its log is beside it.

    `options` are those of `tests.wire.bot` without the dashes: `trace`, `acks`, `minutes`, `steps`, `longest_nap`,
    `log_level`.
    """
    arguments = bot_arguments(discord, database, clock=clock, plan=plan, options=options)
    running = await start(["-m", "tests.wire.bot", *arguments], database.with_suffix(".log"))
    try:
        yield running
    finally:
        await running.make_sure()


@contextlib.asynccontextmanager
async def server_process(
    log: Path, *, clock: WireClock | None = None, limits: str = "discord"
) -> AsyncIterator[Remote]:
    """Run a server of its own until the block ends; gives what drives it."""
    given = {**_clock_options(clock), "limits": limits}
    arguments = [f"--{name}={value}" for name, value in given.items()]
    running = await start(["-m", "tests.wire.serve", *arguments], log, piped=True)
    assert running.process.stdout is not None
    try:
        line = await asyncio.wait_for(running.process.stdout.readline(), _PATIENCE)
        if not line:
            raise RuntimeError(f"the server did not start; see {log}")
        async with Remote(orjson.loads(line)["address"]) as remote:
            yield remote
    finally:
        await running.stop()


def _clock_options(clock: WireClock | None) -> dict[str, object]:
    if clock is None:
        return {}
    return {"start": clock.start.isoformat(), "anchor": repr(clock.anchor), "speed": clock.speed}
