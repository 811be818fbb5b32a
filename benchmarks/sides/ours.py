"""The real bot, as the command line composes it."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.ledger import url_of
from benchmarks.side import PATIENCE, BareClient, Side, Stamp
from bot import app
from bot.services.answering import Verdict
from bot.services.library import Shelf


async def make(database: Path, *, stamped: bool) -> Side:
    """Give the real bot with the shipped bank."""
    return await compose(database, app.load_shelves([app.shipped_content()]), stamped=stamped)


async def compose(database: Path, shelves: Sequence[Shelf], *, stamped: bool) -> Side:
    """Give the real bot with these banks."""
    bot = await app.open_app(database=url_of(database), shelves=shelves)
    if bot.client.intents != BareClient().intents:
        raise RuntimeError("the floor must ask for the same events as we do")

    async def drained() -> None:
        await bot.answering.settled(PATIENCE)
        await asyncio.sleep(0)  # whoever waited for the commit hears of it now

    side = Side(client=bot.client, drained=drained, close=bot.close)
    if stamped:
        _stamp(bot, side.stamps)
    return side


def _stamp(bot: app.App, stamps: list[Stamp]) -> None:
    tap = bot.answering.tap

    async def noted(message_id: int, member_id: int, mark: str, **more: Any) -> Verdict:  # noqa: ANN401 - passed on
        verdict = await tap(message_id, member_id, mark, **more)
        stamps.append((time.monotonic_ns(), message_id, member_id, mark))
        return verdict

    bot.answering.tap = noted  # type: ignore[method-assign]
