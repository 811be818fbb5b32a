"""`python -m benchmarks.peer SIDE`: one side of a ratio as a process, which does as it is told line by line.

The sides are the real bot, discord.py's own client with a handler that does nothing, and a bot as it is often written.
"""

import argparse
import asyncio
import cProfile
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from benchmarks.benchmark import top_lines
from benchmarks.side import Side
from bot import app
from tests.wire.point import point_discord_at
from tests.wire.state import DEFAULT_TOKEN


class Peer:
    """Answers the other process: `begin`, then `finish` when everything fired has been heard and is durable."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._marked = asyncio.Event()
        self._cpu = 0.0
        self._profiler = cProfile.Profile()
        for event in ("on_guild_join", "on_guild_available"):
            side.client.add_listener(self._mark, event)

    async def _mark(self, guild: object) -> None:
        """Take note that the server has founded another guild, which it does after each volley."""
        del guild
        self._marked.set()

    async def serve(self) -> None:
        """Answer until the input ends."""
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            answer = await getattr(self, orjson.loads(line))()
            print(orjson.dumps(answer).decode(), flush=True)  # noqa: T201 - what the other process reads

    async def ready(self) -> None:
        """Wait until the client is."""
        await self._side.client.wait_until_ready()

    async def begin(self) -> None:
        """Begin to count."""
        self._marked.clear()
        self._side.stamps.clear()
        self._cpu = time.process_time()

    async def profile(self) -> None:
        """Begin to profile the event loop's thread; `profiled` ends it."""
        self._profiler = cProfile.Profile()
        self._profiler.enable()

    async def profiled(self) -> str:
        """Give the profile's first lines."""
        self._profiler.disable()
        return top_lines(self._profiler)

    async def finish(self) -> dict[str, Any]:
        """Wait until what was fired is done; gives what it took.

        `cpu` is in seconds, of all threads; `at` is the steady clock's at the end; `stamps` has, for each answer in the
        order of becoming durable, the steady clock's nanoseconds, message, member and letter.
        """
        await self._marked.wait()
        await self._side.drained()
        return {"cpu": time.process_time() - self._cpu, "at": time.monotonic(), "stamps": list(self._side.stamps)}


async def _main(args: argparse.Namespace) -> None:
    point_discord_at(args.discord)
    # Imported by name: what the other sides need must not weigh on this one.
    make = import_module(f"benchmarks.sides.{args.side}").make
    side: Side = await make(args.database, stamped=args.stamped)
    # On every side alike, as the command line does it: how often the collector looks is not what is measured.
    app.spare_collector()
    running = asyncio.create_task(side.client.start(DEFAULT_TOKEN), name="discord")
    try:
        await Peer(side).serve()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await side.close()


def main() -> None:
    """Be one side until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=("floor", "four_letters", "naive", "ours"))
    parser.add_argument("--discord", required=True, help="the address of the server")
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--stamped", action="store_true", help="note when each answer becomes durable")
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
