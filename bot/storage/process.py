"""What the process remembers about itself between runs: one text per key."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.storage.store import Tx
from bot.storage.tables import process

_UNREAD = "unread "
"""Before the id of a round: since when its post has not been read."""


async def recall(tx: Tx, key: str) -> str | None:
    """Give the text kept under a key."""
    return (await tx.execute(sa.select(process.c.value).where(process.c.key == key))).scalar_one_or_none()


async def remember(tx: Tx, key: str, value: str) -> None:
    """Keep a text under a key, over what was there."""
    await tx.execute(sa.delete(process).where(process.c.key == key))
    await tx.execute(sa.insert(process).values(key=key, value=value))


async def unread(tx: Tx) -> dict[int, datetime]:
    """Give the rounds on whose posts something may have been missed, and since when."""
    rows = await tx.execute(sa.select(process.c.key, process.c.value).where(process.c.key.startswith(_UNREAD)))
    return {int(key.removeprefix(_UNREAD)): datetime.fromisoformat(since) for key, since in rows}


async def keep_unread(tx: Tx, rounds: Mapping[int, datetime]) -> None:
    """Keep which rounds are unread since when, over what was there."""
    await tx.execute(sa.delete(process).where(process.c.key.startswith(_UNREAD)))
    if rounds:
        rows = [{"key": f"{_UNREAD}{each}", "value": since.isoformat()} for each, since in rounds.items()]
        await tx.execute(sa.insert(process), rows)
