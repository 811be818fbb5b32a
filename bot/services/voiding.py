"""Voiding: dropping a round that is under way."""

from datetime import datetime

from bot.domain.rounds import Round, RoundState
from bot.services.answering import Answering
from bot.storage import quizzes, results, rounds
from bot.storage.store import Store


async def void(store: Store, answering: Answering, asked: Round, reason: str, *, now: datetime) -> bool:
    """Drop a round: it gives nothing to anyone, and its quiz goes on. False when it is void or explained already."""
    async with store.write() as tx:
        current = await rounds.by_id(tx, asked.id)
        if current is None or current.state in (RoundState.VOID, RoundState.EXPLAINED):
            return False
        await rounds.move(tx, current, RoundState.VOID, void_reason=reason, step_at=None)
        await results.drop(tx, asked)
        await quizzes.item_over(tx, asked, now=now)
    answering.dropped(asked.id)
    return True
