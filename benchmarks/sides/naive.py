"""The way a bot is often written: for each reaction a session of its own, the rows it needs, and a commit.

It has Trapwise's schema, rules and SQLite settings; only the way of storing differs.
"""

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import discord
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

from benchmarks.ledger import url_of
from benchmarks.side import PATIENCE, BareClient, Side, Stamp
from bot import app
from bot.chat.letters import letter_of
from bot.domain.answer import Answer, Came, Surface, tapped
from bot.storage import dialect, tables


class Base(DeclarativeBase):
    """What the models share."""

    metadata = tables.metadata


class RoundRow(Base):
    """A round."""

    __table__ = tables.rounds


class AnswerRow(Base):
    """An answer."""

    __table__ = tables.answers


class MemberRow(Base):
    """A member's name."""

    __table__ = tables.members


class Naive:
    """Records letters one by one."""

    def __init__(self, database: str) -> None:
        self._engine = dialect.connect(database)
        writing = self._engine.execution_options(**{dialect.WRITES: True})
        self._sessions = async_sessionmaker(writing, expire_on_commit=False)

    async def record(self, message_id: int, member_id: int, mark: str, name: str) -> None:
        """Record a letter in a transaction of its own."""
        now = app.system_clock()
        async with self._sessions() as session, session.begin():
            asked = await self._round(session, message_id)
            if asked is None or asked.closing_at is not None or mark not in asked.posed.letters:
                return
            row = await session.get(AnswerRow, (asked.id, member_id))
            before = Answer(at=now) if row is None else _answer(row)
            after = tapped(before, mark, kind=asked.posed.item.kind, now=now)
            if row is None:
                row = AnswerRow(round_id=asked.id, member_id=member_id)
                session.add(row)
            for field in ("seen", "choice", "unresolved", "surface", "came", "at"):
                setattr(row, field, getattr(after, field))
            await self._name(session, asked.guild_id, member_id, name)

    async def _round(self, session: AsyncSession, message_id: int) -> Any:  # noqa: ANN401 - columns are not typed
        return (await session.execute(select(RoundRow).filter_by(message_id=message_id))).scalar_one_or_none()

    async def _name(self, session: AsyncSession, guild_id: int, member_id: int, name: str) -> None:
        row: Any = await session.get(MemberRow, (guild_id, member_id))
        if row is None:
            row = MemberRow(guild_id=guild_id, member_id=member_id)
            session.add(row)
        row.name = name
        if hasattr(row, "name_key"):
            row.name_key = name.casefold()

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


class Usual(BareClient):
    """Hands every letter to the naive handler."""

    def __init__(self, naive: Naive, stamps: list[Stamp]) -> None:
        super().__init__()
        self._naive = naive
        self._stamps = stamps
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Record the letter."""
        letter = letter_of(event.emoji.name)
        if letter is None or event.member is None or event.member.bot:
            return
        self._under_way += 1
        self._idle.clear()
        try:
            await self._naive.record(event.message_id, event.user_id, letter, event.member.display_name)
            self._stamps.append((time.monotonic_ns(), event.message_id, event.user_id, letter))
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def drained(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.wait_for(self._idle.wait(), PATIENCE)


async def make(database: Path, *, stamped: bool) -> Side:
    """Give a bot with one ORM session and commit for every reaction; it always notes when."""
    del stamped
    stamps: list[Stamp] = []
    naive = Naive(url_of(database))
    client = Usual(naive, stamps)

    async def close() -> None:
        await client.close()
        await naive.close()

    return Side(client=client, drained=client.drained, close=close, stamps=stamps)


def _answer(row: Any) -> Answer:  # noqa: ANN401 - columns are not typed
    at: datetime = row.at
    return Answer(
        seen=row.seen,
        choice=row.choice,
        unresolved=row.unresolved,
        surface=Surface(row.surface),
        came=Came(row.came),
        at=at,
    )
