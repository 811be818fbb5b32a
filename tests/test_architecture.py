"""The shape of the code: what the linters cannot see, and that the import contracts really bite."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "bot").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = 400
EMPTY_NAMES = ("utils", "util", "helpers", "helper", "common", "manager", "misc")

# One import for every contract that it breaks; `layers` also has a module that has no layer.
BREACHES = {
    "layers": ("bot/storage/bad.py", "import bot.content\n"),
    "cycles": ("bot/domain/first.py", "import bot.domain.second\n"),
    "pure-domain": ("bot/domain/bad.py", "import os.path\n"),
    "discord": ("bot/app.py", "from discord.ext import commands\n"),
    "sql": ("bot/services/sql.py", "import sqlalchemy.orm\n"),
    "yaml": ("bot/app.py", "import yaml\n"),
    "pydantic": ("bot/services/model.py", "from pydantic import BaseModel\n"),
    "settings": ("bot/app.py", "import platformdirs\n"),
    "simcord": ("bot/chat/fake.py", "import simcord\n"),
    "sometimes-used": ("bot/chat/card.py", "from PIL import Image\n"),
}
# A skeleton of the house in which every contract holds.
SOUND = {
    "bot/__init__.py": "",
    "bot/__main__.py": "import bot.playground\n",
    "bot/playground/__init__.py": "import simcord, bot.app\n",
    "bot/app.py": "import bot.settings, bot.log, bot.chat\n",
    "bot/upkeep.py": "import bot.services\n",
    "bot/settings.py": "import platformdirs, dotenv, pydantic\n",
    "bot/log.py": "import logging\n",
    "bot/chat/__init__.py": "import discord, bot.services, bot.pictures\n",
    "bot/pictures/__init__.py": "import bot.domain\n",
    "bot/pictures/card.py": "import PIL\n",
    "bot/services/__init__.py": "import bot.storage, bot.content\n",
    "bot/storage/__init__.py": "import sqlalchemy, alembic, bot.domain\n",
    "bot/storage/dialect.py": "import aiosqlite\n",
    "bot/content/__init__.py": "import yaml, pydantic, bot.domain\n",
    "bot/domain/__init__.py": "",
    "bot/domain/second.py": "",
}


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def _house(folder: Path, files: dict[str, str]) -> str:
    """Builds a house of `files` under today's contracts and returns what import-linter says about it."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for package in {path.parent for path in folder.rglob("*.py")}:
        (package / "__init__.py").touch()
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = subprocess.run(  # noqa: S603  # our own interpreter, our own words
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return " ".join((done.stdout + done.stderr).split())


def test_the_contracts_hold_in_a_sound_house(tmp_path: Path) -> None:
    """The skeleton itself is right, so that what breaks below is the one thing added to it."""
    assert f"Contracts: {len(_contracts())} kept, 0 broken" in _house(tmp_path, SOUND)


def test_every_contract_catches_its_breach(tmp_path: Path) -> None:
    """One bad import for each contract breaks each of them: none is an empty promise."""
    contracts = {contract["id"]: contract["name"] for contract in _contracts()}
    assert BREACHES.keys() == contracts.keys()
    house = SOUND | {"bot/stray.py": "", "bot/domain/second.py": "import bot.domain.first\n"}
    for path, text in BREACHES.values():
        house[path] = house.get(path, "") + text
    said = _house(tmp_path, house)
    kept = [name for name in contracts.values() if f"{name} BROKEN" not in said]
    assert kept == []
    assert "bot.stray" in said


def test_the_domain_imports_the_standard_library_only() -> None:
    """The rules of the game run anywhere Python runs."""
    strangers = {
        f"{_short(path)}: {name}"
        for path in MODULES
        if path.is_relative_to(ROOT / "bot" / "domain")
        for name in _imports(ast.parse(path.read_text(encoding="utf-8")))
        if not name.startswith("bot.domain") and name.partition(".")[0] not in sys.stdlib_module_names
    }
    assert strangers == set()


def test_only_the_settings_read_the_environment() -> None:
    """What a process was told from outside is checked in one place and passed on as values."""
    readers = {
        _short(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and {"environ", "getenv"} & _names(node))
    }
    assert readers == {"bot/settings.py"}


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


@pytest.mark.parametrize("path", MODULES + TESTS, ids=_short)
def test_a_module_fits_in_the_head(path: Path) -> None:
    """A module that outgrows the limit has more than one job."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=_short)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    """The first thing a reader meets in each module is a sentence on its purpose."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", MODULES + TESTS, ids=_short)
def test_names_say_something(path: Path) -> None:
    """A drawer for odds and ends soon holds everything, so none is opened: no module, class or function so named."""
    words = {part for piece in path.relative_to(ROOT).parts for part in piece.removesuffix(".py").split("_")}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name.lower().endswith(EMPTY_NAMES):
            words.add(node.name.lower())
    assert not [word for word in words if word.endswith(EMPTY_NAMES)]


@pytest.mark.parametrize("path", TESTS, ids=_short)
def test_every_test_states_its_behaviour(path: Path) -> None:
    """Each test opens with a sentence on what holds, so that a failure can be judged without reading the code."""
    silent = [
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test")
        and not ast.get_docstring(node)
    ]
    assert silent == []
