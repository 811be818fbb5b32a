"""A handler that does nothing: what discord.py costs by itself."""

import asyncio
from pathlib import Path

import discord

from benchmarks.side import BareClient, Side


class Floor(BareClient):
    """Does nothing with what it hears."""

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Do nothing."""


async def make(database: Path, *, stamped: bool) -> Side:
    """Give a client that keeps nothing."""
    del database, stamped
    client = Floor()

    async def drained() -> None:
        await asyncio.sleep(0)

    return Side(client=client, drained=drained, close=client.close)
