"""`python -m tests.wire.serve`: the server as a process of its own, so that its work is not counted as the bot's.

It prints one line of JSON with its address, and serves until its standard input ends or it is told to stop.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from tests.wire.clock import WireClock, machine_seconds
from tests.wire.control import Control
from tests.wire.limits import Limits, no_limits
from tests.wire.server import make_server, serving


def main(argv: Sequence[str] | None = None) -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    add_clock_arguments(parser)
    parser.add_argument("--limits", choices=("discord", "none"), default="discord")
    args = parser.parse_args(argv)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(args))


def add_clock_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what a clock is made of; processes given the same values agree."""
    parser.add_argument("--start", help="the instant at which the clock begins; now when left out")
    parser.add_argument(
        "--anchor", type=float, help="the machine's time, in seconds, at which it begins; now when left out"
    )
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast as life it runs")


def clock_of(args: argparse.Namespace) -> WireClock:
    """Make the clock that was asked for."""
    anchor = args.anchor if args.anchor is not None else machine_seconds()
    start = datetime.fromisoformat(args.start) if args.start else datetime.fromtimestamp(anchor, UTC)
    return WireClock(start=start, speed=args.speed, anchor=anchor)


async def _serve(args: argparse.Namespace) -> None:
    server = make_server(clock=clock_of(args), limits=Limits() if args.limits == "discord" else no_limits())
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)
    async with serving(server, port=args.port, more=Control(server).routes()):
        print(orjson.dumps({"address": server.address}).decode(), flush=True)  # noqa: T201 - whoever started it reads it
        threading.Thread(target=_until_input_ends, args=(loop, stopping), daemon=True).start()
        await stopping.wait()


def _until_input_ends(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    """Stop when whoever started the server is gone: its end of the pipe closes even if it was killed."""
    # Not sys.stdin: its lock, held by a thread that waits, would hold up the end of the process.
    while os.read(0, 1024):
        pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stopping.set)


if __name__ == "__main__":
    main()
