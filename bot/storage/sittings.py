"""Queries about sittings: runs of items that one member does in private."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.posed import PosedItem
from bot.domain.sitting import Entry, Mode, Sitting, SittingState
from bot.storage.store import Tx
from bot.storage.tables import sitting_items, sittings

_ROW = tuple(field.name for field in fields(Sitting) if field.name not in ("id", "entries"))
_ENTRY = tuple(field.name for field in fields(Entry))
_GIVEN = tuple(name for name in _ENTRY if name not in ("number", "posed"))


async def begin(tx: Tx, sitting: Sitting) -> int | None:
    """Store a sitting, still without entries, and give its id; `None` when the member has such a one open already."""
    values = {name: getattr(sitting, name) for name in _ROW} | {"open_key": _key(sitting)}
    claim = insert(sittings).values(values).on_conflict_do_nothing(index_elements=["open_key"])
    made: int | None = (await tx.execute(claim.returning(sittings.c.id))).scalar_one_or_none()
    return made


async def fill(tx: Tx, sitting_id: int, items: Iterable[PosedItem]) -> None:
    """Give a sitting its entries, numbered from 1."""
    rows = [{"sitting_id": sitting_id, "number": number, "posed": each} for number, each in enumerate(items, start=1)]
    if rows:
        await tx.execute(sa.insert(sitting_items), rows)


async def by_id(tx: Tx, sitting_id: int) -> Sitting | None:
    """Give a sitting with its entries, `None` when there is none."""
    found = await _found(tx, sa.select(sittings).where(sittings.c.id == sitting_id))
    return next(iter(found), None)


async def open_one(tx: Tx, guild_id: int | None, member_id: int, mode: Mode) -> Sitting | None:
    """Give the sitting that a member has open in a place, `None` when they have none."""
    wanted = sittings.c.open_key == _open_key(guild_id, member_id, mode)
    return next(iter(await _found(tx, sa.select(sittings).where(wanted))), None)


async def over(tx: Tx, guild_id: int | None, member_id: int, mode: Mode, *, most: int) -> list[Sitting]:
    """List the sittings of a member in a place that are over, the latest first."""
    wanted = (
        sa.select(sittings)
        .where(
            sittings.c.member_id == member_id,
            sittings.c.guild_id == guild_id,
            sittings.c.mode == mode,
            sittings.c.state != SittingState.OPEN,
        )
        .order_by(sittings.c.started_at.desc(), sittings.c.id.desc())
        .limit(most)
    )
    return await _found(tx, wanted)


async def save(tx: Tx, sitting: Sitting, changed: Sequence[Entry] = ()) -> None:
    """Store how a sitting stands, and those of its entries that changed."""
    values = {name: getattr(sitting, name) for name in ("state", "touched_at", "ended_at")}
    values["open_key"] = _key(sitting)
    await tx.execute(sa.update(sittings).where(sittings.c.id == sitting.id).values(values))
    if changed:
        this = (sitting_items.c.sitting_id == sitting.id) & (sitting_items.c.number == sa.bindparam("entry"))
        given = sa.update(sitting_items).where(this).values({name: sa.bindparam(name) for name in _GIVEN})
        rows = [{name: getattr(entry, name) for name in _GIVEN} | {"entry": entry.number} for entry in changed]
        await tx.execute(given, rows)


async def begun(tx: Tx, member_id: int, *, since: datetime) -> int:
    """Count the sittings that a member began since an instant, anywhere."""
    wanted = (sittings.c.member_id == member_id) & (sittings.c.started_at >= since)
    return (await tx.execute(sa.select(sa.func.count()).select_from(sittings).where(wanted))).scalar_one()


async def under_way(tx: Tx, guild_id: int, *, since: datetime) -> int:
    """Count the open sittings of a server in which something was done since an instant."""
    wanted = (
        (sittings.c.guild_id == guild_id) & (sittings.c.touched_at >= since) & (sittings.c.state == SittingState.OPEN)
    )
    return (await tx.execute(sa.select(sa.func.count()).select_from(sittings).where(wanted))).scalar_one()


async def drop_untouched(tx: Tx, modes: Iterable[Mode], *, since: datetime, most: int) -> None:
    """Remove up to so many sittings of some modes in which nothing was done since an instant."""
    wanted = sa.select(sittings.c.id).where(sittings.c.touched_at < since, sittings.c.mode.in_(list(modes))).limit(most)
    if gone := list((await tx.execute(wanted)).scalars()):
        await tx.execute(sa.delete(sitting_items).where(sitting_items.c.sitting_id.in_(gone)))
        await tx.execute(sa.delete(sittings).where(sittings.c.id.in_(gone)))


async def _found(tx: Tx, wanted: sa.Select[Any]) -> list[Sitting]:
    rows = (await tx.execute(wanted)).all()
    ids = [row.id for row in rows]
    entries: dict[int, list[Entry]] = {each: [] for each in ids}
    its = sa.select(sitting_items).where(sitting_items.c.sitting_id.in_(ids)).order_by(sitting_items.c.number)
    for row in await tx.execute(its):
        entries[row.sitting_id].append(Entry(**{name: getattr(row, name) for name in _ENTRY}))
    return [_sitting(row, entries[row.id]) for row in rows]


def _sitting(row: sa.Row[Any], entries: Sequence[Entry]) -> Sitting:
    values = {name: getattr(row, name) for name in _ROW}
    values["mode"], values["state"] = Mode(row.mode), SittingState(row.state)
    return Sitting(id=row.id, entries=tuple(entries), **values)


def _key(sitting: Sitting) -> str | None:
    return _open_key(sitting.guild_id, sitting.member_id, sitting.mode) if sitting.open else None


def _open_key(guild_id: int | None, member_id: int, mode: Mode) -> str:
    return f"{mode}:{guild_id or 'alone'}:{member_id}"
