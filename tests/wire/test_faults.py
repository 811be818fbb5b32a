"""What goes wrong with requests, as unmodified discord.py meets it."""

import asyncio
from collections import Counter
from random import Random

import aiohttp
import discord
import pytest

from tests.wire.clients import connected
from tests.wire.faults import RETRIED, Fault, FaultKind, Faults, Weather
from tests.wire.server import WireServer
from tests.wire.state import Channel
from tests.wire.waiting import until

SEND = "POST /channels/{channel_id}/messages"
REACT = "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        (FaultKind.FAIL_BEFORE, 0),
        (FaultKind.FAIL_AFTER, 1),
        (FaultKind.DROP_BEFORE, 0),
        (FaultKind.DROP_AFTER, 1),
    ],
)
async def test_a_request_fails_before_or_after_its_effect(
    wire: WireServer, channel: Channel, kind: FaultKind, done: int
) -> None:
    """The client sees the same error either way; only the channel knows whether the message is there."""
    async with connected(wire) as client:
        fault = wire.faults.add(Fault(kind=kind, route=SEND))
        with pytest.raises((discord.DiscordServerError, aiohttp.ClientError)):
            await client.place(channel).send("Which?")
        assert fault.met.is_set()
        assert len(channel.messages) == done
        await client.place(channel).send("Again?")
    assert len(channel.messages) == done + 1
    assert wire.journal.of(SEND)[0].fault == kind.name


async def test_discord_py_tries_again_and_the_nonce_keeps_it_from_doing_it_twice(
    wire: WireServer, channel: Channel
) -> None:
    """After a 502 that came too late the same message is sent again, and stands there once."""
    wire.faults.add(Fault(kind=FaultKind.FAIL_AFTER, route=SEND, status=RETRIED[1]))
    async with connected(wire) as client:
        sent = await client.place(channel).send("Which?", nonce="n1")
    assert list(channel.messages) == [sent.id]
    assert [entry.status for entry in wire.journal.of(SEND)] == [502, 200]


async def test_the_nth_request_of_a_route_is_counted_from_now(wire: WireServer, channel: Channel) -> None:
    """Two requests of the route pass, the third and fourth fail, the fifth passes; other routes do not count."""
    async with connected(wire) as client:
        place = client.place(channel)
        wire.faults.add(Fault(kind=FaultKind.FAIL_BEFORE, route="POST *", nth=3, times=2))
        outcomes = []
        for number in range(5):
            try:
                await (await place.send(str(number))).fetch()
                outcomes.append(True)
            except discord.DiscordServerError:
                outcomes.append(False)
    assert outcomes == [True, True, False, False, True]


async def test_a_held_answer_waits_after_the_effect(wire: WireServer, channel: Channel) -> None:
    """While the answer to a send is held, the message is there and people react to it."""
    async with connected(wire) as client:
        fault = wire.faults.add(Fault(kind=FaultKind.HOLD_AFTER, route=SEND))
        sending = asyncio.create_task(client.place(channel).send("Which?"))
        await asyncio.wait_for(fault.met.wait(), 5)
        await until(lambda: channel.messages)
        (message,) = channel.messages.values()
        wire.people.tap(message.id, wire.world.bot.id, "A")
        assert not sending.done()
        fault.released.set()
        assert (await sending).id == message.id


async def test_a_storm_of_429_is_waited_out(wire: WireServer, channel: Channel) -> None:
    """discord.py waits as long as each refusal says, and the message is sent once."""
    wire.faults.add(Fault(kind=FaultKind.LIMITED, route=SEND, times=3, seconds=0.1))
    async with connected(wire) as client:
        await client.place(channel).send("Which?")
    assert [entry.status for entry in wire.journal.of(SEND)] == [429, 429, 429, 200]
    assert wire.journal.limited == 3


async def test_a_slow_answer_comes_all_the_same(wire: WireServer, channel: Channel) -> None:
    """The journal says how long a request took."""
    wire.faults.add(Fault(kind=FaultKind.SLOW, route=REACT, seconds=0.3))
    async with connected(wire) as client:
        await (await client.place(channel).send("Which?")).add_reaction("🇦")
    (entry,) = wire.journal.of(REACT)
    assert entry.seconds >= 0.3


def test_random_faults_are_the_same_for_the_same_seed() -> None:
    """A schedule that broke something can be run again, and its rates are kept."""

    def drawn(seed: int) -> list[str]:
        faults = Faults()
        faults.blow(Weather(rng=Random(seed), rates={FaultKind.FAIL_AFTER: 0.2, FaultKind.DROP_BEFORE: 0.1}))
        met = (faults.strike(SEND) for _ in range(2000))
        return [fault.kind.name if fault is not None else "" for fault in met]

    assert drawn(1) == drawn(1) != drawn(2)
    counted = Counter(drawn(1))
    assert 300 < counted["FAIL_AFTER"] < 500
    assert 120 < counted["DROP_BEFORE"] < 280
