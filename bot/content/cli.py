"""What `trapwise bank check|stats|schema` do; each returns the exit code: 0 fine, 1 problems, 2 wrong use."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from bot.content.checks import SizeCheck
from bot.content.files import is_bank, is_folder
from bot.content.loader import LoadedBanks, load_bank, load_banks
from bot.content.problems import Problem
from bot.content.quality import shortcomings
from bot.content.schema import write_schemas
from bot.content.stats import bank_stats
from bot.domain.bank import Bank

FINE: Final = 0
PROBLEMS: Final = 1
WRONG_USE: Final = 2


def check(paths: Sequence[Path], out: TextIO, *, rendered: SizeCheck | None = None, strict: bool = False) -> int:
    """Check banks, or folders of banks: every problem on a line of its own, and a summary at the end.

    A `strict` check also takes for problems what a bank may have and a good one does not.
    """
    if (wrong := _wrong_use(paths)) is not None:
        print(wrong, file=out)
        return WRONG_USE
    measured = _and_shortcomings(rendered) if strict else rendered
    loaded = [_load(path, measured) for path in paths]
    problems = [problem for banks in loaded for problem in banks.all_problems]
    for problem in problems:
        print(problem, file=out)
    if problems:
        print(_summary(problems), file=out)
        return PROBLEMS
    for banks in loaded:
        for bank in banks.banks.values():
            print(f"{_contents(bank)}: no problems", file=out)
    return FINE


def stats(path: Path, out: TextIO, *, as_json: bool = False, as_markdown: bool = False) -> int:
    """Print the figures of a bank, or of every bank in a folder.

    As JSON it is one object with `banks` and `problems`; as Markdown only the coverage of the blueprint.
    """
    if (wrong := _wrong_use([path])) is not None:
        print(wrong, file=out)
        return WRONG_USE
    loaded = _load(path, None)
    problems = loaded.all_problems
    figures = [bank_stats(bank) for bank in loaded.banks.values()]
    if as_json:
        result = {"banks": [figure.as_json() for figure in figures], "problems": list(map(str, problems))}
        print(json.dumps(result, indent=2, ensure_ascii=False), file=out)
    else:
        tables = (figure.as_markdown() if as_markdown else figure.as_table() for figure in figures)
        print("\n\n".join(tables) or "There is nothing to count.", file=out)
        if problems:
            print(*problems, _summary(problems), sep="\n", file=out)
    return PROBLEMS if problems else FINE


def schema(folder: Path, out: TextIO) -> int:
    """Write the JSON Schemas into a folder and name the files."""
    try:
        written = write_schemas(folder)
    except OSError as error:
        print(f"{folder}: the schemas cannot be written there: {error.strerror}", file=out)
        return WRONG_USE
    for path in written:
        print(path, file=out)
    return FINE


def _and_shortcomings(rendered: SizeCheck | None) -> SizeCheck:
    return lambda bank: [*(rendered(bank) if rendered is not None else ()), *shortcomings(bank)]


def _wrong_use(paths: Sequence[Path]) -> str | None:
    """What is wrong with the paths as such, in a sentence."""
    if not paths:
        return "name the folder of a bank, or a folder of banks"
    for path in paths:
        if not is_folder(path):
            return f"{path}: there is no such folder: name the folder of a bank, or a folder of banks"
    return None


def _load(path: Path, rendered: SizeCheck | None) -> LoadedBanks:
    if is_bank(path):
        return LoadedBanks(results={path.name: load_bank(path, rendered=rendered)}, problems=())
    return load_banks(path, rendered=rendered)


def _summary(problems: Sequence[Problem]) -> str:
    return f"{_count(len(problems), 'problem')} in {_count(len({problem.file for problem in problems}), 'file')}"


def _contents(bank: Bank) -> str:
    lessons, items = _count(len(bank.lessons), "lesson"), _count(len(list(bank.items())), "item")
    return f"{bank.id}: {lessons}, {items}, {_count(len(bank.traps), 'trap')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
