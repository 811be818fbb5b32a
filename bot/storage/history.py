"""Queries about what a member answered, in rounds and for themself."""

import sqlalchemy as sa

from bot.domain.history import Event
from bot.storage.store import Tx
from bot.storage.tables import practised, results, rounds, slips

# When answers could change no more: about then the answer was to be read.
_ENDED = sa.func.coalesce(rounds.c.closing_at, rounds.c.closes_at, type_=rounds.c.closes_at.type)


async def events(tx: Tx, member_id: int, bank: str, *, item_id: str | None = None) -> list[Event]:
    """List a member's graded answers to items of a bank, or to one item, in the order of time.

    Rounds are those of any server: a void one has no results. An answer in a round is as old as the end of that.
    """
    found = await _asked(tx, member_id, bank, item_id) + await _alone(tx, member_id, bank, item_id)
    return sorted(found, key=lambda event: event.at)


async def _asked(tx: Tx, member_id: int, bank: str, item_id: str | None) -> list[Event]:
    theirs = (results.c.member_id == member_id) & (rounds.c.bank == bank)
    if item_id is not None:
        theirs &= rounds.c.item_id == item_id
    here = results.join(rounds, rounds.c.id == results.c.round_id)
    same = (slips.c.round_id == results.c.round_id) & (slips.c.member_id == results.c.member_id)
    fell = sa.select(slips.c.round_id, slips.c.trap).select_from(here.join(slips, same)).where(theirs)
    fallen: dict[int, set[str]] = {}
    for row in await tx.execute(fell):
        fallen.setdefault(row.round_id, set()).add(row.trap)
    wanted = sa.select(rounds.c.id, rounds.c.item_id, _ENDED.label("at"), results.c.units, results.c.full)
    return [
        Event(item_id=row.item_id, at=row.at, units=row.units, full=row.full, fallen=frozenset(fallen.get(row.id, ())))
        for row in await tx.execute(wanted.select_from(here).where(theirs))
    ]


async def _alone(tx: Tx, member_id: int, bank: str, item_id: str | None) -> list[Event]:
    theirs = (practised.c.member_id == member_id) & (practised.c.bank == bank)
    if item_id is not None:
        theirs &= practised.c.item_id == item_id
    names = ("item_id", "at", "units", "full", "fallen", "sure")
    rows = await tx.execute(sa.select(*(practised.c[name] for name in names)).where(theirs))
    return [Event(**row._mapping) for row in rows]  # noqa: SLF001 - its public name
