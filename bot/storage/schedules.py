"""Queries about servers and their schedules."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.domain.schedule import Pause, Schedule
from bot.storage.store import Tx
from bot.storage.tables import guilds, schedules


async def set_zone(tx: Tx, guild_id: int, zone: ZoneInfo) -> None:
    """Keep the zone by which a server's days are counted."""
    await tx.execute(sa.delete(guilds).where(guilds.c.guild_id == guild_id))
    await tx.execute(sa.insert(guilds).values(guild_id=guild_id, zone=zone))


async def zone_of(tx: Tx, guild_id: int) -> ZoneInfo | None:
    """Give a server's zone, `None` before its first `/setup`."""
    return (await tx.execute(sa.select(guilds.c.zone).where(guilds.c.guild_id == guild_id))).scalar_one_or_none()


async def add(tx: Tx, schedule: Schedule) -> Schedule | None:
    """Store a new schedule and give it its id; `None` when the server has one of that name."""
    values = _values(schedule)
    try:
        async with tx.begin_nested():
            done = await tx.execute(sa.insert(schedules).values(values).returning(schedules))
            return _schedule(done.one())
    except IntegrityError:
        return None


async def change(tx: Tx, schedule: Schedule) -> bool:
    """Store a schedule's settings anew; false when another one has its name."""
    values = _values(schedule)
    try:
        async with tx.begin_nested():
            await tx.execute(sa.update(schedules).where(schedules.c.id == schedule.id).values(values))
    except IntegrityError:
        return False
    return True


async def remove(tx: Tx, schedule_id: int, *, now: datetime) -> None:
    """Take a schedule out of use; its rounds and their scores stay."""
    await tx.execute(
        sa.update(schedules).where(schedules.c.id == schedule_id).values(removed_at=now, name_key=None, next_run=None)
    )


async def restore(tx: Tx, schedule_id: int, *, next_run: datetime | None) -> bool:
    """Undo a removal; false when its name has been taken meanwhile."""
    row = (await tx.execute(sa.select(schedules).where(schedules.c.id == schedule_id))).one()
    try:
        async with tx.begin_nested():
            await tx.execute(
                sa.update(schedules)
                .where(schedules.c.id == schedule_id)
                .values(removed_at=None, name_key=row.name.casefold(), next_run=next_run)
            )
    except IntegrityError:
        return False
    return True


async def of_guild(tx: Tx, guild_id: int) -> list[Schedule]:
    """List a server's schedules by name."""
    wanted = (schedules.c.guild_id == guild_id) & schedules.c.removed_at.is_(None)
    rows = await tx.execute(sa.select(schedules).where(wanted).order_by(schedules.c.name_key))
    return [_schedule(row) for row in rows]


async def of_channel(tx: Tx, channel_id: int) -> list[Schedule]:
    """List the schedules that post into a channel, oldest first."""
    wanted = (schedules.c.channel_id == channel_id) & schedules.c.removed_at.is_(None)
    return [_schedule(row) for row in await tx.execute(sa.select(schedules).where(wanted).order_by(schedules.c.id))]


async def by_id(tx: Tx, schedule_id: int) -> Schedule:
    """Give one schedule, also when it was removed."""
    return _schedule((await tx.execute(sa.select(schedules).where(schedules.c.id == schedule_id))).one())


async def due(tx: Tx, now: datetime, *, most: int) -> list[Schedule]:
    """List at most so many of the schedules whose next run has come, those first that wait longest."""
    wanted = sa.select(schedules).where(schedules.c.next_run <= now)
    rows = await tx.execute(wanted.order_by(schedules.c.next_run, schedules.c.id).limit(most))
    return [_schedule(row) for row in rows]


async def next_run(tx: Tx) -> datetime | None:
    """Give the earliest instant at which any schedule is due."""
    found: datetime | None = (await tx.execute(sa.select(sa.func.min(schedules.c.next_run)))).scalar_one()
    return found


async def advance(tx: Tx, schedule: Schedule, to: datetime) -> bool:
    """Move a schedule on to its next run, ending a pause; false when someone else did so first."""
    done = await tx.execute(
        sa.update(schedules)
        .where(schedules.c.id == schedule.id, schedules.c.next_run == schedule.next_run)
        .values(next_run=to, paused=None, resumes_on=None)
    )
    return done.rowcount == 1


async def pause(tx: Tx, schedule_id: int, reason: Pause) -> bool:
    """Stop a schedule until someone resumes it; false when it is removed, or stopped for that reason already.

    A pause that an organiser asked for is left as it is, with its date.
    """
    stays = schedules.c.paused.in_((reason, Pause.ORGANISER))
    running = schedules.c.removed_at.is_(None) & (schedules.c.paused.is_(None) | ~stays)
    done = await tx.execute(
        sa.update(schedules)
        .where(schedules.c.id == schedule_id, running)
        .values(paused=reason, resumes_on=None, next_run=None)
    )
    return done.rowcount == 1


async def is_removed(tx: Tx, schedule_id: int) -> bool:
    """Tell whether a schedule was taken out of use."""
    wanted = sa.select(schedules.c.removed_at).where(schedules.c.id == schedule_id)
    return (await tx.execute(wanted)).scalar_one() is not None


def _values(schedule: Schedule) -> dict[str, object]:
    values = {field.name: getattr(schedule, field.name) for field in fields(schedule) if field.name != "id"}
    return values | {"name_key": schedule.name.casefold()}


def _schedule(row: sa.Row[Any]) -> Schedule:
    return Schedule(
        id=row.id,
        guild_id=row.guild_id,
        name=row.name,
        channel_id=row.channel_id,
        created_by=row.created_by,
        weekdays=row.weekdays,
        at=row.at,
        zone=row.zone,
        bank=row.bank,
        topic=row.topic,
        per_day=row.per_day,
        open_for=row.open_for,
        catch_up=row.catch_up,
        ping_role=row.ping_role,
        thread=row.thread,
        silent=row.silent,
        cases=row.cases,
        paused=None if row.paused is None else Pause(row.paused),
        resumes_on=row.resumes_on,
        next_run=row.next_run,
        seed=row.seed,
    )
