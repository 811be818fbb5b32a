"""The soak: the bot under a crowd on twenty servers, in bad weather, by a fast clock; then the books are compared.

`python -m tests.wire.soak --seed 7 --minutes 10`. At the end what is stored, what was earned and what the leaderboards
say must be what the server saw, worked out by `tests.wire.marks`.
"""

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot import app
from bot.services.library import Library
from bot.services.organising import Organising, Settings, Wish
from bot.services.planning import Planner
from bot.storage.store import open_store
from tests.wire.audit import Seen, audit, unreachable
from tests.wire.clock import WireClock
from tests.wire.crowd import Crowd, Post
from tests.wire.event_faults import EventFaultKind
from tests.wire.guilds import found_guild, learners
from tests.wire.limits import Limits
from tests.wire.looking import Moment
from tests.wire.marks import asked_in
from tests.wire.minutes import Minutes, What, read_minutes
from tests.wire.nursery import Bot, Nursery, nursery
from tests.wire.privately import Menus
from tests.wire.processes import bot_arguments
from tests.wire.server import WireServer, make_server, serving
from tests.wire.storm import Storm
from tests.wire.truth import posts, reveals, stored_choices
from tests.wire.waiting import until

SPEED = 60.0
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WAVE, FIRST, OPEN = timedelta(minutes=75), timedelta(minutes=8), timedelta(minutes=60)
MARGIN = timedelta(seconds=90)
PER_DAY, WAVES_A_DAY = 2, 19
_STEP = 0.05
_LOOK = 0.5
_REPORT = 15.0
_PATIENCE = 240.0


@dataclass(slots=True, kw_only=True)
class Soak:
    """One run, with everything it needs in `folder`."""

    folder: Path
    server: WireServer
    clock: WireClock
    nursery: Nursery
    rng: Random
    members: dict[int, list[int]]
    crowd: Crowd
    bots: list[Bot] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    ending: bool = False
    _known: dict[int, Mapping[int, str]] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The bot's database."""
        return self.folder / "bot.db"

    @property
    def minutes(self) -> Path:
        """What the bots heard."""
        return self.folder / "minutes"

    async def run(self, seconds: float) -> Storm:
        """Let people act and things go wrong for so many seconds of real time, then let everything come to rest."""
        storm = Storm(self.server, Random(self.rng.random()), kill=self._kill)
        keeping = asyncio.create_task(self._keep_alive(), name="supervisor")
        try:
            await self._people(seconds, storm, keeping)
            storm.calm()
            await self.crowd.finish()
            await until(self._at_rest, patience=_PATIENCE, every=_LOOK)
        except BaseException:
            keeping.cancel()
            raise
        return storm

    def _kill(self) -> None:
        self.bots[-1].kill()

    async def stop(self) -> None:
        """Ask the bot to stop, or end it."""
        self.ending = True
        await self.bots[-1].stop()

    async def _people(self, seconds: float, storm: Storm, keeping: asyncio.Task[None]) -> None:
        begun = time.monotonic()
        last = looked = reported = 0.0
        while (now := time.monotonic() - begun) < seconds and not keeping.done():
            if now - looked >= _LOOK:
                looked = now
                self._look()
            if now - reported >= _REPORT:
                reported = now
                self._report(now, seconds, storm)
            storm.blow(now)
            self.crowd.act(self.clock(), now - last, self._stored)
            last = now
            await asyncio.sleep(_STEP)
        if keeping.done():
            keeping.result()

    def _look(self) -> None:
        """Look at what is asked, and at what is stored of it."""
        self._known.clear()
        standing = posts(self.server.world)
        for asked in asked_in(self.database):
            for message in standing.get(asked.number, [])[:1]:
                post = self.crowd.posts.setdefault(
                    asked.number,
                    Post(
                        asked=asked,
                        message=message,
                        members=self.members[asked.guild_id],
                        menus=Menus(message=message),
                    ),
                )
                post.asked = asked
                post.revealed = post.revealed or bool(reveals(self.server.world, message))

    def _stored(self, number: int) -> Mapping[int, str]:
        if number not in self._known:
            self._known[number] = stored_choices(self.database, number)
        return self._known[number]

    def _at_rest(self) -> bool:
        self._look()
        return bool(self.server.gateway.connected) and all(
            each.state in ("explained", "void") for each in asked_in(self.database)
        )

    async def _keep_alive(self) -> None:
        minutes = Minutes(self.minutes, self.clock)
        while not self.ending:
            bot = self._start()
            code = await bot.ended(24 * 3600)
            minutes.note(What.ENDED)
            self.ends["killed" if code < 0 else "gave up" if code else "stopped"] += 1
            await asyncio.sleep(self.rng.uniform(0, 3))

    def _start(self) -> Bot:
        options = {"longest_nap": 0.2, "seed": len(self.bots), "minutes": self.minutes, "shorter_holds": SPEED}
        arguments = bot_arguments(self.server.address, self.database, clock=self.clock, options=options)
        self.bots.append(self.nursery.run(arguments, self.folder / "bot.log"))
        return self.bots[-1]

    def _report(self, now: float, seconds: float, storm: Storm) -> None:
        states = Counter(each.state for each in asked_in(self.database))
        _say(
            f"{now:4.0f} of {seconds:.0f} s, {self.clock():%a %H:%M}: rounds {dict(states)}, {self.crowd.acts} acts, "
            f"{len(self.server.journal.entries)} requests, {self.server.journal.limited} limited, "
            f"{len(self.bots)} starts, {sum(storm.counts.values())} strikes"
        )


