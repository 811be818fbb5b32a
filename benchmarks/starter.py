"""`python -m benchmarks.starter`: a bot as its operator starts it, ours or a minimal one; says when it is connected."""

import argparse
import os
import time
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def main() -> None:
    """Start a side against a server that is not Discord, and keep it running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=("ours", "minimal"))
    parser.add_argument("--rest", required=True, help="the address before every route")
    parser.add_argument("--gateway", required=True, help="the address of the gateway")
    args = parser.parse_args()
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = args.rest, yarl.URL(args.gateway)
    _tell_when_connected()
    if args.side == "ours":
        _ours()
    else:
        _minimal()


def _ours() -> None:
    from bot.__main__ import main as trapwise  # noqa: PLC0415 - the other side must not load it

    trapwise(["run"])


def _minimal() -> None:
    client = discord.Client(intents=discord.Intents(guilds=True, guild_reactions=True))
    client.run(os.environ["DISCORD_TOKEN"])


def _tell_when_connected() -> None:
    dispatch = discord.Client.dispatch

    def telling(client: discord.Client, event: str, /, *args: Any, **more: Any) -> None:  # noqa: ANN401 - passed on
        if event == "connect":
            print(time.monotonic(), flush=True)  # noqa: T201 - whoever started this process reads it
        dispatch(client, event, *args, **more)

    discord.Client.dispatch = telling  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
