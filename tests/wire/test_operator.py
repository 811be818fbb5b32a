"""What an operator meets on the command line: a disk that fills up, a second bot, a folder that cannot be written."""

import asyncio
import os
import resource
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.wire.guilds import found_guild
from tests.wire.processes import Running, start
from tests.wire.server import WireServer
from tests.wire.state import DEFAULT_TOKEN
from tests.wire.test_bot import set_up
from tests.wire.test_private import CALLBACK
from tests.wire.truth import choices, posts, stored_choices
from tests.wire.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")

CROWD = 150


async def trapwise(wire: WireServer, data: Path, log: Path, *arguments: str, database: Path | None = None) -> Running:
    """Start the plain command line, with Discord at another address."""
    point = f"from tests.wire.point import point_discord_at; point_discord_at({wire.address!r})"
    command = f"{point}; import sys; from bot.__main__ import main; sys.exit(main(sys.argv[1:]))"
    return await start(
        ["-c", command, *arguments],
        log,
        DISCORD_TOKEN=DEFAULT_TOKEN,
        TRAPWISE_DATA_DIR=str(data),
        DATABASE_URL="" if database is None else f"sqlite:///{database}",
    )


@asynccontextmanager
async def bot_of(wire: WireServer, data: Path, log: Path) -> AsyncIterator[Running]:
    """Run the bot until the block ends."""
    running = await trapwise(wire, data, log, "run")
    try:
        await wire.gateway.ready()
        yield running
    finally:
        await running.make_sure()


async def health(wire: WireServer, data: Path) -> tuple[int, str]:
    """Ask the health check; gives its exit code and its sentence."""
    log = data.parent / "health.log"
    log.unlink(missing_ok=True)
    asked = await trapwise(wire, data, log, "health")
    return await asked.ended(), asked.said().strip()


def leave_room(running: Running, data: Path) -> None:
    """Let the process's files grow no further, as on a disk that is full; SQLite meets a write that fails."""
    most = (data / "trapwise.db-wal").stat().st_size
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def give_room(running: Running) -> None:
    """Let them grow again."""
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def test_a_full_disk_is_told_by_the_log_and_the_health_check(wire: WireServer, tmp_path: Path) -> None:
    """Answers wait while there is no room, commands say so politely, and all is stored as soon as there is room."""
    guild = found_guild(wire.world, members=CROWD)
    (channel,) = guild.channels.values()
    data, database = tmp_path / "data", tmp_path / "data" / "trapwise.db"
    async with bot_of(wire, data, tmp_path / "bot.log") as running:
        await set_up(wire, guild, channel)
        await wire.people.slash(channel.id, guild.owner_id, "round post")
        await until(lambda: posts(wire.world))
        (message,) = posts(wire.world)[1]
        await until(lambda: len(message.reactions) > 1)
        wire.people.tap(message.id, guild.owner_id, "A")
        await until(lambda: stored_choices(database, 1) == {guild.owner_id: "A"})
        leave_room(running, data)
        for member in guild.members:
            if member not in (wire.world.bot.id, guild.owner_id):
                wire.people.tap(message.id, member, "B")
        await until(lambda: "takes no writes" in running.said())
        refused = await wire.people.slash(channel.id, guild.owner_id, "round post")
        assert "I cannot store anything just now" in refused.text
        assert "Leaderboard" in (await wire.people.slash(channel.id, guild.owner_id, "leaderboard")).text
        code, said = await health(wire, data)
        assert (code, "nothing can be stored" in said) == (1, True)
        give_room(running)
        await until(lambda: stored_choices(database, 1) == choices(message, single=True))
        await until(lambda: "takes writes again" in running.said())
        assert (await health(wire, data))[0] == 0
        assert await running.stop() == 0
    assert running.said().count("takes no writes") == 1
    assert "Traceback" not in running.said()


async def test_a_second_bot_on_the_same_database_is_refused(wire: WireServer, tmp_path: Path) -> None:
    """It ends with one sentence that names the first; once the first was killed, the next one runs."""
    found_guild(wire.world)
    data = tmp_path / "data"
    async with bot_of(wire, data, tmp_path / "first.log") as first:
        second = await trapwise(wire, data, tmp_path / "second.log", "run")
        assert await second.ended() == 1
        (sentence,) = [line for line in second.said().splitlines() if "trapwise.db" in line]
        assert f"another Trapwise is using this database (process {first.pid} on " in sentence
        assert "Traceback" not in second.said()
        assert first.process.returncode is None
        first.kill()
        await first.ended()
        async with bot_of(wire, data, tmp_path / "third.log") as third:
            assert await third.stop() == 0


async def test_a_database_that_cannot_be_written_ends_the_start(wire: WireServer, tmp_path: Path) -> None:
    """One sentence and exit code 1, whatever keeps the file from being written; nothing is left behind."""
    if os.geteuid() == 0:
        database = Path("/proc/trapwise.db")  # a folder in which not even root can make a file
    else:
        database = tmp_path / "closed" / "trapwise.db"
        database.parent.mkdir(mode=0o555)
    running = await trapwise(wire, tmp_path / "data", tmp_path / "bot.log", "run", database=database)
    assert await running.ended() == 1
    assert f"{database}: " in running.said()
    assert "Traceback" not in running.said()


async def test_a_stop_while_the_disk_is_full_counts_what_is_lost(wire: WireServer, tmp_path: Path) -> None:
    """Answers that wait at a stop are told in one line; a command that waits with them leaves no trace."""
    guild = found_guild(wire.world, members=CROWD)
    (channel,) = guild.channels.values()
    data, database = tmp_path / "data", tmp_path / "data" / "trapwise.db"
    async with bot_of(wire, data, tmp_path / "bot.log") as running:
        await set_up(wire, guild, channel)
        await wire.people.slash(channel.id, guild.owner_id, "round post")
        await until(lambda: posts(wire.world))
        (message,) = posts(wire.world)[1]
        await until(lambda: len(message.reactions) > 1)
        wire.people.tap(message.id, guild.owner_id, "A")
        await until(lambda: stored_choices(database, 1) == {guild.owner_id: "A"})
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            everyone = [each for each in guild.members if each not in (wire.world.bot.id, guild.owner_id)]
            for member in everyone:
                wire.people.tap(message.id, member, "B")
            await until(lambda: "takes no writes" in running.said())
            answered = len(wire.journal.of(CALLBACK))
            waiting = asyncio.create_task(wire.people.slash(channel.id, guild.owner_id, "round post"))
            # It is answered, so the letters before it have been heard.
            await until(lambda: len(wire.journal.of(CALLBACK)) > answered)
            assert await running.stop() == 0
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
    assert running.said().count(f"{len(everyone)} answers were received and could not be stored") == 1
    assert "never retrieved" not in running.said()
    assert "Traceback" not in running.said()


async def test_a_database_that_is_deleted_is_told(wire: WireServer, tmp_path: Path) -> None:
    """The log and the health check say that the file is gone."""
    found_guild(wire.world)
    data = tmp_path / "data"
    async with bot_of(wire, data, tmp_path / "bot.log") as running:
        await until((data / "heartbeat").exists)
        (data / "trapwise.db").rename(tmp_path / "moved.db")
        await until(lambda: "is gone" in running.said(), patience=40)
        code, said = await health(wire, data)
        assert (code, "the database file is gone" in said) == (1, True)
