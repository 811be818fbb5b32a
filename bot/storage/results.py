"""Queries about results: what members earned, and the traps they fell for."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.domain.profile import met_in
from bot.domain.rounds import Round
from bot.domain.standings import Score
from bot.domain.tally import Result
from bot.storage import bulk, profiles, totals
from bot.storage.members import NOBODY
from bot.storage.store import Tx
from bot.storage.tables import members, results, rounds, slips


def _keep(table: sa.Table, **values: sa.ColumnElement[Any]) -> sa.Insert:
    """Write the statement that stores one row, but for its member, for each id of a JSON array."""
    return sa.insert(table).from_select(["member_id", *values], sa.select(bulk.values(), *values.values()))


_KEEP_RESULTS = _keep(
    results,
    round_id=sa.bindparam("of_round", type_=sa.Integer),
    units=sa.bindparam("units", type_=sa.Integer),
    full=sa.bindparam("full", type_=sa.Boolean),
    ranked=sa.bindparam("ranked", type_=sa.Boolean),
)
_KEEP_SLIPS = _keep(
    slips,
    round_id=sa.bindparam("of_round", type_=sa.Integer),
    guild_id=sa.bindparam("of_guild", type_=sa.BigInteger),
    bank=sa.bindparam("of_bank", type_=sa.Text),
    trap=sa.bindparam("trap", type_=sa.Text),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What is stored of one member's answer to a closed round."""

    units: int
    full: bool
    ranked: bool
    slips: frozenset[str]


async def keep(tx: Tx, closed: Round, found: Collection[Result], *, used_up_since: date) -> None:
    """Store a closed round's results in place of earlier ones, and count them on the boards.

    Whoever had a ranked answer to the same item before, on or after `used_up_since`, earns no rank by it; in a round
    that does not rank nobody does.
    """
    await drop(tx, closed)
    earned = await earnings(tx, closed, found, used_up_since=used_up_since)
    if not earned:
        return
    where = {"of_round": closed.id, "of_guild": closed.guild_id, "of_bank": closed.bank}
    same: dict[Earned, list[int]] = defaultdict(list)
    fallen: dict[str, list[int]] = defaultdict(list)
    for member_id, each in earned.items():
        same[each].append(member_id)
    for each, member_ids in same.items():
        values = {"units": each.units, "full": each.full, "ranked": each.ranked}
        await tx.execute(_KEEP_RESULTS, where | values | {"rows": bulk.written(member_ids)})
        for trap in each.slips:
            fallen[trap] += member_ids
    for trap, member_ids in fallen.items():
        await tx.execute(_KEEP_SLIPS, where | {"trap": trap, "rows": bulk.written(member_ids)})
    await profiles.note(tx, closed, met_in(closed.posed, found))
    await totals.add(tx, closed)


async def drop(tx: Tx, asked: Round) -> None:
    """Take a round's results off the boards and forget them; a round that has none is left alone."""
    await tx.execute(sa.delete(slips).where(slips.c.round_id == asked.id))
    await profiles.forget(tx, asked.id)
    stored = sa.select(sa.exists().where(results.c.round_id == asked.id))
    if (await tx.execute(stored)).scalar_one():
        await totals.take_back(tx, asked)
        await tx.execute(sa.delete(results).where(results.c.round_id == asked.id))


async def earnings(tx: Tx, closed: Round, found: Collection[Result], *, used_up_since: date) -> dict[int, Earned]:
    """Give what `keep` would store, by member."""
    practice = await _ranked_since(tx, closed, used_up_since)
    # Members share what they earned alike: in one round there are but a few such values, and units tell which.
    made: dict[tuple[int, bool, frozenset[str]], Earned] = {}
    earned = {}
    for result in found:
        ranked = closed.ranks and result.member_id not in practice
        what = (result.units, ranked, result.slips)
        if what not in made:
            full = result.mark.fraction == 1
            made[what] = Earned(units=result.units, full=full, ranked=ranked, slips=result.slips)
        earned[result.member_id] = made[what]
    return earned


async def rerank(tx: Tx, closed: Round, *, used_up_since: date) -> bool:
    """Tell anew which of a closed round's results are ranked, as `keep` would; false when that changes nothing.

    Only the results that change are looked at one by one: a server's answers wait for this transaction.
    """
    if not closed.ranks:
        return False
    practice = results.c.member_id.in_(_earlier_ranked(closed, used_up_since))
    wrong = (results.c.round_id == closed.id) & (results.c.ranked == practice)
    if not (await tx.execute(sa.select(sa.exists().where(wrong)))).scalar_one():
        return False
    await totals.take_back(tx, closed)
    await tx.execute(sa.update(results).where(wrong).values(ranked=~results.c.ranked))
    await totals.add(tx, closed)
    return True


async def count(tx: Tx, round_id: int) -> int:
    """Count the results that are stored of a round."""
    found: int = (
        await tx.execute(sa.select(sa.func.count()).select_from(results).where(results.c.round_id == round_id))
    ).scalar_one()
    return found


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


async def has_stray_slips(tx: Tx, asked: Round) -> bool:
    """Tell whether slips of a round are nobody's who has a result, or are kept for another server or bank."""
    theirs = (results.c.round_id == asked.id) & (results.c.member_id == slips.c.member_id)
    elsewhere = (slips.c.guild_id != asked.guild_id) | (slips.c.bank != asked.bank)
    stray = (slips.c.round_id == asked.id) & (elsewhere | ~sa.exists().where(theirs))
    found: bool = (await tx.execute(sa.select(sa.exists().where(stray)))).scalar_one()
    return found


async def is_ranked(tx: Tx, round_id: int, member_id: int) -> bool | None:
    """Tell whether a member's result of a round counts for ranks; `None` when there is no result."""
    wanted = (results.c.round_id == round_id) & (results.c.member_id == member_id)
    return (await tx.execute(sa.select(results.c.ranked).where(wanted))).scalar_one_or_none()


async def top_of_day(tx: Tx, guild_id: int, day: date, *, limit: int) -> tuple[list[Score], int]:
    """Give the first of those who earned anything on a date, in the order of a board, and how many there are."""
    earned = totals.earned(guild_id, day, day).having(sa.func.sum(results.c.units) > 0).subquery()
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
    rows = await tx.execute(totals.earned(guild_id, first, last))
    return {row.member_id: (row.units, row.answered, row.full) for row in rows}


async def _ranked_since(tx: Tx, closed: Round, since: date) -> frozenset[int]:
    return frozenset((await tx.execute(_earlier_ranked(closed, since))).scalars())


def _earlier_ranked(closed: Round, since: date) -> sa.Select[Any]:
    """Select the members who had a ranked answer to an earlier round of the same item and server since a date.

    Quizzes use no item up for schedules, but they do for one another.
    """
    earlier = results.alias("earlier")
    of_schedules = [rounds.c.quiz_id.is_(None)] if closed.quiz_id is None else []
    return (
        sa.select(earlier.c.member_id)
        .select_from(earlier.join(rounds, rounds.c.id == earlier.c.round_id))
        .where(
            rounds.c.guild_id == closed.guild_id,
            rounds.c.bank == closed.bank,
            rounds.c.item_id == closed.posed.item.id,
            rounds.c.id < closed.id,
            rounds.c.opened_on >= since,
            earlier.c.ranked,
            *of_schedules,
        )
    )