async def _found(server: WireServer, count: int, members: int, database: Path) -> dict[int, list[int]]:
    """Found servers, each with a schedule for every wave of a day."""
    shelves = app.load_shelves([app.shipped_content()])
    store = await open_store(f"sqlite+aiosqlite:///{database}", now=MONDAY)
    library = Library(shelves)
    organising = Organising(
        store, lambda: MONDAY, library=library, planner=Planner(store, library), rng=Random(1), wake=lambda: None
    )
    found = {}
    for number in range(count):
        guild = found_guild(server.world, name=f"Group {number}", members=members)
        found[guild.id] = learners(server.world, guild)
        for wave in range(WAVES_A_DAY):
            at = MONDAY + FIRST + wave * WAVE + timedelta(minutes=number % 3)
            wish = Wish(
                guild_id=guild.id,
                member_id=guild.owner_id,
                channel_id=next(iter(guild.channels)),
                at=at.time(),
                zone=ZoneInfo("UTC"),
                bank=shelves[0].bank.id,
            )
            await organising.add(f"Wave {wave}", wish, Settings(per_day=PER_DAY, open_for=OPEN))
    await store.close()
    return found


async def _run(args: argparse.Namespace, folder: Path) -> bool:
    clock = WireClock(start=MONDAY, speed=SPEED)
    rng = Random(args.seed)
    async with contextlib.AsyncExitStack() as stack:
        bots = await stack.enter_async_context(nursery(folder / "nursery.log"))
        server = await stack.enter_async_context(serving(make_server(clock=clock, limits=Limits())))
        members = await _found(server, args.servers, args.members, folder / "bot.db")
        crowd = Crowd(server.people, Random(rng.random()), margin=MARGIN, pace=args.pace)
        soak = Soak(folder=folder, server=server, clock=clock, nursery=bots, rng=rng, members=members, crowd=crowd)
        storm = await soak.run(args.minutes * 60)
        seen = Seen(server=server, crowd=crowd.posts, book=read_minutes(soak.minutes), moment=_moment_of(clock))
        found = await audit(seen, soak.database, folder / "bot.log")
        await soak.stop()
    if soak.ends["gave up"] > (excused := unreachable(folder / "bot.log")):
        found.wrong.append(
            f"{soak.ends['gave up']} bots gave up, of which {excused} had not found Discord at their start"
        )
    for line in found.wrong[:50]:
        _say(f"WRONG: {line}")
    gateway = server.gateway
    _say(f"strikes: {dict(storm.counts)}; the bot's ends: {dict(soak.ends)}")
    _say(f"connections: {gateway.identified} identified, {gateway.resumed} resumed, {gateway.replayed} events replayed")
    _say(f"events that never came: {gateway.faults.counts[EventFaultKind.DROP]}")
    _say(found.dropped())
    _say(found.summary())
    return not found.wrong


def _moment_of(clock: WireClock) -> Moment:
    """Give what tells the instant, by a clock, of a moment of the machine's steady clock."""
    now, steady = clock(), time.monotonic()
    return lambda moment: now + timedelta(seconds=(moment - steady) * clock.speed)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the soak; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000)
    parser.add_argument("--minutes", type=float, default=10.0, help="of real time; an hour of the bot's each")
    parser.add_argument("--servers", type=int, default=20)
    parser.add_argument("--members", type=int, default=200, help="in each server")
    parser.add_argument("--pace", type=float, default=2.0, help="how many members act on each post in a second")
    parser.add_argument("--folder", type=Path, help="where everything is kept; a temporary folder when left out")
    args = parser.parse_args(argv)
    folder = args.folder or Path(tempfile.mkdtemp(prefix="trapwise-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    # Bots that die in the middle of an answer are what this is about.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    _say(
        f"soak: seed {args.seed}, {args.minutes:g} minutes, {args.servers} servers of {args.members} members, "
        f"a clock {SPEED:g} times as fast; everything is in {folder}"
    )
    well = asyncio.run(_run(args, folder))
    if not well:
        _say(f"again: python -m tests.wire.soak --seed {args.seed} --minutes {args.minutes:g}")
    return 0 if well else 1


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output


if __name__ == "__main__":
    sys.exit(main())
