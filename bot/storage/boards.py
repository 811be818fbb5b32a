"""Queries about results: what members earned, and the traps they fell for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.domain.rounds import Round
from bot.domain.standings import Score
from bot.domain.tally import Result
from bot.storage import totals
from bot.storage.members import NOBODY
from bot.storage.store import Tx
from bot.storage.tables import members, results, rounds, slips


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What is stored of one member's answer to a closed round."""

    units: int
    full: bool
    ranked: bool
    slips: frozenset[str]


async def keep(tx: Tx, closed: Round, found: Collection[Result], *, used_up_since: date) -> None:
    """Store a closed round's results in place of earlier ones, and count them on the boards.

    Whoever had a ranked answer to the same item before, on or after `used_up_since`, earns no rank by it.
    """
    await drop(tx, closed)
    earned = await earnings(tx, closed, found, used_up_since=used_up_since)
    if not earned:
        return
    rows = [
        {
            "round_id": closed.id,
            "member_id": member_id,
            "units": each.units,
            "full": each.full,
            "ranked": each.ranked,
        }
        for member_id, each in earned.items()
    ]
    await tx.execute(sa.insert(results), rows)
    where = {"round_id": closed.id, "guild_id": closed.guild_id, "bank": closed.bank}
    fallen = [
        where | {"member_id": member_id, "trap": trap} for member_id, each in earned.items() for trap in each.slips
    ]
    if fallen:
        await tx.execute(sa.insert(slips), fallen)
    await totals.add(tx, closed)


async def drop(tx: Tx, asked: Round) -> None:
    """Take a round's results off the boards and forget them; a round that has none is left alone."""
    await tx.execute(sa.delete(slips).where(slips.c.round_id == asked.id))
    stored = sa.select(sa.exists().where(results.c.round_id == asked.id))
    if (await tx.execute(stored)).scalar_one():
        await totals.take_back(tx, asked)
        await tx.execute(sa.delete(results).where(results.c.round_id == asked.id))


async def earnings(tx: Tx, closed: Round, found: Collection[Result], *, used_up_since: date) -> dict[int, Earned]:
    """Give what `keep` would store, by member."""
    practice = await _ranked_since(tx, closed, used_up_since)
    return {
        result.member_id: Earned(
            units=result.units,
            full=result.mark.fraction == 1,
            ranked=result.member_id not in practice,
            slips=frozenset(result.slips),
        )
        for result in found
    }


async def kept(tx: Tx, round_id: int) -> dict[int, Earned]:
    """Give what is stored of a round, by member."""
    fallen: dict[int, set[str]] = {}
    for row in await tx.execute(sa.select(slips.c.member_id, slips.c.trap).where(slips.c.round_id == round_id)):
        fallen.setdefault(row.member_id, set()).add(row.trap)
    rows = await tx.execute(sa.select(results).where(results.c.round_id == round_id))
    return {
        row.member_id: Earned(
            units=row.units, full=row.full, ranked=row.ranked, slips=frozenset(fallen.get(row.member_id, ()))
        )
        for row in rows
    }


async def is_ranked(tx: Tx, round_id: int, member_id: int) -> bool | None:
    """Tell whether a member's result of a round counts for ranks; `None` when there is no result."""
    wanted = (results.c.round_id == round_id) & (results.c.member_id == member_id)
    return (await tx.execute(sa.select(results.c.ranked).where(wanted))).scalar_one_or_none()


async def top_of_day(tx: Tx, guild_id: int, day: date, *, limit: int) -> tuple[list[Score], int]:
    """Give the first of those who earned anything on a date, in the order of a board, and how many there are."""
    earned = _earned(guild_id, day, day).having(sa.func.sum(results.c.units) > 0).subquery()
    named = (members.c.guild_id == guild_id) & (members.c.member_id == earned.c.member_id)
    first = (
        sa.select(earned, sa.func.coalesce(members.c.name, NOBODY).label("name"))
        .select_from(earned.outerjoin(members, named))
        .order_by(earned.c.units.desc(), sa.func.coalesce(members.c.name_key, NOBODY), earned.c.member_id)
        .limit(limit)
    )
    scores = [
        Score(member_id=row.member_id, name=row.name, units=row.units, answered=row.answered, right=row.full)
        for row in await tx.execute(first)
    ]
    return scores, (await tx.execute(sa.select(sa.func.count()).select_from(earned))).scalar_one()


async def added_up(tx: Tx, guild_id: int, first: date, last: date) -> dict[int, tuple[int, int, int]]:
    """Add up each member's ranked results of the rounds opened between two dates, both included.

    Gives units, answers and fully right answers by member: what the totals of that period have to be.
    """
    rows = await tx.execute(_earned(guild_id, first, last))
    return {row.member_id: (row.units, row.answered, row.full) for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A trap and how often a member fell for it."""

    bank: str
    trap: str
    times: int


async def slips_of(tx: Tx, guild_id: int, member_id: int, *, limit: int) -> list[Slip]:
    """List the traps a member fell for most often in a server."""
    times = sa.func.count().label("times")
    rows = await tx.execute(
        sa.select(slips.c.bank, slips.c.trap, times)
        .where(slips.c.guild_id == guild_id, slips.c.member_id == member_id)
        .group_by(slips.c.bank, slips.c.trap)
        .order_by(times.desc(), sa.func.max(slips.c.round_id).desc(), slips.c.trap)
        .limit(limit)
    )
    return [Slip(bank=row.bank, trap=row.trap, times=row.times) for row in rows]


async def slips_in(tx: Tx, guild_id: int, bank: str) -> Mapping[str, int]:
    """Count how often each trap of a bank caught someone in a server."""
    rows = await tx.execute(
        sa.select(slips.c.trap, sa.func.count().label("times"))
        .where(slips.c.guild_id == guild_id, slips.c.bank == bank)
        .group_by(slips.c.trap)
    )
    return {row.trap: row.times for row in rows}


async def _ranked_since(tx: Tx, closed: Round, since: date) -> frozenset[int]:
    """List the members who had a ranked answer to an earlier round of the same item and server, on or after a date."""
    rows = await tx.execute(
        sa.select(results.c.member_id)
        .select_from(results.join(rounds, rounds.c.id == results.c.round_id))
        .where(
            rounds.c.guild_id == closed.guild_id,
            rounds.c.bank == closed.bank,
            rounds.c.item_id == closed.posed.item.id,
            rounds.c.id < closed.id,
            rounds.c.opened_on >= since,
            results.c.ranked,
        )
    )
    return frozenset(rows.scalars())


def _earned(guild_id: int, first: date, last: date) -> sa.Select[Any]:
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
