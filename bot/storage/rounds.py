"""Queries about rounds: the ledger that makes every step happen once."""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.rounds import UNFINISHED, Round, RoundState
from bot.domain.scenarios.drawing import Telling
from bot.storage.columns import Instant
from bot.storage.store import Tx
from bot.storage.tables import answers, members, rounds, unfinished_state


async def plan(tx: Tx, planned: Round) -> Round | None:
    """Claim a place for a new round and give it its id; `None` when it is claimed already.

    The place is (schedule, date, number), or (quiz, number).
    """
    place = ["schedule_id", "on", "number"] if planned.quiz_id is None else ["quiz_id", "number"]
    values = {field.name: getattr(planned, field.name) for field in fields(planned) if field.name != "id"}
    values["item_id"] = planned.posed.item.id
    claim = insert(rounds).values(values).on_conflict_do_nothing(index_elements=place)
    row_id = (await tx.execute(claim.returning(rounds.c.id))).scalar_one_or_none()
    return None if row_id is None else replace(planned, id=row_id)


async def of_quiz(tx: Tx, quiz_id: int) -> list[Round]:
    """List a quiz's rounds, oldest first."""
    rows = await tx.execute(sa.select(rounds).where(rounds.c.quiz_id == quiz_id).order_by(rounds.c.number))
    return [_round(row) for row in rows]


async def last_number(tx: Tx, schedule_id: int, on: date) -> int:
    """Give the highest number claimed for a schedule's date, 0 when there is none."""
    wanted = (rounds.c.schedule_id == schedule_id) & (rounds.c.on == on)
    return (await tx.execute(sa.select(sa.func.max(rounds.c.number)).where(wanted))).scalar_one() or 0


async def due(tx: Tx, now: datetime) -> list[Round]:
    """List the rounds whose next step has come, in the order in which they became due."""
    rows = await tx.execute(sa.select(rounds).where(rounds.c.step_at <= now).order_by(rounds.c.step_at, rounds.c.id))
    return [_round(row) for row in rows]


async def next_step(tx: Tx) -> datetime | None:
    """Give the earliest instant at which any round has a step to do."""
    found: datetime | None = (await tx.execute(sa.select(sa.func.min(rounds.c.step_at)))).scalar_one()
    return found


async def by_id(tx: Tx, round_id: int) -> Round | None:
    """Give one round."""
    row = (await tx.execute(sa.select(rounds).where(rounds.c.id == round_id))).one_or_none()
    return None if row is None else _round(row)


async def in_states(tx: Tx, states: Collection[RoundState], *, guild_id: int | None = None) -> list[Round]:
    """List the rounds in any of these states, oldest first."""
    wanted = sa.select(rounds).where(rounds.c.state.in_(states)).order_by(rounds.c.id)
    if guild_id is not None:
        wanted = wanted.where(rounds.c.guild_id == guild_id)
    return [_round(row) for row in await tx.execute(wanted)]


async def latest(tx: Tx, guild_id: int, state: RoundState, *, limit: int) -> list[Round]:
    """List up to `limit` rounds of a server that are in a state and whose answer was revealed, newest first."""
    wanted = (rounds.c.guild_id == guild_id) & (rounds.c.state == state) & rounds.c.reveal_id.is_not(None)
    newest = sa.select(rounds).where(wanted).order_by(rounds.c.id.desc()).limit(limit)
    return [_round(row) for row in await tx.execute(newest)]


async def still(tx: Tx, round_ids: Collection[int], states: Collection[RoundState]) -> set[int]:
    """Give those of some rounds that are in any of these states."""
    wanted = rounds.c.id.in_(round_ids) & rounds.c.state.in_(states)
    return set((await tx.execute(sa.select(rounds.c.id).where(wanted))).scalars())


async def guilds(tx: Tx) -> list[int]:
    """List the servers that have rounds."""
    return list((await tx.execute(sa.select(rounds.c.guild_id).distinct().order_by(rounds.c.guild_id))).scalars())


async def unfinished(tx: Tx, schedule_id: int) -> list[Round]:
    """List a schedule's rounds that are not explained or void yet, oldest first."""
    wanted = (rounds.c.schedule_id == schedule_id) & rounds.c.state.in_(UNFINISHED)
    return [_round(row) for row in await tx.execute(sa.select(rounds).where(wanted).order_by(rounds.c.id))]


