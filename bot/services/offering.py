"""Offering: what a learner may be asked in private now, and when they met it last; the same for every mode."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.storage import practice, rounds
from bot.storage.store import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Who practises, and where: `guild_id` is `None` in direct messages."""

    member_id: int
    guild_id: int | None


async def busy(tx: Tx, learner: Learner, bank: str) -> frozenset[str]:
    """List the items of a bank that are kept for open rounds: of the server, or in direct messages of the learner's."""
    if learner.guild_id is None:
        return await rounds.busy_for(tx, learner.member_id, bank)
    return await rounds.busy_items(tx, learner.guild_id, bank)


async def seen(tx: Tx, learner: Learner, bank: str) -> Mapping[str, datetime]:
    """Give the items of a bank that a learner did, in private or in the server's rounds, with the last time of each."""
    done = await practice.last_done(tx, learner.member_id, bank)
    if learner.guild_id is None:
        return done
    asked = await rounds.answered(tx, learner.guild_id, learner.member_id, bank)
    return dict(asked) | {item: max(at, asked.get(item, at)) for item, at in done.items()}
