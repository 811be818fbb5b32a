"""Queries about practice: what members did for themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.practice import PracticeSource, Practised
from bot.storage.store import Tx
from bot.storage.tables import practised

_KEPT = ("guild_id", "member_id", "bank", "posed", "seed", "choice", "units", "full", "at", "source")


async def keep(tx: Tx, done: Practised) -> Practised:
    """Store an item that was done, and give what is stored: the first answer to one posing stays."""
    values = {name: getattr(done, name) for name in _KEPT} | {"item_id": done.posed.item.id}
    claim = insert(practised).values(values)
    await tx.execute(claim.on_conflict_do_nothing(index_elements=["member_id", "bank", "item_id", "seed"]))
    stored = await find(tx, done.member_id, done.bank, done.posed.item.id, done.seed)
    assert stored is not None
    return stored


async def find(tx: Tx, member_id: int, bank: str, item_id: str, seed: str) -> Practised | None:
    """Give what is stored of one posing, `None` before it was answered."""
    wanted = (*_of(member_id, bank), practised.c.item_id == item_id, practised.c.seed == seed)
    row = (await tx.execute(sa.select(practised).where(*wanted))).one_or_none()
    return None if row is None else _practised(row)


async def latest(tx: Tx, member_id: int, bank: str, item_id: str) -> Practised | None:
    """Give what a member last answered to an item, `None` when they never did it."""
    wanted = (*_of(member_id, bank), practised.c.item_id == item_id)
    newest = sa.select(practised).where(*wanted).order_by(practised.c.at.desc(), practised.c.id.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    return None if row is None else _practised(row)


async def last_done(tx: Tx, member_id: int, bank: str) -> Mapping[str, datetime]:
    """Give the items of a bank that a member did, with the instant they did each last."""
    rows = await tx.execute(
        sa.select(practised.c.item_id, sa.func.max(practised.c.at, type_=practised.c.at.type))
        .where(*_of(member_id, bank))
        .group_by(practised.c.item_id)
    )
    return {row[0]: row[1] for row in rows}


async def done(tx: Tx, guild_id: int, member_id: int, *, since: datetime) -> list[Practised]:
    """List what a member did in a server or in direct messages since an instant."""
    here = (practised.c.guild_id == guild_id) | practised.c.guild_id.is_(None)
    wanted = sa.select(practised).where(practised.c.member_id == member_id, here, practised.c.at >= since)
    return [_practised(row) for row in await tx.execute(wanted)]


def _of(member_id: int, bank: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (practised.c.member_id == member_id, practised.c.bank == bank)


def _practised(row: sa.Row[Any]) -> Practised:
    values = {name: getattr(row, name) for name in _KEPT}
    values["source"] = PracticeSource(values["source"])
    return Practised(**values)
