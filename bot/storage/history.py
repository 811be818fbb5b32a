"""Queries about what a member answered, in rounds and for themself."""

import sqlalchemy as sa

from bot.domain.history import Event
from bot.storage.store import Tx
from bot.storage.tables import practised, results, rounds


async def events(tx: Tx, member_id: int, bank: str) -> list[Event]:
    """List a member's graded answers to items of a bank in the order of time.

    Rounds are those of any server: a void one has no results. An answer in a round is as old as the end of that.
    """
    ended = sa.func.coalesce(rounds.c.closing_at, rounds.c.closes_at, type_=rounds.c.closes_at.type)
    asked = (
        sa.select(rounds.c.item_id, ended.label("at"), results.c.units, results.c.full, sa.null().label("sure"))
        .select_from(results.join(rounds, rounds.c.id == results.c.round_id))
        .where(results.c.member_id == member_id, rounds.c.bank == bank)
    )
    alone = sa.select(practised.c.item_id, practised.c.at, practised.c.units, practised.c.full, practised.c.sure).where(
        practised.c.member_id == member_id, practised.c.bank == bank
    )
    found = [Event(**row._mapping) for each in (asked, alone) for row in await tx.execute(each)]  # noqa: SLF001 - public
    return sorted(found, key=lambda event: event.at)
