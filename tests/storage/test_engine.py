"""SQLAlchemy's engine is loaded alone, and the rest of it on demand."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "command",
    [
        "import sys, bot.__main__; sys.exit('sqlalchemy.orm' in sys.modules)",
        "import bot.app; from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession; AsyncSession(AsyncEngine)",
        "import bot.app, sqlalchemy.ext.asyncio as all; assert all.AsyncEngine is bot.storage.engine.AsyncEngine",
        "import sqlalchemy.ext.asyncio as all, bot.app; assert all.AsyncEngine is bot.storage.engine.AsyncEngine",
        "import bot.app, sqlalchemy; sqlalchemy.ext.asyncio.async_sessionmaker()",
    ],
)
def test_the_orm_is_loaded_only_for_whoever_asks_for_it(command: str) -> None:
    """Starting the bot leaves it out; whoever wants a session finds the package whole, with the same engine."""
    done = subprocess.run([sys.executable, "-c", command], check=False, capture_output=True, text=True)  # noqa: S603  # our own words
    assert done.returncode == 0, done.stderr
