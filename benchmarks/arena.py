"""Where two sides meet: a small Discord for each, in a process of its own, with the same people, posts and volleys."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from benchmarks.ledger import LETTERS, open_rounds
from bot.domain.item import ItemKind
from tests.wire.control import Remote
from tests.wire.processes import ROOT, server_process
from tests.wire.rest import BASE
from tests.wire.state import DEFAULT_TOKEN

_PATIENCE = 300.0
_FAREWELL = 20.0
_LONGEST_LINE = 1 << 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A server with its members, the posts of its open rounds, and messages that are no rounds.

    The posts are in the order of their rounds, which are numbered from 1; `kinds` are those of their items.
    """

    guild: int
    members: Sequence[int]
    posts: Sequence[int]
    kinds: Mapping[int, ItemKind]
    others: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volley:
    """What a volley took: `seconds` until the last answer was durable, `cpu` seconds of the peer.

    `taps` are the (message, member, letter) that were sent, in order; `sent` and `stamps` are the instants of sending
    and of becoming durable, if asked for.
    """

    count: int
    seconds: float
    cpu: float
    taps: Sequence[tuple[int, int, str]]
    sent: Sequence[int]
    stamps: Sequence[tuple[int, int, int, str]]


@dataclass(slots=True, kw_only=True)
class Corner:
    """One side: its server, its process, its database."""

    remote: Remote
    process: asyncio.subprocess.Process
    database: Path
    place: Place

    async def tell(self, order: str) -> Any:  # noqa: ANN401 - any JSON
        """Tell the peer to do something, and wait for its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(orjson.dumps(order) + b"\n")
        line = await asyncio.wait_for(self.process.stdout.readline(), _PATIENCE)
        if not line:
            said = self.database.with_suffix(".log").read_text(encoding="utf-8").splitlines()
            raise ChildProcessError(f"a side is gone: {' | '.join(said[-3:])}")
        return orjson.loads(line)

    async def volley(
        self,
        messages: Sequence[int],
        count: int,
        *,
        seed: int,
        rate: float | None = None,
    ) -> Volley:
        """Fire `count` taps, drawn at random, at messages: all at once and packed ahead, or `rate` per second."""
        await self.remote("wipe", messages=messages)
        drawn = await self.remote(
            "load",
            messages=messages,
            members=self.place.members,
            count=count,
            seed=seed,
            packed=rate is None,
        )
        await self.tell("begin")
        began = time.monotonic()
        fired = await self.remote("fire", rate=rate, stamped=rate is not None)
        await self.remote("found", members=0)
        done = await self.tell("finish")
        return Volley(
            count=fired["count"],
            seconds=done["at"] - began,
            cpu=done["cpu"],
            taps=list(dict.fromkeys((message, member, letter) for message, member, letter in drawn)),
            sent=fired["stamps"],
            stamps=[(at, message, member, letter) for at, message, member, letter in done["stamps"]],
        )


@contextlib.asynccontextmanager
async def corner(
    side: str, folder: Path, *, rounds: int, members: int, others: int = 0, stamped: bool = False
) -> AsyncIterator[Corner]:
    """Found a server with some members and open rounds, and let one side connect, until the block ends."""
    database = folder / f"{side}.db"
    async with server_process(folder / f"{side}-server.log", limits="none") as remote:
        await remote("settings", keep_taps=False)
        place = await found(remote, database, rounds=rounds, members=members, others=others)
        async with peer(side, remote, database, stamped=stamped) as process:
            found_corner = Corner(remote=remote, process=process, database=database, place=place)
            await found_corner.tell("ready")
            # The real bot compares every post with what it has when it connects.
            await remote("quiet", seconds=0.5)
            yield found_corner


@contextlib.asynccontextmanager
async def peer(
    side: str, remote: Remote, database: Path, *, stamped: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one side until the block ends; its log is beside the database."""
    arguments = [f"--discord={remote.address}", f"--database={database}", *(["--stamped"] if stamped else [])]
    with database.with_suffix(".log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.peer", side, *arguments),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=_LONGEST_LINE,
        )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _FAREWELL)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def found(remote: Remote, database: Path, *, rounds: int, members: int, others: int = 0) -> Place:
    """Found a server, write messages into it, and make a database in which the first of them are open rounds."""
    (made,) = await remote("found", members=members)
    written = [
        await remote("say", channel=made["channel"], member=made["owner"], text="Which?")
        for _ in range(rounds + others)
    ]
    posts = written[:rounds]
    # The bot's own letters stand there already, so that it need not put them there first.
    bot_id = await _bot_of(remote)
    for post in posts:
        for letter in LETTERS:
            await remote("tap", message=post, member=bot_id, letter=letter)
    kinds = await open_rounds(database, guild=made["id"], channel=made["channel"], posts=posts)
    return Place(guild=made["id"], members=made["members"], posts=posts, kinds=kinds, others=written[rounds:])


async def _bot_of(remote: Remote) -> int:
    headers = {"Authorization": f"Bot {DEFAULT_TOKEN}"}
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{remote.address}{BASE}/users/@me", headers=headers) as answer,
    ):
        return int((await answer.json())["id"])
