"""Fixtures for every test: a real database of its own in ten milliseconds, and a clock that can be set."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot import app
from bot.services.library import Shelf
from bot.storage.store import Store, open_store
from tests.builders import NOW
from tests.fakes import Clock

settings.register_profile(
    "torture",
    max_examples=2000,
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
# No property has a time to keep to: a busy machine is no fault of it.
settings.register_profile("unhurried", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))


def url_of(file: Path) -> str:
    """Write a file as a database URL."""
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(scope="session", name="shipped")
def _shipped() -> list[Shelf]:
    """Load the banks that come with Trapwise."""
    return app.load_shelves([app.shipped_content()])


@pytest.fixture(scope="session")
def shelves(shipped: list[Shelf]) -> list[Shelf]:
    """Give the banks that a test's bot has: the shipped ones, unless a module of tests gives others."""
    return shipped


@pytest.fixture(scope="session")
def one_lesson(shipped: list[Shelf]) -> list[Shelf]:
    """Give the shipped bank with lesson 6.2 alone, for tests of what leads where: every question is of it."""
    return [
        replace(shelf, bank=replace(shelf.bank, lessons={"6.2": shelf.bank.lessons["6.2"]}))
        for shelf in shipped
        if "6.2" in shelf.bank.lessons
    ]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty database of the newest schema, to be copied."""
    file = tmp_path_factory.mktemp("template") / "trapwise.db"

    async def make() -> None:
        await (await open_store(url_of(file), now=NOW)).close()

    asyncio.run(make())
    return file


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    """Copy the empty database for one test."""
    return Path(shutil.copyfile(template, tmp_path / "trapwise.db"))


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    """Open a database of one's own."""
    opened = await open_store(url_of(database), now=NOW)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at Monday 23 November 2026, nine o'clock UTC."""
    return Clock(NOW)