async def lease(tx: Tx, found: Round, *, until: datetime) -> Round | None:
    """Take a due step for oneself until an instant; `None` when someone else has taken or done it.

    A crash leaves the lease to run out, and the step is due again.
    """
    done = await tx.execute(
        sa.update(rounds)
        .where(
            rounds.c.id == found.id,
            rounds.c.state == found.state,
            rounds.c.step_at == found.step_at,
            rounds.c.channel_id == found.channel_id,
        )
        .values(step_at=until, attempts=rounds.c.attempts + 1)
    )
    return replace(found, step_at=until, attempts=found.attempts + 1) if done.rowcount else None


async def move(tx: Tx, found: Round, to: RoundState, **values: object) -> bool:
    """Move a round from the state it was found in; false when it has left that state."""
    done = await tx.execute(
        sa.update(rounds)
        .where(rounds.c.id == found.id, rounds.c.state == found.state)
        .values({"state": to, "attempts": 0} | values)
    )
    return done.rowcount == 1


async def note(tx: Tx, round_id: int, **values: object) -> None:
    """Change what is kept about a round without moving it; one that is explained or void stays as it is."""
    await tx.execute(_if_unfinished(round_id).values(**values))


async def renew(tx: Tx, leased: Round, *, until: datetime) -> Round | None:
    """Make a lease last longer; `None` when it is no longer one's own."""
    done = await tx.execute(_if_unfinished(leased.id).where(rounds.c.step_at == leased.step_at).values(step_at=until))
    return replace(leased, step_at=until) if done.rowcount else None


async def seeded(tx: Tx, round_id: int) -> None:
    """Note that an open round has its letters; its next step is to close, whenever that is by now."""
    await tx.execute(
        _if_unfinished(round_id)
        .where(rounds.c.state == RoundState.OPEN)
        .values(seeded=True, step_at=rounds.c.closes_at, attempts=0)
    )


async def retry(tx: Tx, round_id: int, *, at: datetime, now: datetime) -> None:
    """Try a step again at an instant; an open round's letters never keep it from closing in time."""
    closes = (rounds.c.state == RoundState.OPEN) & (rounds.c.closes_at > now) & (rounds.c.closes_at < at)
    await tx.execute(
        _if_unfinished(round_id).values(step_at=sa.case((closes, rounds.c.closes_at), else_=sa.literal(at, Instant())))
    )


async def hasten(tx: Tx, *, now: datetime, latest: datetime) -> None:
    """Make due at once what a clock that was ahead has put off further than `latest`; closing keeps its minute."""
    waiting = rounds.c.state.in_((RoundState.PLANNED, RoundState.CLOSING, RoundState.CLOSED))
    unseeded = (rounds.c.state == RoundState.OPEN) & ~rounds.c.seeded
    await tx.execute(sa.update(rounds).where(waiting | unseeded, rounds.c.step_at > latest).values(step_at=now))


async def block(tx: Tx, round_id: int) -> None:
    """Stop trying a step until `wake`; an open round still closes in time."""
    still_closes = sa.case((rounds.c.state == RoundState.OPEN, rounds.c.closes_at), else_=None)
    await tx.execute(_if_unfinished(round_id).values(step_at=still_closes))


async def wake(tx: Tx, schedule_ids: Collection[int], *, now: datetime) -> None:
    """Make the unfinished steps of schedules due again after what blocked them is gone."""
    unposted = rounds.c.state.in_((RoundState.PLANNED, RoundState.CLOSING, RoundState.CLOSED))
    unseeded = (rounds.c.state == RoundState.OPEN) & ~rounds.c.seeded
    await tx.execute(
        sa.update(rounds)
        .where(rounds.c.schedule_id.in_(schedule_ids), (unposted & rounds.c.step_at.is_(None)) | unseeded)
        .values(step_at=now)
    )


async def relocate(tx: Tx, schedule_id: int, channel_id: int) -> None:
    """Move a schedule's planned rounds to another channel, but none that may have been sent to the old one."""
    unsent = (rounds.c.attempts == 0) | rounds.c.step_at.is_(None)
    await tx.execute(
        sa.update(rounds)
        .where(rounds.c.schedule_id == schedule_id, rounds.c.state == RoundState.PLANNED, unsent)
        .values(channel_id=channel_id)
    )


async def asked(tx: Tx, schedule_id: int) -> Mapping[str, datetime]:
    """Give every item a schedule has asked with the instant it was last asked.

    A void round counts only when its answer was revealed: whoever reads along knows it.
    """
    rows = await tx.execute(_last_asked(rounds.c.schedule_id == schedule_id))
    return {row[0]: row[1] for row in rows}


