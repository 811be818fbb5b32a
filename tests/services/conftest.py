"""Fixtures: a house of services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes import Clock, FakePublisher
from tests.services.house import House, sample_bank


@pytest.fixture
def publisher() -> FakePublisher:
    """Give a chat in memory."""
    return FakePublisher()


@pytest.fixture
async def house(database: Path, clock: Clock, publisher: FakePublisher) -> AsyncIterator[House]:
    """Start all services; there is no schedule yet."""
    made = await House(file=database, clock=clock, publisher=publisher, banks=(sample_bank(),)).open()
    yield made
    await made.close()


@pytest.fixture
async def group(house: House) -> House:
    """Start all services for a server with one daily schedule."""
    await house.schedule()
    return house
