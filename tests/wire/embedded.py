"""The real bot in a test's own event loop: quick to start, and its services can be looked at."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from bot import app
from bot.services.library import Shelf
from tests.wire.clock import Clock
from tests.wire.point import pointed_at
from tests.wire.server import WireServer


@contextlib.asynccontextmanager
async def embedded_bot(
    server: WireServer,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    clock: Clock | None = None,
    seed: int = 7,
    longest_nap: float = 0.1,
) -> AsyncIterator[app.App]:
    """Run the bot on a database until the block ends; on the server's clock unless said otherwise."""
    bot = await app.open_app(
        database=f"sqlite+aiosqlite:///{database}",
        shelves=shelves,
        clock=clock or server.world.clock,
        rng=Random(seed),
        longest_nap=timedelta(seconds=longest_nap),
    )
    with pointed_at(server.address):
        running = asyncio.create_task(bot.client.start(server.world.token), name="discord")
        try:
            await server.gateway.ready()
            yield bot
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await bot.close()