async def quizzed(tx: Tx, guild_id: int, bank: str) -> Mapping[str, datetime]:
    """Give every item of a bank that a server's quizzes asked, as `asked` does for a schedule."""
    rows = await tx.execute(
        _last_asked(rounds.c.guild_id == guild_id, rounds.c.bank == bank, rounds.c.quiz_id.is_not(None))
    )
    return {row[0]: row[1] for row in rows}


async def told(tx: Tx, guild_id: int, bank: str) -> list[Telling]:
    """List what a server was asked of the generated items of a bank, by any schedule or quiz, each time it was.

    As with `asked`, a void round counts only when its answer was revealed.
    """
    of = (rounds.c.guild_id == guild_id, rounds.c.bank == bank, rounds.c.case_key.is_not(None))
    wanted = sa.select(rounds.c.item_id, rounds.c.planned_at, rounds.c.case_key).where(*of, _known())
    return [Telling(item_id=row[0], at=row[1], key=row[2]) for row in await tx.execute(wanted)]


def _last_asked(*of: sa.ColumnElement[bool]) -> sa.Select[str, datetime]:
    return (
        sa.select(rounds.c.item_id, sa.func.max(rounds.c.planned_at, type_=rounds.c.planned_at.type))
        .where(*of, _known())
        .group_by(rounds.c.item_id)
    )


def _known() -> sa.ColumnElement[bool]:
    """Write the condition that whoever reads along knows what a round asked, or will."""
    return (rounds.c.state != RoundState.VOID) | rounds.c.reveal_id.is_not(None)


async def of_item(tx: Tx, earlier: Round, *, states: Collection[RoundState]) -> list[Round]:
    """List the rounds of the same item and server after one, in any of these states, oldest first."""
    wanted = (
        (rounds.c.guild_id == earlier.guild_id)
        & (rounds.c.item_id == earlier.posed.item.id)
        & (rounds.c.bank == earlier.bank)
        & (rounds.c.id > earlier.id)
        & rounds.c.state.in_(states)
    )
    return [_round(row) for row in await tx.execute(sa.select(rounds).where(wanted).order_by(rounds.c.id))]


async def busy_items(tx: Tx, guild_id: int, bank: str) -> frozenset[str]:
    """List the items of a bank that are in a round under way in a server."""
    wanted = (rounds.c.guild_id == guild_id) & (rounds.c.bank == bank) & unfinished_state()
    return frozenset((await tx.execute(sa.select(rounds.c.item_id).where(wanted))).scalars())


async def busy_for(tx: Tx, member_id: int, bank: str) -> frozenset[str]:
    """List the items of a bank that are in a round under way in any server where a member has answered."""
    # Whoever answers has a name in the server from then on, be the round void later; what nobody could name yet is
    # told by the answer itself. An index on answers would say the same, and cost every answer something.
    named = (members.c.guild_id == rounds.c.guild_id) & (members.c.member_id == member_id)
    first = (answers.c.round_id == rounds.c.id) & (answers.c.member_id == member_id)
    wanted = (rounds.c.bank == bank) & unfinished_state() & (sa.exists().where(named) | sa.exists().where(first))
    return frozenset((await tx.execute(sa.select(rounds.c.item_id).where(wanted))).scalars())


async def answered(tx: Tx, guild_id: int, member_id: int, bank: str) -> Mapping[str, datetime]:
    """Give the items of a bank that a member answered in a server's rounds, with when each last took no more answers.

    From about then on its answer was to be read.
    """
    theirs = (answers.c.round_id == rounds.c.id) & (answers.c.member_id == member_id)
    ended = sa.func.coalesce(rounds.c.closing_at, rounds.c.closes_at)
    rows = await tx.execute(
        sa.select(rounds.c.item_id, sa.func.max(ended, type_=rounds.c.closes_at.type))
        .select_from(rounds.join(answers, theirs))
        .where(rounds.c.guild_id == guild_id, rounds.c.bank == bank)
        .group_by(rounds.c.item_id)
    )
    return {row[0]: row[1] for row in rows}


def _if_unfinished(round_id: int) -> sa.Update:
    return sa.update(rounds).where(rounds.c.id == round_id, rounds.c.state.in_(UNFINISHED))


def _round(row: sa.Row[Any]) -> Round:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    del values["item_id"]
    values["state"] = RoundState(values["state"])
    return Round(**values)
