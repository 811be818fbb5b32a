"""Fixtures for the real bot in a simulated Discord."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.services.library import Shelf
from tests.chat.world import World, running


@pytest.fixture
async def world(tmp_path: Path, shelves: list[Shelf]) -> AsyncIterator[World]:
    """Run a server with the bot, not set up yet."""
    async with running(tmp_path / "trapwise.db", shelves) as made:
        yield made


@pytest.fixture
async def group(world: World) -> World:
    """Run a server that has done `/setup`."""
    await world.set_up()
    return world
