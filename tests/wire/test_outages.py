"""Outages of Discord: its gateway, its REST API, its limits. Nothing is lost or comes twice; two lines tell of it."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat import gone, traffic
from bot.log import calm
from bot.services.library import Shelf
from tests.wire.clock import WireClock
from tests.wire.embedded import embedded_bot
from tests.wire.faults import Fault, FaultKind
from tests.wire.guilds import found_guild, learners
from tests.wire.limits import no_limits
from tests.wire.server import WireServer, make_server, serving
from tests.wire.state import Channel, Guild
from tests.wire.test_bot import agree, earned, post, set_up, truth
from tests.wire.truth import choices, posts, reveals, states, stored_choices, stored_units
from tests.wire.waiting import until

FAST = 60
"""A minute passes in a second."""

CHANNELS = "* /channels/*"
SERVERS = 5


@pytest.fixture
async def wire() -> AsyncIterator[WireServer]:
    """Serve a small Discord whose clock is fast."""
    async with serving(make_server(clock=WireClock(speed=FAST), limits=no_limits())) as server:
        yield server


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Let troubles be told, and be over, as quickly as everything else happens here."""
    monkeypatch.setattr(gone, "_BRIEF_SECONDS", 0.3)
    monkeypatch.setattr(traffic, "_CALM_SECONDS", 0.0)
    monkeypatch.setattr(traffic, "_FIRST_HOLD", 0.3)
    caplog.set_level(logging.INFO, "bot")


def told(caplog: pytest.LogCaptureFixture, *parts: str) -> Counter[str]:
    """Count the lines by what they are about; nothing worse than a warning, and no trace, is among them."""
    written = [record for record in caplog.records if calm(record)]
    assert [record for record in written if record.exc_info or record.levelno > logging.WARNING] == []
    return Counter({part: sum(part in record.getMessage() for record in written) for part in parts})


@pytest.mark.parametrize(("resumable", "how"), [(True, "has replayed"), (False, "being read from the posts")])
async def test_a_minute_without_the_gateway(
    wire: WireServer,
    guild: Guild,
    channel: Channel,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    caplog: pytest.LogCaptureFixture,
    resumable: bool,
    how: str,
) -> None:
    """New, changed and withdrawn answers of a minute's absence are found: replayed, or else read from the posts."""
    everyone = learners(wire.world, guild)
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        for member in everyone[:3]:
            wire.people.tap(message.id, member, "A")
        await agree(database, message, asked)
        if not resumable:
            wire.gateway.cut(resumable=False)
        wire.gateway.go_away(60 / FAST)
        wire.people.lift(message.id, everyone[0], "A")
        wire.people.lift(message.id, everyone[1], "A")
        wire.people.tap(message.id, everyone[1], "B")
        wire.people.tap(message.id, everyone[3], "C")
        await until(lambda: wire.gateway.connected)
        await agree(database, message, asked)
        await until(lambda: told(caplog, "gateway again")["gateway again"])
    assert told(caplog, "gateway has been gone", "gateway again", how) == Counter(
        {"gateway has been gone": 1, "gateway again": 1, how: 1}
    )


