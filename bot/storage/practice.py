"""Queries about practice: what members did for themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.practice import Go, Practised
from bot.storage.store import Tx
from bot.storage.tables import practised

_KEPT = (*(field.name for field in fields(Practised)), "fallen", "resisted")
_POSING = ("member_id", "bank", "item_id", "seed")
_GOES = sa.select(*(practised.c[field.name] for field in fields(Go)))


async def keep(tx: Tx, done: Practised) -> str:
    """Store an item that was done, and give the letters that are stored: the first answer to one posing stays."""
    values = _row(done)
    claim = insert(practised).values(values).on_conflict_do_nothing(index_elements=_POSING)
    kept: str | None = (await tx.execute(claim.returning(practised.c.choice))).scalar_one_or_none()
    if kept is None:
        same = (practised.c[name] == values[name] for name in _POSING)
        kept = (await tx.execute(sa.select(practised.c.choice).where(*same))).scalar_one()
    return kept


async def keep_all(tx: Tx, done: Iterable[Practised]) -> None:
    """Store any number of items that were done, in one statement; again the first answer to one posing stays."""
    if rows := [_row(each) for each in done]:
        await tx.execute(insert(practised).on_conflict_do_nothing(index_elements=_POSING), rows)


async def last_fallen(tx: Tx, member_id: int, bank: str, item_id: str) -> frozenset[str]:
    """Give the traps that a member's last answer to an item fell for; none when they never did it."""
    wanted = (*_of(member_id, bank), practised.c.item_id == item_id)
    newest = sa.select(practised.c.fallen).where(*wanted).order_by(practised.c.at.desc(), practised.c.id.desc())
    found: frozenset[str] | None = (await tx.execute(newest.limit(1))).scalar_one_or_none()
    return found or frozenset()


async def last_done(tx: Tx, member_id: int, bank: str) -> Mapping[str, datetime]:
    """Give the items of a bank that a member did, with the instant they did each last."""
    rows = await tx.execute(
        sa.select(practised.c.item_id, sa.func.max(practised.c.at, type_=practised.c.at.type))
        .where(*_of(member_id, bank))
        .group_by(practised.c.item_id)
    )
    return {row[0]: row[1] for row in rows}


async def goes(tx: Tx, guild_id: int | None, member_id: int, *, since: datetime) -> list[Go]:
    """List the goes of a member at items in a server or in direct messages since an instant."""
    here = (practised.c.guild_id == guild_id) | practised.c.guild_id.is_(None)
    wanted = _GOES.where(practised.c.member_id == member_id, here, practised.c.at >= since)
    return [Go(**row._mapping) for row in await tx.execute(wanted)]  # noqa: SLF001 - its public name


def _row(done: Practised) -> dict[str, Any]:
    return {name: getattr(done, name) for name in _KEPT} | {"item_id": done.posed.item.id}


def _of(member_id: int, bank: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (practised.c.member_id == member_id, practised.c.bank == bank)
