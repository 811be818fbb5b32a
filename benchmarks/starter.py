"""`python -m benchmarks.starter`: a bot as its operator starts it, ours or a minimal one; says when it is connected."""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any


def main() -> None:
    """Start a side against a server that is not Discord, and keep it running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=("ours", "minimal"))
    parser.add_argument("--rest", required=True, help="the address before every route")
    parser.add_argument("--gateway", required=True, help="the address of the gateway")
    args = parser.parse_args()
    # Each side loads what it needs in its own order and way; only then is discord.py changed.
    start = _ours() if args.side == "ours" else _minimal()
    _send_elsewhere(args.rest, args.gateway)
    _tell_when_connected()
    start()


def _ours() -> Callable[[], object]:
    from bot.__main__ import main as trapwise  # noqa: PLC0415 - the other side must not load it

    return lambda: trapwise(["run"])


def _minimal() -> Callable[[], object]:
    import discord  # noqa: PLC0415 - see `main`

    def start() -> None:
        discord.Client(intents=discord.Intents(guilds=True, guild_reactions=True)).run(os.environ["DISCORD_TOKEN"])

    return start


def _send_elsewhere(rest: str, gateway: str) -> None:
    import yarl  # noqa: PLC0415 - as above
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415
    from discord.http import Route  # noqa: PLC0415

    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = rest, yarl.URL(gateway)


def _tell_when_connected() -> None:
    import discord  # noqa: PLC0415 - as above

    dispatch = discord.Client.dispatch

    def telling(client: discord.Client, event: str, /, *args: Any, **more: Any) -> None:  # noqa: ANN401 - passed on
        if event == "connect":
            print(time.monotonic(), flush=True)  # noqa: T201 - whoever started this process reads it
        dispatch(client, event, *args, **more)

    discord.Client.dispatch = telling  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
