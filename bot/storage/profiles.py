"""Queries about traps met: by one learner, and by a server in its closed rounds."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.domain.profile import AGAIN, Encounter, Meeting, People, Share, practised
from bot.domain.rounds import Round
from bot.storage import practice
from bot.storage.store import Tx
from bot.storage.tables import results, round_traps, rounds, slips

# When answers could change no more: what is learnt from a round counts from then on.
_AT = sa.func.coalesce(rounds.c.closing_at, rounds.c.closes_at, type_=rounds.c.closes_at.type)


async def encounters(tx: Tx, guild_id: int | None, member_id: int, *, since: datetime) -> list[Encounter]:
    """List how a member met the traps that they fell for since an instant, in no order.

    It is in a server's rounds, ranked or not, and in their practice there and in direct messages.
    """
    rows = await tx.execute(
        sa.select(slips.c.bank, slips.c.trap, _AT.label("at"))
        .select_from(slips.join(rounds, rounds.c.id == slips.c.round_id))
        .where(slips.c.guild_id == guild_id, slips.c.member_id == member_id, since <= _AT)
    )
    fallen = [Encounter(bank=row.bank, trap=row.trap, at=row.at, fell=True) for row in rows]
    goes = await practice.goes(tx, guild_id, member_id, since=since)
    alone = practised(goes, await _asked(tx, guild_id, member_id, since=since - AGAIN) if goes else {})
    traps = {each.trap for each in (*fallen, *alone) if each.fell}
    rows = await tx.execute(
        sa.select(rounds.c.bank, round_traps.c.trap, _AT.label("at"))
        .select_from(
            results.join(rounds, rounds.c.id == results.c.round_id).join(
                round_traps, round_traps.c.round_id == results.c.round_id
            )
        )
        .where(
            results.c.member_id == member_id,
            results.c.full,
            rounds.c.guild_id == guild_id,
            round_traps.c.trap.in_(traps),
            since <= _AT,
        )
    )
    resisted = [Encounter(bank=row.bank, trap=row.trap, at=row.at, fell=False) for row in rows]
    return fallen + resisted + [each for each in alone if each.trap in traps]


async def meetings(tx: Tx, guild_id: int, bank: str, *, since: datetime) -> list[Meeting]:
    """List a server's closed rounds of a bank since an instant, once for each trap that the item has."""
    rows = await tx.execute(
        sa.select(round_traps, _AT.label("at"))
        .select_from(rounds.join(round_traps, round_traps.c.round_id == rounds.c.id))
        .where(*_of(guild_id, bank, since))
    )
    return [Meeting(trap=row.trap, at=row.at, met=row.met, fell=row.fell) for row in rows]


async def people(tx: Tx, guild_id: int, bank: str, *, since: datetime, lately: datetime) -> dict[str, People]:
    """Count the members who met each trap of a bank since an instant, in all and after and before a later one."""
    fell = (
        (slips.c.round_id == results.c.round_id)
        & (slips.c.member_id == results.c.member_id)
        & (slips.c.trap == round_traps.c.trap)
    )
    rows = await tx.execute(
        sa.select(
            round_traps.c.trap,
            *_members(results.c.member_id, lately),
            *_members(slips.c.member_id, lately),
        )
        .select_from(
            rounds.join(round_traps, round_traps.c.round_id == rounds.c.id)
            .join(results, results.c.round_id == rounds.c.id)
            .outerjoin(slips, fell)
        )
        .where(*_of(guild_id, bank, since))
        .group_by(round_traps.c.trap)
    )
    return {
        trap: People(
            everyone=Share(met=met, fell=fell),
            recent=Share(met=met_lately, fell=fell_lately),
            before=Share(met=met_before, fell=fell_before),
        )
        for trap, met, met_lately, met_before, fell, fell_lately, fell_before in rows
    }


async def note(tx: Tx, closed: Round, met: Mapping[str, Share]) -> None:
    """Store how a closed round's traps did."""
    rows = [{"round_id": closed.id, "trap": trap, "met": each.met, "fell": each.fell} for trap, each in met.items()]
    if rows:
        await tx.execute(sa.insert(round_traps), rows)


async def noted(tx: Tx, round_id: int) -> dict[str, Share]:
    """Give what is stored of how a round's traps did."""
    rows = await tx.execute(sa.select(round_traps).where(round_traps.c.round_id == round_id))
    return {row.trap: Share(met=row.met, fell=row.fell) for row in rows}


async def forget(tx: Tx, round_id: int) -> None:
    """Forget how a round's traps did."""
    await tx.execute(sa.delete(round_traps).where(round_traps.c.round_id == round_id))


async def _asked(
    tx: Tx, guild_id: int | None, member_id: int, *, since: datetime
) -> Mapping[tuple[str, str], Collection[datetime]]:
    """Give when the rounds that a member has results of stopped taking answers, by bank and item, since an instant."""
    rows = await tx.execute(
        sa.select(rounds.c.bank, rounds.c.item_id, _AT.label("at"))
        .select_from(results.join(rounds, rounds.c.id == results.c.round_id))
        .where(results.c.member_id == member_id, rounds.c.guild_id == guild_id, since <= _AT)
    )
    asked: dict[tuple[str, str], list[datetime]] = {}
    for row in rows:
        asked.setdefault((row.bank, row.item_id), []).append(row.at)
    return asked


def _members(member_id: sa.ColumnElement[int], lately: datetime) -> tuple[sa.ColumnElement[int], ...]:
    """Count members once each: in all, since an instant, and before it."""
    late = lately <= _AT
    counted = (member_id, sa.case((late, member_id)), sa.case((~late, member_id)))
    return tuple(sa.func.count(each.distinct()) for each in counted)


def _of(guild_id: int, bank: str, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (rounds.c.guild_id == guild_id, rounds.c.bank == bank, since <= _AT)
