"""Fixtures for tests over the wire: a small Discord on loopback, without limits unless a test is about them."""

from collections.abc import AsyncIterator

import pytest

from tests.wire.guilds import found_guild
from tests.wire.limits import no_limits
from tests.wire.server import WireServer, make_server, serving
from tests.wire.state import Channel, Guild


@pytest.fixture
async def wire() -> AsyncIterator[WireServer]:
    """Serve a small Discord with nobody in it."""
    async with serving(make_server(limits=no_limits())) as server:
        # Discord itself waits three seconds: a loaded machine may need more.
        server.world.answer_seconds = 10.0
        yield server


@pytest.fixture
def guild(wire: WireServer) -> Guild:
    """Found a server with five members."""
    return found_guild(wire.world)


@pytest.fixture
def channel(guild: Guild) -> Channel:
    """Give its channel."""
    return next(iter(guild.channels.values()))
