"""The gateway against unmodified discord.py: sessions, resumes, compression, events that go wrong, closing codes."""

import asyncio
from typing import Any

import aiohttp
import discord
import orjson
import pytest

from tests.wire import guilds
from tests.wire.clients import INTENTS, Listener, connected
from tests.wire.compression import Zlib, stream_of
from tests.wire.event_faults import EventFault, EventFaultKind
from tests.wire.guilds import learners
from tests.wire.messages import create
from tests.wire.protocol import Close, Op
from tests.wire.server import WireServer
from tests.wire.state import Channel, Guild
from tests.wire.waiting import until


def ask(wire: WireServer, channel: Channel) -> int:
    """Put a message of the bot's into a channel."""
    return create(wire.world, channel, wire.world.bot, {"content": "Which?"}).id


async def test_only_the_events_of_the_intents_are_heard(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """With servers and reactions, a client hears taps of both sorts with their members, and no messages."""
    async with connected(wire) as client:
        message = ask(wire, channel)
        wire.people.say(channel.id, guild.owner_id, "hello")
        member = learners(wire.world, guild)[0]
        wire.people.tap(message, member, "A")
        wire.people.tap(message, member, "A", burst=True)
        wire.people.lift(message, member, "A")
        wire.people.clear(message, "A")
        wire.people.clear(message)
        await until(lambda: len(client.heard) >= 5)
        assert [each[0] for each in client.heard] == ["add", "add", "remove", "clear emoji", "clear"]
        assert [each[3] for each in client.heard[:3]] == [False, True, False]
        assert client.messages == []
        assert [each.id for each in client.guilds] == [guild.id]


async def test_every_intent_can_be_asked_for(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """With the intent for messages they are heard too."""
    async with connected(wire, Listener(discord.Intents(guilds=True, guild_messages=True))) as client:
        wire.people.say(channel.id, guild.owner_id, "hello")
        wire.people.tap(ask(wire, channel), guild.owner_id, "A")
        await until(lambda: len(client.messages) >= 2)
        assert client.heard == []


async def test_messages_are_compressed_as_discord_py_asks(wire: WireServer) -> None:
    """discord.py asks for a stream, and reads thousands of events from it."""
    packed: list[int] = []
    pack = Zlib.pack

    def counting(stream: Zlib, message: bytes) -> bytes:
        packed.append(len(message))
        return pack(stream, message)

    Zlib.pack = counting  # type: ignore[method-assign,assignment]
    try:
        guild = guilds.found_guild(wire.world, members=2000)
        (place,) = guild.channels.values()
        async with connected(wire) as client:
            message = ask(wire, place)
            everyone = learners(wire.world, guild)
            for member in everyone:
                wire.people.tap(message, member, "A")
            assert await client.members_heard(2000) == everyone
    finally:
        Zlib.pack = pack  # type: ignore[method-assign]
    asked = discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE
    assert (len(packed) > 2000) == (asked == "zlib-stream")


def test_unknown_compression_is_an_error() -> None:
    """A client that asks for what Discord does not offer is a mistake of the test."""
    with pytest.raises(KeyError):
        stream_of("gzip")


async def test_a_resume_replays_what_was_missed_in_order(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """A broken connection is resumed: what happened meanwhile arrives once, and nothing twice."""
    async with connected(wire) as client:
        message, everyone = ask(wire, channel), learners(wire.world, guild)
        wire.people.tap(message, everyone[0], "A")
        await client.members_heard(1)
        wire.gateway.cut()
        for member in everyone[1:]:
            wire.people.tap(message, member, "A")
        await until(lambda: "resumed" in client.connection)
        assert await client.members_heard(5) == everyone
        assert client.connection == ["connect", "disconnect", "resumed"]
    assert (wire.gateway.identified, wire.gateway.resumed) == (1, 1)


async def test_a_forgotten_session_begins_anew(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """When the session is gone, discord.py is told so and identifies again; what was missed is not replayed."""
    async with connected(wire) as client:
        message, everyone = ask(wire, channel), learners(wire.world, guild)
        wire.gateway.cut(resumable=False)
        wire.people.tap(message, everyone[0], "A")
        await until(lambda: wire.gateway.identified == 2)
        wire.people.tap(message, everyone[1], "A")
        assert await client.members_heard(1) == [everyone[1]]
    assert wire.gateway.resumed == 0
    assert client.connection.count("connect") == 2


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_not_as_told(wire: WireServer, resumable: bool) -> None:
    """Opcode 9 says whether the session may be resumed."""
    async with connected(wire):
        wire.gateway.invalidate(resumable=resumable)
        await until(lambda: wire.gateway.resumed + wire.gateway.identified == 2)
    assert wire.gateway.resumed == int(resumable)


async def test_a_request_to_reconnect_is_followed_by_a_resume(wire: WireServer) -> None:
    """Opcode 7 moves the client to another connection of the same session."""
    async with connected(wire):
        wire.gateway.ask_to_reconnect()
        await until(lambda: wire.gateway.resumed == 1)


async def test_a_heartbeat_is_given_when_asked_for(wire: WireServer) -> None:
    """Opcode 1 is answered at once, between the regular beats."""
    async with connected(wire):
        before = [op for op, _ in wire.gateway.received].count(Op.HEARTBEAT)
        wire.gateway.ask_for_heartbeat()
        await until(lambda: [op for op, _ in wire.gateway.received].count(Op.HEARTBEAT) == before + 1)


async def test_heartbeats_come_in_the_interval_that_was_told(wire: WireServer) -> None:
    """A short interval keeps a quiet connection alive."""
    wire.gateway.heartbeat = 0.4  # a busy machine is late by a tenth of a second or two
    async with connected(wire) as client:
        await until(lambda: [op for op, _ in wire.gateway.received].count(Op.HEARTBEAT) >= 5)
        assert client.connection == ["connect"]
        assert client.latency < 1


async def test_the_gateway_can_be_away(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """While it cannot be reached discord.py tries again and again; then it resumes and hears what it missed."""
    async with connected(wire) as client:
        message, everyone = ask(wire, channel), learners(wire.world, guild)
        wire.gateway.go_away(0.2)
        wire.people.tap(message, everyone[0], "A")
        await until(lambda: wire.gateway.refused >= 1)
        assert await client.members_heard(1) == [everyone[0]]
    assert wire.gateway.resumed == 1


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        (EventFaultKind.DROP, [0, 2]),
        (EventFaultKind.REPEAT, [0, 1, 1, 2]),
        (EventFaultKind.SWAP, [0, 2, 1]),
        (EventFaultKind.DELAY, [0, 2, 1]),
    ],
)
async def test_events_are_lost_repeated_overtaken_or_late(
    wire: WireServer, guild: Guild, channel: Channel, kind: EventFaultKind, order: list[int]
) -> None:
    """The second of three taps goes wrong, the others do not."""
    wire.gateway.faults.add(EventFault(kind=kind, nth=2))
    async with connected(wire) as client:
        message, everyone = ask(wire, channel), learners(wire.world, guild)
        for member in everyone[:3]:
            wire.people.tap(message, member, "A")
        heard = await client.members_heard(len(order))
        await asyncio.sleep(0.25)
        assert len(client.heard) == len(order)
    assert heard == [everyone[place] for place in order]


async def test_members_are_found_by_id_and_by_name(wire: WireServer, guild: Guild) -> None:
    """Opcode 8 answers for a hundred ids at a time, without those who left, and needs no privileged intent."""
    everyone = learners(wire.world, guild)
    guilds.leave(wire.world, guild, everyone[0])
    async with connected(wire) as client:
        (known,) = client.guilds
        by_id = await known.query_members(user_ids=everyone)
        by_name = await known.query_members("member 3")
    assert [member.id for member in by_id] == everyone[1:]
    assert [member.name for member in by_name] == ["member_3"]


async def test_a_privileged_intent_that_was_not_given_is_refused(wire: WireServer, guild: Guild) -> None:
    """Asking for members closes with 4014, which discord.py turns into its own error."""
    client = Listener(discord.Intents(guilds=True, members=True))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1), connected(wire, client):
            pass
    assert wire.gateway.identified == 0
    assert client.is_closed()


async def _talk(wire: WireServer, *said: object, query: str = "v=10&encoding=json") -> tuple[list[Any], int | None]:
    """Say things to the gateway, and listen until it closes; gives what was heard, and the code."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{wire.address}/gateway?{query}") as socket:
        for each in said:
            await socket.send_str(each if isinstance(each, str) else orjson.dumps(each).decode())
        heard = [orjson.loads(message.data) async for message in socket]
        return heard, socket.close_code


def _identify(wire: WireServer, **changes: object) -> dict[str, object]:
    return {"op": Op.IDENTIFY, "d": {"token": wire.world.token, "intents": INTENTS.value, **changes}}


async def test_whoever_breaks_the_rules_is_told_why(wire: WireServer) -> None:
    """Each mistake closes the connection with Discord's own code."""
    late = {"op": Op.RESUME, "d": {"token": wire.world.token, "session_id": "?", "seq": 1}}
    closed: dict[Close, list[object]] = {
        Close.UNKNOWN_OP: [{"op": 99}],
        Close.UNREADABLE: ["no json"],
        Close.NOT_IDENTIFIED: [{"op": Op.REQUEST_MEMBERS, "d": {}}],
        Close.BAD_TOKEN: [_identify(wire, token="guessed")],
        Close.IDENTIFIED_ALREADY: [_identify(wire), _identify(wire)],
        Close.BAD_SHARD: [_identify(wire, shard=[2, 2])],
        Close.BAD_INTENTS: [_identify(wire, intents=-1)],
        Close.INTENTS_NOT_ALLOWED: [_identify(wire, intents=1 << 1)],
        Close.TOO_FAST: [{"op": Op.HEARTBEAT}] * 121,
    }
    for code, said in closed.items():
        assert (await _talk(wire, *said))[1] == code, code
    assert (await _talk(wire, query="v=9"))[1] == Close.BAD_VERSION
    wire.gateway.heartbeat = 0.4  # a busy machine is late by a tenth of a second or two
    heard, closed_with = await _talk(wire, late)
    assert heard[1] == {"op": Op.INVALID_SESSION, "d": False, "s": None, "t": None}
    assert closed_with == Close.SESSION_TIMED_OUT
