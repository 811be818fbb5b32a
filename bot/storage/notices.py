"""Queries about notices: what organisers should know, shown atop their next command."""

from datetime import datetime

import sqlalchemy as sa

from bot.storage.store import Tx
from bot.storage.tables import notices

_MAX_TEXT = 500


async def add(tx: Tx, guild_id: int, text: str, *, now: datetime) -> None:
    """Keep a sentence for a server's organisers."""
    await tx.execute(sa.insert(notices).values(guild_id=guild_id, at=now, text=text[:_MAX_TEXT]))


async def take(tx: Tx, guild_id: int, *, now: datetime, limit: int = 5) -> list[str]:
    """Give the newest sentences not shown yet, oldest first, and mark every one of them as shown."""
    waiting = (notices.c.guild_id == guild_id) & notices.c.shown_at.is_(None)
    newest = sa.select(notices.c.text).where(waiting).order_by(notices.c.id.desc()).limit(limit)
    texts = list((await tx.execute(newest)).scalars())[::-1]
    if texts:
        await tx.execute(sa.update(notices).where(waiting).values(shown_at=now))
    return texts
