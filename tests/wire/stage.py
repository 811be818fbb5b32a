"""The stage on which lives are told: a database that is ready, the items that are asked, a server with a schedule."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot import app
from bot.domain.item import ItemKind
from bot.services.library import Library, Shelf
from bot.services.organising import Organising, Settings, Wish
from bot.services.planning import Planner
from bot.storage.store import open_store
from tests.wire.bot import narrowed
from tests.wire.clock import WireClock
from tests.wire.guilds import found_guild
from tests.wire.hooks import Point
from tests.wire.life import DEATHS, MORNING, PER_DEATH, SCRIPTED, Life
from tests.wire.limits import no_limits
from tests.wire.nursery import Nursery
from tests.wire.server import make_server, serving
from tests.wire.state import Channel, Guild


def two_items(shelves: Sequence[Shelf]) -> list[str]:
    """Choose one item of either kind: those with the fewest options, of which the second has two right ones."""
    items = sorted(shelves[0].bank.items(), key=lambda item: (len(item.options), item.id))
    one = next(item for item in items if item.kind is ItemKind.SINGLE)
    several = next(item for item in items if item.kind is ItemKind.MULTIPLE and len(item.key) > 1)
    return [one.id, several.id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every telling begins with: a database that is ready, and the items that will be asked."""

    template: Path
    items: Sequence[str]
    shelves: Sequence[Shelf]
    nursery: Nursery
    kind: type[Life]


async def set_stage(folder: Path, nursery: Nursery, kind: type[Life] = Life) -> Stage:
    """Make what every telling of a kind of life begins with."""
    shelves = app.load_shelves([app.shipped_content()])
    items = two_items(shelves)
    template = folder / "template.db"
    await (await open_store(f"sqlite+aiosqlite:///{template}", now=MORNING)).close()
    return Stage(template=template, items=items, shelves=narrowed(shelves, items), nursery=nursery, kind=kind)


@contextlib.asynccontextmanager
async def life(stage: Stage, folder: Path, plans: Sequence[Point] = ()) -> AsyncIterator[Life]:
    """Prepare a telling in a new folder: a server, with a schedule that asks both items every morning if it has one."""
    clock = _new_clock(folder)
    async with serving(make_server(clock=clock, limits=no_limits())) as server:
        # A nonce hides a question that is sent twice; here nothing does.
        server.world.nonce_seconds = 0.0
        guild = found_guild(server.world, members=SCRIPTED + PER_DEATH * DEATHS + 1)
        (channel,) = guild.channels.values()
        shutil.copyfile(stage.template, folder / "bot.db")
        if stage.kind.scheduled:
            await _schedule(stage, folder / "bot.db", guild, channel)
        yield stage.kind(
            folder=folder,
            server=server,
            guild=guild,
            channel=channel,
            clock=clock,
            nursery=stage.nursery,
            items=stage.items,
            plans=plans,
        )


def _new_clock(folder: Path) -> WireClock:
    """Make a new folder with a clock in it that can be stepped."""
    folder.mkdir(parents=True)
    steps = folder / "clock"
    steps.write_text("0", encoding="ascii")
    return WireClock(start=MORNING, steps=steps)


async def _schedule(stage: Stage, database: Path, guild: Guild, channel: Channel) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{database}", now=MORNING)
    library = Library(stage.shelves)
    organising = Organising(
        store,
        lambda: MORNING,
        library=library,
        planner=Planner(store, library),
        rng=Random(1),
        wake=lambda: None,
    )
    wish = Wish(
        guild_id=guild.id,
        member_id=guild.owner_id,
        channel_id=channel.id,
        at=time(8, 30),
        zone=ZoneInfo("Europe/Prague"),
        bank=stage.shelves[0].bank.id,
    )
    await organising.add("Daily question", wish, Settings(per_day=len(stage.items), open_for=timedelta(hours=10)))
    await store.close()
