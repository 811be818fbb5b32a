"""Queries about results: what members earned, and the traps they fell for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot.domain.rounds import Round
from bot.domain.standings import Score
from bot.domain.tally import Result
from bot.storage.store import Tx
from bot.storage.tables import members, results, slips

_NOBODY = "someone"


async def keep(tx: Tx, closed: Round, found: Collection[Result], *, practice: Collection[int]) -> None:
    """Store a closed round's results in place of earlier ones; members in `practice` earn no rank by it."""
    for table in (results, slips):
        await tx.execute(sa.delete(table).where(table.c.round_id == closed.id))
    where = {"round_id": closed.id, "guild_id": closed.guild_id, "bank": closed.bank}
    rows = [
        where
        | {
            "member_id": result.member_id,
            "opened_on": closed.opened_on,
            "item_id": closed.posed.item.id,
            "units": result.units,
            "full": result.mark.fraction == 1,
            "ranked": result.member_id not in practice,
        }
        for result in found
    ]
    fallen = [where | {"member_id": result.member_id, "trap": trap} for result in found for trap in result.slips]
    if rows:
        await tx.execute(sa.insert(results), rows)
    if fallen:
        await tx.execute(sa.insert(slips), fallen)


async def ranked_since(tx: Tx, closed: Round, since: date) -> frozenset[int]:
    """List the members who had a ranked answer to an earlier round of the same item and server, on or after a date."""
    rows = await tx.execute(
        sa.select(results.c.member_id).where(
            results.c.guild_id == closed.guild_id,
            results.c.bank == closed.bank,
            results.c.item_id == closed.posed.item.id,
            results.c.round_id < closed.id,
            results.c.ranked,
            results.c.opened_on >= since,
        )
    )
    return frozenset(rows.scalars())


async def is_ranked(tx: Tx, round_id: int, member_id: int) -> bool | None:
    """Tell whether a member's result of a round counts for ranks; `None` when there is no result."""
    wanted = (results.c.round_id == round_id) & (results.c.member_id == member_id)
    return (await tx.execute(sa.select(results.c.ranked).where(wanted))).scalar_one_or_none()


async def scores(tx: Tx, guild_id: int, *, since: date | None = None, until: date | None = None) -> list[Score]:
    """Add up what every member of a server earned in ranked answers between two dates, both included."""
    wanted = (results.c.guild_id == guild_id) & results.c.ranked
    if since is not None:
        wanted &= results.c.opened_on >= since
    if until is not None:
        wanted &= results.c.opened_on <= until
    named = (members.c.guild_id == results.c.guild_id) & (members.c.member_id == results.c.member_id)
    rows = await tx.execute(
        sa.select(
            results.c.member_id,
            sa.func.coalesce(sa.func.max(members.c.name), _NOBODY).label("name"),
            sa.func.sum(results.c.units).label("units"),
            sa.func.count().label("answered"),
            sa.func.sum(sa.cast(results.c.full, sa.Integer)).label("right"),
        )
        .select_from(results.outerjoin(members, named))
        .where(wanted)
        .group_by(results.c.member_id)
    )
    return [
        Score(member_id=row.member_id, name=row.name, units=row.units, answered=row.answered, right=row.right)
        for row in rows
    ]


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
