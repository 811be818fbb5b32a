"""Databases to begin with: rounds that are open already, and schedules that will be due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot import app
from bot.domain.item import Item, ItemKind
from bot.domain.posed import pose
from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import Schedule
from bot.storage import rounds, schedules
from bot.storage.store import open_store

LETTERS = "ABCD"
"""The letters that volleys use: every round here has at least these."""

_BANK = "md-102"
_ZONE = ZoneInfo("UTC")
_OPEN_FOR = timedelta(days=1)
_EVERY = 3
"""Every third round has several right answers."""


async def open_rounds(database: Path, *, guild: int, channel: int, posts: Sequence[int]) -> dict[int, ItemKind]:
    """Make a database with an open, seeded round for each post; gives the kind of each post's item."""
    now = app.system_clock()
    store = await open_store(url_of(database), now=now)
    asked = _asked(len(posts))
    async with store.write() as tx:
        schedule = await schedules.add(tx, _schedule(guild, channel, name="Daily", next_run=now + _OPEN_FOR))
        assert schedule is not None
        for number, (post, item) in enumerate(zip(posts, asked, strict=True), start=1):
            await rounds.plan(
                tx,
                Round(
                    id=0,
                    guild_id=guild,
                    channel_id=channel,
                    schedule_id=schedule.id,
                    bank=schedule.bank,
                    posed=pose(item, Random(number)),
                    state=RoundState.OPEN,
                    on=now.date(),
                    opened_on=now.date(),
                    number=number,
                    planned_at=now,
                    closes_at=now + _OPEN_FOR,
                    step_at=now + _OPEN_FOR,
                    message_id=post,
                    seeded=True,
                ),
            )
    await store.close()
    return {post: item.kind for post, item in zip(posts, asked, strict=True)}


async def due_schedules(database: Path, places: Iterable[Mapping[str, int]], *, due: datetime) -> None:
    """Make a database with a schedule for each (server `id`, `channel`), all due at the same instant."""
    store = await open_store(url_of(database), now=app.system_clock())
    async with store.write() as tx:
        for place in places:
            await schedules.set_zone(tx, place["id"], _ZONE)
            await schedules.add(tx, _schedule(place["id"], place["channel"], name="Daily", next_run=due))
    await store.close()


def url_of(database: Path) -> str:
    """Write a file as a database URL."""
    return f"sqlite+aiosqlite:///{database}"


def _asked(count: int) -> list[Item]:
    """Choose items with enough options, every third with several right ones; the same ones every time."""
    shelf, *_ = app.load_shelves([app.shipped_content()])
    items = sorted((item for item in shelf.bank.items() if len(item.options) >= len(LETTERS)), key=lambda item: item.id)
    fit = {kind: [item for item in items if item.kind is kind] for kind in ItemKind}
    kinds = [ItemKind.MULTIPLE if number % _EVERY == 1 else ItemKind.SINGLE for number in range(count)]
    return [fit[kind][number % len(fit[kind])] for number, kind in enumerate(kinds)]


def _schedule(guild: int, channel: int, *, name: str, next_run: datetime) -> Schedule:
    return Schedule(
        id=0,
        guild_id=guild,
        name=name,
        channel_id=channel,
        created_by=guild,
        at=time(next_run.hour, next_run.minute, next_run.second),
        zone=_ZONE,
        bank=_BANK,
        next_run=next_run,
    )
