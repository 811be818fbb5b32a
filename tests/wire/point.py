"""Points unmodified discord.py at another address: two class attributes say where Discord is."""

import contextlib
from collections.abc import Iterator

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.wire.rest import BASE
from tests.wire.routes.accounts import gateway_of


def point_discord_at(address: str) -> None:
    """Let every client of this process talk to the server at an address, from its next request or connection on."""
    Route.BASE = address + BASE
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_of(address))


@contextlib.contextmanager
def pointed_at(address: str) -> Iterator[None]:
    """Do so until the block ends."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    point_discord_at(address)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
