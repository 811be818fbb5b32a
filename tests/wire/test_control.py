"""A server in a process of its own, driven over loopback."""

import asyncio
from pathlib import Path

import discord
import pytest

from tests.wire.clients import INTENTS
from tests.wire.control import ControlProblem
from tests.wire.point import pointed_at
from tests.wire.processes import server_process
from tests.wire.state import DEFAULT_TOKEN
from tests.wire.waiting import until


async def test_a_volley_comes_from_another_process(tmp_path: Path) -> None:
    """What is loaded is fired in its order, at full speed or at a rate, with the time at which each was sent."""
    heard: list[tuple[int, int, str]] = []

    class Client(discord.Client):
        async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
            heard.append((event.message_id, event.user_id, chr(ord(str(event.emoji)) - 0x1F1E6 + ord("A"))))

    client = Client(intents=INTENTS, max_messages=None)
    async with server_process(tmp_path / "server.log", limits="none") as remote:
        (place,) = await remote("found", members=300)
        with pointed_at(remote.address):
            running = asyncio.create_task(client.start(DEFAULT_TOKEN))
            await remote("ready")
            message = await client.get_partial_messageable(place["channel"], guild_id=place["id"]).send("Which?")
            taps = await remote("load", messages=[message.id], members=place["members"], count=300, seed=3)
            fired = await remote("fire")
            await remote("wipe", messages=[message.id])
            steady = await remote("fire", rate=600, stamped=True)
            await remote("wipe", messages=[message.id])
            again = await remote("load", messages=[message.id], members=place["members"], count=300, packed=True)
            held = await remote("reactions", message=message.id)
            await asyncio.sleep(0.05)
            assert len(heard) <= fired["count"] + steady["count"]
            packed = await remote("fire")
            await until(lambda: len(heard) >= packed["count"] + fired["count"] + steady["count"])
            await client.close()
            await asyncio.gather(running, return_exceptions=True)
        stats = await remote("stats")
    wanted = list(dict.fromkeys(tuple(tap) for tap in taps))
    more = list(dict.fromkeys(tuple(tap) for tap in again))
    assert heard == wanted * 2 + more
    assert steady["count"] == len(steady["stamps"]) == len(wanted)
    assert steady["seconds"] > 0.45
    assert sum(len(each["normal"]) for each in held.values()) == packed["count"] == len(more)
    assert stats["identified"] == 1


async def test_what_goes_wrong_there_is_told_here(tmp_path: Path) -> None:
    """A command that fails, or that is none, raises at the other end."""
    async with server_process(tmp_path / "server.log") as remote:
        with pytest.raises(ControlProblem, match="KeyError"):
            await remote("reactions", message=1)
        with pytest.raises(ControlProblem, match="no command dance"):
            await remote("dance")
