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
    """Give up to `limit` sentences not shown yet, oldest first, and mark them as shown; the rest waits."""
    waiting = (notices.c.guild_id == guild_id) & notices.c.shown_at.is_(None)
    oldest = sa.select(notices.c.id, notices.c.text).where(waiting).order_by(notices.c.id).limit(limit)
    found = (await tx.execute(oldest)).all()
    if found:
        shown = notices.c.id.in_([row.id for row in found])
        await tx.execute(sa.update(notices).where(shown).values(shown_at=now))
    return [row.text for row in found]
