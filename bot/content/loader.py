"""Loads banks from their folders: a sound bank, or every problem of all its files in one pass."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.content.build import build_bank
from bot.content.checks import Draft, SizeCheck, check_bank, check_rendered
from bot.content.files import (
    BANK_FILES,
    LESSONS,
    ContentFile,
    is_bank,
    is_folder,
    lesson_paths,
    load_file,
    strays,
    whole,
)
from bot.content.problems import Problem
from bot.content.references import check_references
from bot.content.schema import BankFile, FileKind, LessonFile, SourcesFile, TrapsFile
from bot.domain.bank import Bank

SCHEMAS = "schema"
"""The folder beside the banks that holds the JSON Schemas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """A bank, or why there is none: exactly one of the two is there. The problems are sorted."""

    bank: Bank | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedBanks:
    """What a folder of banks holds, by the names of their folders, and what is wrong with that folder itself."""

    results: Mapping[str, LoadResult]
    problems: tuple[Problem, ...]

    @property
    def banks(self) -> Mapping[str, Bank]:
        """The sound banks by their ids."""
        return {result.bank.id: result.bank for result in self.results.values() if result.bank is not None}

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Every problem of the folder and its banks, sorted."""
        return _sorted([*self.problems, *(problem for result in self.results.values() for problem in result.problems)])


def load_bank(folder: Path, *, rendered: SizeCheck | None = None) -> LoadResult:
    """The bank in a folder, or every problem of every file there; never raises.

    Rendered sizes are measured once every file is well formed and every id leads somewhere; there is
    nothing to render before.
    """
    if not is_folder(folder):
        return LoadResult(bank=None, problems=(whole(folder, "there is no such folder"),))
    with _collector_at_rest():
        return _load(folder, rendered)


def load_banks(root: Path, *, rendered: SizeCheck | None = None) -> LoadedBanks:
    """Every bank in a folder of banks; never raises."""
    try:
        folders = sorted(path for path in root.iterdir() if is_folder(path) and path.name != SCHEMAS)
    except OSError as error:
        return LoadedBanks(results={}, problems=(whole(root, f"the folder cannot be read: {error.strerror}"),))
    results = {
        folder.name: load_bank(folder, rendered=rendered)
        for folder in folders
        if is_bank(folder) or not folder.name.startswith((".", "_"))
    }
    nothing = () if results else (whole(root, "there is no bank in this folder"),)
    return LoadedBanks(results=results, problems=nothing)


def _load(folder: Path, rendered: SizeCheck | None) -> LoadResult:
    draft, problems = _draft(folder)
    problems += check_references(draft.files, complete=draft.complete)
    bank = None if problems else _build(draft.files)
    problems += check_bank(draft)
    if bank is not None and rendered is not None:
        problems += check_rendered(draft, bank, rendered)
    return LoadResult(bank=None if problems else bank, problems=_sorted(problems))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the cyclic collector from walking a growing tree again and again: there are no cycles in it to find."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _draft(folder: Path) -> tuple[Draft, list[Problem]]:
    fixed = [load_file(folder / name, kind) for kind, name in BANK_FILES.items()]
    lessons = [load_file(path, FileKind.LESSON) for path in lesson_paths(folder)]
    problems = [*strays(folder)]
    if not lessons:
        problems.append(whole(folder / LESSONS, "there is no lesson here: a bank needs at least one"))
    files = (*fixed, *lessons)
    complete = not problems and all(file.readable for file in files)
    problems += (problem for file in files for problem in file.problems)
    return Draft(folder=folder, files=files, complete=complete), problems


def _build(files: Iterable[ContentFile]) -> Bank:
    """The bank of files without a problem, each of which therefore has its model."""
    models = [file.model for file in files]
    bank = next(model for model in models if isinstance(model, BankFile))
    sources = next(model for model in models if isinstance(model, SourcesFile))
    traps = next(model for model in models if isinstance(model, TrapsFile))
    return build_bank(bank, sources, traps, (model for model in models if isinstance(model, LessonFile)))


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems)))
