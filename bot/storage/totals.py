"""Queries about totals: boards that are kept up to date with every result instead of being added up when looked at."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.rounds import Round
from bot.domain.standings import Period, Score, key_of
from bot.storage.members import NOBODY
from bot.storage.store import Tx
from bot.storage.tables import ladders, members, results, rounds, totals

_NAMED = (members.c.guild_id == totals.c.guild_id) & (members.c.member_id == totals.c.member_id)
_COLUMNS = ("guild_id", "member_id", "period", "units", "answered", "full", "name_key")
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


async def has_misplaced(tx: Tx, guild_id: int, period: str) -> bool:
    """Tell whether anyone on a board stands among their equals by another name than theirs."""
    named = sa.func.coalesce(members.c.name_key, NOBODY)
    wanted = (*_of(totals, guild_id, period), totals.c.name_key != named)
    found = sa.select(totals.c.member_id).select_from(totals.outerjoin(members, _NAMED)).where(*wanted).limit(1)
    return (await tx.execute(found)).first() is not None


async def rebuild(tx: Tx, guild_id: int, period: str, days: tuple[date, date] | None) -> None:
    """Put a board together anew from the results of the rounds between two dates; without dates it goes away."""
    for table in (totals, ladders):
        await tx.execute(sa.delete(table).where(*_of(table, guild_id, period)))
    if days is None:
        return
    sums = earned(guild_id, *days).subquery()
    named = (members.c.guild_id == guild_id) & (members.c.member_id == sums.c.member_id)
    rows = sa.select(
        sa.literal(guild_id, sa.BigInteger),
        sums.c.member_id,
        sa.literal(period),
        sums.c.units,
        sums.c.answered,
        sums.c.full,
        sa.func.coalesce(members.c.name_key, NOBODY),
    ).select_from(sums.outerjoin(members, named))
    await tx.execute(sa.insert(totals).from_select(_COLUMNS, rows))
    await _climb(tx, _of(totals, guild_id, period), 1)


def earned(guild_id: int, first: date, last: date) -> sa.Select[Any]:
    """Write the query that adds up each member's ranked results of the rounds opened between two dates."""
    return (
        sa.select(
            results.c.member_id,
            sa.func.sum(results.c.units).label("units"),
            sa.func.count().label("answered"),
            sa.func.sum(sa.cast(results.c.full, sa.Integer)).label("full"),
        )
        .select_from(results.join(rounds, rounds.c.id == results.c.round_id))
        .where(rounds.c.guild_id == guild_id, rounds.c.opened_on.between(first, last), results.c.ranked)
        .group_by(results.c.member_id)
    )


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
    found = (
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
    statement = insert(totals).from_select(_COLUMNS, found)
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
