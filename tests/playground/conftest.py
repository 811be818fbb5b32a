"""Fixtures for the playground: one that lives, and its page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.world import Playground
from bot.services.library import Shelf
from tests.playground.living import Desk, at_desk, living


@pytest.fixture
async def playground(tmp_path: Path, shelves: list[Shelf]) -> AsyncIterator[Playground]:
    """Run a demo server in which a question waits."""
    async with living(tmp_path / "playground.db", shelves) as made:
        yield made


@pytest.fixture
async def desk(playground: Playground) -> AsyncIterator[Desk]:
    """Serve its page."""
    async with at_desk(playground) as made:
        yield made
