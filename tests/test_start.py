"""Starting: what the bot has no use for yet is not loaded."""

import os
import subprocess
import sys
from pathlib import Path

LATER = frozenset(
    {
        "PIL",  # pictures
        "alembic",  # a database of another version
        "bot.content.cli",  # `trapwise bank`
        "bot.content.parser",  # a file that takes a YAML parser
        "bot.upkeep",  # `trapwise rebuild`
        "dotenv",  # a file `.env`
        "fsrs",  # reviews
        "platformdirs",  # a data folder that nobody named
        "simcord",  # the playground
        "sqlalchemy.orm",
        "yaml",
    }
)
"""What is imported when first used."""

_RUN = """
import sys, bot.__main__ as command_line

async def connected(*_):
    print(*sys.modules, sep="\\n")

command_line.stay_connected = connected
sys.exit(command_line.main(["run"]))
"""


def test_what_is_not_needed_yet_is_not_loaded(tmp_path: Path) -> None:
    """A bot whose database is there already comes to the point of connecting without any of it."""
    _loaded(tmp_path)  # makes the database
    loaded = _loaded(tmp_path)
    assert "discord" in loaded
    assert not loaded & LATER


def _loaded(folder: Path) -> frozenset[str]:
    settings = {"DISCORD_TOKEN": "a.b.c", "TRAPWISE_DATA_DIR": str(folder)}
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", _RUN],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)} | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(done.stdout.splitlines())
