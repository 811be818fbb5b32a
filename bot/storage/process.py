"""What the process remembers about itself between runs: one text per key."""

import sqlalchemy as sa

from bot.storage.store import Tx
from bot.storage.tables import process


async def recall(tx: Tx, key: str) -> str | None:
    """Give the text kept under a key."""
    return (await tx.execute(sa.select(process.c.value).where(process.c.key == key))).scalar_one_or_none()


async def remember(tx: Tx, key: str, value: str) -> None:
    """Keep a text under a key, over what was there."""
    await tx.execute(sa.delete(process).where(process.c.key == key))
    await tx.execute(sa.insert(process).values(key=key, value=value))