async def test_five_minutes_of_errors_across_a_close(
    wire: WireServer,
    guild: Guild,
    channel: Channel,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A question whose close falls into it is graded right and revealed once, soon after Discord answers again."""
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        for place, member in enumerate(learners(wire.world, guild)):
            wire.people.tap(message.id, member, asked.posed.letters[place % len(asked.posed.letters)])
        fault = wire.faults.add(Fault(kind=FaultKind.FAIL_BEFORE, route=CHANNELS, times=None, status=503))
        await wire.people.slash(channel.id, guild.owner_id, "round close")
        await until(lambda: states(database)[asked.id] == "closing")
        await asyncio.sleep(300 / FAST)
        assert states(database)[asked.id] == "closing"
        assert reveals(wire.world, message) == []
        wire.faults.remove(fault)
        await wire.people.slash(channel.id, guild.owner_id, "leaderboard")
        await until(lambda: reveals(wire.world, message), patience=60 / FAST + 2)
        await until(lambda: states(database)[asked.id] == "explained")
    assert len(reveals(wire.world, message)) == 1
    assert stored_units(database, asked.id) == earned(asked, truth(message, asked))
    assert told(caplog, "REST API does not answer", "REST API answers again") == Counter(
        {"REST API does not answer": 1, "REST API answers again": 1}
    )


STORMS = {
    "per route": Fault(kind=FaultKind.LIMITED, route=CHANNELS, times=None, seconds=0.1),
    "global": Fault(kind=FaultKind.LIMITED, route=CHANNELS, times=None, seconds=0.3, globally=True),
    "blocked": Fault(kind=FaultKind.FAIL_BEFORE, route=CHANNELS, times=None, status=429),
}


@pytest.mark.parametrize("storm", STORMS)
async def test_a_storm_of_limits(
    wire: WireServer,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    storm: str,
) -> None:
    """While Discord takes nothing, all servers together ask for little more than once; then all is done, once."""
    monkeypatch.setattr(traffic, "_CALM_SECONDS", 2.0)
    guilds = [found_guild(wire.world) for _ in range(SERVERS)]
    asked_in = {}
    async with embedded_bot(wire, database, shelves) as bot:
        for guild in guilds:
            (channel,) = guild.channels.values()
            await set_up(wire, guild, channel)
            message, asked = await post(wire, guild, channel, bot)
            wire.people.tap(message.id, learners(wire.world, guild)[0], "A")
            await agree(database, message, asked)
            asked_in[channel.id] = guild, message, asked
        wire.journal.clear()
        fault = wire.faults.add(STORMS[storm])
        for place, (guild, _, _) in asked_in.items():
            await wire.people.slash(place, guild.owner_id, "round close")
        await until(lambda: wire.journal.limited)
        await asyncio.sleep(90 / FAST)
        refused = wire.journal.limited
        wire.faults.remove(fault)
        for _, message, _ in asked_in.values():
            await until(lambda message=message: reveals(wire.world, message))  # type: ignore[misc]
        await until(lambda: set(states(database).values()) == {"explained"})
    # A post is read by one request for each letter and sort of reaction, all at once; hardly any of them comes again.
    reading = sum(2 * len(asked.posed.options) for _, _, asked in asked_in.values())
    assert 0 < refused <= reading + 3 * SERVERS
    for _, message, asked in asked_in.values():
        assert len(reveals(wire.world, message)) == 1
        assert len(posts(wire.world)[asked.id]) == 1
        assert stored_units(database, asked.id) == earned(asked, truth(message, asked))
    assert told(caplog, "Discord limits the bot")["Discord limits the bot"] == 1


async def test_a_post_is_found_again_by_a_clock_that_is_an_hour_ahead(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """When the answer to a send is lost, and Discord stays away longer than it knows a nonce, nothing comes twice."""
    wire.world.nonce_seconds = 0.5
    ahead = lambda: wire.world.clock() + timedelta(hours=1)  # noqa: E731
    async with embedded_bot(wire, database, shelves, clock=ahead):
        await set_up(wire, guild, channel)
        wire.faults.add(Fault(kind=FaultKind.FAIL_AFTER, route="POST /channels/*", status=503))
        away = wire.faults.add(Fault(kind=FaultKind.FAIL_BEFORE, route=CHANNELS, nth=2, times=None, status=503))
        await wire.people.slash(channel.id, guild.owner_id, "round post")
        await until(lambda: posts(wire.world))
        await asyncio.sleep(60 / FAST)
        wire.faults.remove(away)
        await wire.people.slash(channel.id, guild.owner_id, "leaderboard")
        await until(lambda: states(database) == {1: "open"})
    assert [len(each) for each in posts(wire.world).values()] == [1]


async def test_two_bots_on_one_database_ask_and_reveal_once(
    database: Path, shelves: Sequence[Shelf], *, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no lock keeps them apart: one post at the schedule's time, one reveal, everyone's answer, and a warning."""
    clock = WireClock(start=datetime(2026, 11, 24, 7, 28, tzinfo=UTC), speed=FAST)
    async with serving(make_server(clock=clock, limits=no_limits())) as wire:
        guild = found_guild(wire.world)
        (channel,) = guild.channels.values()
        everyone = learners(wire.world, guild)
        async with embedded_bot(wire, database, shelves), embedded_bot(wire, database, shelves, seed=8):
            await until(lambda: len(wire.gateway.connected) == 2)
            await set_up(wire, guild, channel)
            await until(lambda: states(database) == {1: "open"})
            (message,) = posts(wire.world)[1]
            await until(lambda: told(caplog, "another Trapwise")["another Trapwise"] == 2)
            for letter in "AB":
                for member in everyone:
                    wire.people.tap(message.id, member, letter)
            wire.people.lift(message.id, everyone[0], "B")
            single = "Choose one" in message.content
            await until(lambda: stored_choices(database, 1) == choices(message, single=single))
            await wire.people.slash(channel.id, guild.owner_id, "round close")
            await until(lambda: states(database) == {1: "explained"})
    assert [len(each) for each in posts(wire.world).values()] == [1]
    assert len(reveals(wire.world, message)) == 1
    assert stored_choices(database, 1) == choices(message, single=single)
    assert stored_units(database, 1).keys() == set(everyone)
