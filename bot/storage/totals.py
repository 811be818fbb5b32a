"""Queries about totals: boards that are kept up to date with every result instead of being added up when looked at."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.rounds import Round
from bot.domain.standings import Period, Score, key_of
from bot.storage.members import NOBODY
from bot.storage.store import Tx
from bot.storage.tables import ladders, members, results, totals

_NAMED = (members.c.guild_id == totals.c.guild_id) & (members.c.member_id == totals.c.member_id)
_SCORES: sa.Select[Any] = sa.select(
    totals.c.member_id,
    sa.func.coalesce(members.c.name, NOBODY).label("name"),
    totals.c.units,
    totals.c.answered,
    totals.c.full,
).select_from(totals.outerjoin(members, _NAMED))


async def add(tx: Tx, closed: Round) -> None:
    """Count a round's stored results on the boards."""
    await _count(tx, closed, 1)


async def take_back(tx: Tx, closed: Round) -> None:
    """Count a round's stored results on the boards no more."""
    await _count(tx, closed, -1)


async def page(tx: Tx, guild_id: int, period: str, *, after: int = 0, size: int) -> list[Score]:
    """Give `size` rows of a board in its order, those `after` so many others."""
    order = (totals.c.units.desc(), totals.c.name_key, totals.c.member_id)
    wanted = _SCORES.where(*_of(totals, guild_id, period)).order_by(*order).offset(after).limit(size)
    return [_score(row) for row in await tx.execute(wanted)]


async def of_member(tx: Tx, guild_id: int, period: str, member_id: int) -> Score | None:
    """Give a member's row of a board, `None` before their first ranked answer."""
    wanted = _SCORES.where(*_of(totals, guild_id, period), totals.c.member_id == member_id)
    row = (await tx.execute(wanted)).one_or_none()
    return None if row is None else _score(row)


async def people(tx: Tx, guild_id: int, period: str, *, above: int = -1) -> int:
    """Count the members on a board who have more than so many units; everyone when it is left out."""
    wanted = (*_of(ladders, guild_id, period), ladders.c.units > above)
    found: int | None = (await tx.execute(sa.select(sa.func.sum(ladders.c.members)).where(*wanted))).scalar_one()
    return found or 0


async def steps(tx: Tx, guild_id: int, period: str) -> dict[int, int]:
    """Give how many members a board counts at each number of units."""
    rows = await tx.execute(sa.select(ladders.c.units, ladders.c.members).where(*_of(ladders, guild_id, period)))
    return {row.units: row.members for row in rows}


async def everyone(tx: Tx, guild_id: int, period: str) -> list[Score]:
    """Give a whole board, in no order."""
    return [_score(row) for row in await tx.execute(_SCORES.where(*_of(totals, guild_id, period)))]


async def periods(tx: Tx, guild_id: int) -> frozenset[str]:
    """List the periods of which a server has a board."""
    kept = (sa.select(table.c.period).where(table.c.guild_id == guild_id) for table in (totals, ladders))
    return frozenset((await tx.execute(sa.union(*kept))).scalars())


async def clear(tx: Tx, guild_id: int) -> None:
    """Forget every board of a server; its results stay."""
    for table in (totals, ladders):
        await tx.execute(sa.delete(table).where(table.c.guild_id == guild_id))


async def _count(tx: Tx, closed: Round, sign: int) -> None:
    took_part = sa.select(results.c.member_id).where(results.c.round_id == closed.id, results.c.ranked)
    for period in Period:
        key = key_of(period, closed.opened_on)
        theirs = (*_of(totals, closed.guild_id, key), totals.c.member_id.in_(took_part))
        await _climb(tx, theirs, -1)
        await _move(tx, closed, key, sign)
        if sign < 0:
            await tx.execute(sa.delete(totals).where(*theirs, totals.c.answered == 0))
        await _climb(tx, theirs, 1)
        left = (*_of(ladders, closed.guild_id, key), ladders.c.members == 0)
        await tx.execute(sa.delete(ladders).where(*left))


async def _move(tx: Tx, closed: Round, period: str, sign: int) -> None:
    """Add a round's ranked results to the totals of a period, or subtract them."""
    named = (members.c.guild_id == closed.guild_id) & (members.c.member_id == results.c.member_id)
    earned = (
        sa.select(
            sa.literal(closed.guild_id, sa.BigInteger),
            results.c.member_id,
            sa.literal(period),
            results.c.units * sign,
            sa.literal(sign),
            sa.cast(results.c.full, sa.Integer) * sign,
            sa.func.coalesce(members.c.name_key, NOBODY),
        )
        .select_from(results.outerjoin(members, named))
        .where(results.c.round_id == closed.id, results.c.ranked)
    )
    statement = insert(totals).from_select(
        ["guild_id", "member_id", "period", "units", "answered", "full", "name_key"], earned
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["guild_id", "member_id", "period"],
            set_={name: totals.c[name] + statement.excluded[name] for name in ("units", "answered", "full")},
        )
    )


async def _climb(tx: Tx, theirs: tuple[sa.ColumnElement[bool], ...], sign: int) -> None:
    """Put members on the steps of their ladder where their totals stand now, or take them off."""
    standing = (
        sa.select(totals.c.guild_id, totals.c.period, totals.c.units, sa.func.count() * sign)
        .where(*theirs)
        .group_by(totals.c.guild_id, totals.c.period, totals.c.units)
    )
    statement = insert(ladders).from_select(["guild_id", "period", "units", "members"], standing)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["guild_id", "period", "units"],
            set_={"members": ladders.c.members + statement.excluded.members},
        )
    )


def _of(table: sa.Table, guild_id: int, period: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.guild_id == guild_id, table.c.period == period)


def _score(row: sa.Row[Any]) -> Score:
    return Score(member_id=row.member_id, name=row.name, units=row.units, answered=row.answered, right=row.full)
