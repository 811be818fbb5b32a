"""Queries about live quizzes: one at a time in a channel, each step done once."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.item import Difficulty
from bot.domain.quiz import MOST_ITEMS, Ending, Quiz, QuizState, after_item
from bot.domain.rounds import Round
from bot.domain.standings import Score
from bot.storage.columns import Instant
from bot.storage.members import NOBODY
from bot.storage.store import Tx
from bot.storage.tables import members, quizzes, results, rounds, slips

_RUNNING = quizzes.c.running_in.is_not(None)


async def start(tx: Tx, quiz: Quiz) -> Quiz | None:
    """Store a new quiz and give it its id; `None` when one runs in its channel already."""
    values = {field.name: getattr(quiz, field.name) for field in fields(quiz) if field.name != "id"}
    claim = insert(quizzes).values(values | {"running_in": quiz.channel_id})
    claim = claim.on_conflict_do_nothing(index_elements=["running_in"])
    row_id = (await tx.execute(claim.returning(quizzes.c.id))).scalar_one_or_none()
    return None if row_id is None else replace(quiz, id=row_id)


async def by_id(tx: Tx, quiz_id: int) -> Quiz | None:
    """Give one quiz."""
    row = (await tx.execute(sa.select(quizzes).where(quizzes.c.id == quiz_id))).one_or_none()
    return None if row is None else _quiz(row)


async def in_channel(tx: Tx, channel_id: int) -> Quiz | None:
    """Give the quiz that runs in a channel."""
    row = (await tx.execute(sa.select(quizzes).where(quizzes.c.running_in == channel_id))).one_or_none()
    return None if row is None else _quiz(row)


async def running(tx: Tx, guild_id: int | None = None) -> list[Quiz]:
    """List the quizzes that run, in one server or in all, oldest first."""
    wanted = sa.select(quizzes).where(_RUNNING).order_by(quizzes.c.id)
    if guild_id is not None:
        wanted = wanted.where(quizzes.c.guild_id == guild_id)
    return [_quiz(row) for row in await tx.execute(wanted)]


async def due(tx: Tx, now: datetime) -> list[Quiz]:
    """List the quizzes whose next step has come, in the order in which they became due."""
    wanted = sa.select(quizzes).where(quizzes.c.step_at <= now).order_by(quizzes.c.step_at, quizzes.c.id)
    return [_quiz(row) for row in await tx.execute(wanted)]


async def next_step(tx: Tx) -> datetime | None:
    """Give the earliest instant at which any quiz has a step to do."""
    found: datetime | None = (await tx.execute(sa.select(sa.func.min(quizzes.c.step_at)))).scalar_one()
    return found


async def hasten(tx: Tx, *, now: datetime, latest: datetime) -> None:
    """Make due at once what a clock that was ahead, or Discord, has put off further than `latest`; a pause lasts on."""
    begins_at = sa.case((quizzes.c.begins_at > latest, sa.literal(now, Instant())), else_=quizzes.c.begins_at)
    await tx.execute(
        sa.update(quizzes)
        .where(quizzes.c.step_at > latest, quizzes.c.paused_at.is_(None))
        .values(step_at=now, begins_at=begins_at)
    )


async def lease(tx: Tx, found: Quiz, *, until: datetime) -> Quiz | None:
    """Take a due step for oneself until an instant; `None` when someone else has taken or done it."""
    done = await tx.execute(
        sa.update(quizzes)
        .where(quizzes.c.id == found.id, quizzes.c.step_at == found.step_at)
        .values(step_at=until, attempts=quizzes.c.attempts + 1)
    )
    return replace(found, step_at=until, attempts=found.attempts + 1) if done.rowcount else None


async def mark(tx: Tx, leased: Quiz, **values: object) -> bool:
    """Note that a leased step is done; false when somebody changed the quiz meanwhile, so that it is due again."""
    done = await tx.execute(
        sa.update(quizzes)
        .where(quizzes.c.id == leased.id, quizzes.c.step_at == leased.step_at)
        .values({"attempts": 0} | values)
    )
    return done.rowcount == 1


async def change(tx: Tx, quiz_id: int, **values: object) -> None:
    """Change a quiz, whoever works on its next step."""
    await tx.execute(sa.update(quizzes).where(quizzes.c.id == quiz_id).values(**values))


async def end(tx: Tx, quiz: Quiz, ending: Ending, *, step_at: datetime | None) -> bool:
    """Note that a quiz is over and its channel free; false when it was over already."""
    done = await tx.execute(
        sa.update(quizzes)
        .where(quizzes.c.id == quiz.id, quizzes.c.state != QuizState.OVER)
        .values(state=QuizState.OVER, ending=ending, running_in=None, step_at=step_at, attempts=0)
    )
    return done.rowcount == 1


async def item_over(tx: Tx, asked: Round, *, now: datetime) -> None:
    """Let a quiz go on whose item was revealed or dropped just now; does nothing for the round of a schedule."""
    quiz = await by_id(tx, asked.quiz_id) if asked.quiz_id is not None else None
    if quiz is not None and asked.number == quiz.number and quiz.ending is not Ending.TROUBLE:
        await change(tx, quiz.id, step_at=after_item(quiz, now), attempts=0)


async def board(tx: Tx, quiz_id: int, *, up_to: int = MOST_ITEMS) -> list[Score]:
    """Give what everyone who took part in a quiz has earned in its items up to a number, in no order."""
    named = (members.c.guild_id == rounds.c.guild_id) & (members.c.member_id == results.c.member_id)
    rows = await tx.execute(
        sa.select(
            results.c.member_id,
            sa.func.coalesce(sa.func.max(members.c.name), NOBODY).label("name"),
            sa.func.sum(results.c.units).label("units"),
            sa.func.count().label("answered"),
            sa.func.sum(sa.cast(results.c.full, sa.Integer)).label("right"),
        )
        .select_from(results.join(rounds, rounds.c.id == results.c.round_id).outerjoin(members, named))
        .where(rounds.c.quiz_id == quiz_id, rounds.c.number <= up_to)
        .group_by(results.c.member_id)
    )
    return [
        Score(member_id=row.member_id, name=row.name, units=row.units, answered=row.answered, right=row.right)
        for row in rows
    ]


async def taking_part(tx: Tx, quiz_id: int) -> Mapping[int, int]:
    """Count how many took part in each graded round of a quiz, by its id; one that nobody answered is left out."""
    rows = await tx.execute(
        sa.select(results.c.round_id, sa.func.count())
        .select_from(results.join(rounds, rounds.c.id == results.c.round_id))
        .where(rounds.c.quiz_id == quiz_id)
        .group_by(results.c.round_id)
    )
    return {row[0]: row[1] for row in rows}


async def traps(tx: Tx, quiz_id: int) -> Mapping[str, int]:
    """Count the members who fell for each trap in a quiz."""
    rows = await tx.execute(
        sa.select(slips.c.trap, sa.func.count(slips.c.member_id.distinct()))
        .select_from(slips.join(rounds, rounds.c.id == slips.c.round_id))
        .where(rounds.c.quiz_id == quiz_id)
        .group_by(slips.c.trap)
    )
    return {row[0]: row[1] for row in rows}


def _quiz(row: sa.Row[Any]) -> Quiz:
    values = {field.name: getattr(row, field.name) for field in fields(Quiz)}
    values["state"] = QuizState(row.state)
    values["ending"] = None if row.ending is None else Ending(row.ending)
    values["difficulty"] = None if row.difficulty is None else Difficulty(row.difficulty)
    # A row has a method of this name, too.
    values["count"] = row._mapping["count"]  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return Quiz(**values)
