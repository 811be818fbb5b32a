"""Ids and what refers to them: what is missing, what nobody uses, what is there twice.

This works on the values as read rather than on the models, so that one wrong field in a file does not
hide what its other lines refer to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.content.files import ContentFile
from bot.content.problems import Problem, did_you_mean, quote
from bot.content.reader import Path
from bot.content.schema import FileKind
from bot.content.values import MAX_PROBLEMS, Value


class _Each:
    """Stands in a pattern for every entry of a list."""


EACH: Final = _Each()

Pattern = tuple[str | _Each, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    """Something that has an id: where ids are given, where they are used, and how a problem speaks of it."""

    noun: str
    kind: FileKind
    ids: Pattern
    uses: tuple[tuple[FileKind, Pattern], ...] = ()
    mentions: tuple[tuple[FileKind, Pattern], ...] = ()
    """Where it is named without being put to use."""
    unknown: str = ""
    unused: str = ""
    scope: int | None = None
    """How much of an id's path others must share to be in its way; None: all of the bank is."""


_THINGS = (
    _Thing(
        noun="source",
        kind=FileKind.SOURCES,
        ids=("sources", EACH, "id"),
        uses=(
            (FileKind.TRAPS, ("traps", EACH, "sources", EACH)),
            (FileKind.LESSON, ("sources", EACH)),
            (FileKind.LESSON, ("items", EACH, "sources", EACH)),
            (FileKind.LESSON, ("chain", "links", EACH, "sources", EACH)),
        ),
        unknown="is no source of sources.yaml",
        unused="no trap, lesson or item names this source",
    ),
    _Thing(
        noun="trap",
        kind=FileKind.TRAPS,
        ids=("traps", EACH, "id"),
        uses=(
            (FileKind.LESSON, ("items", EACH, "options", EACH, "trap")),
            (FileKind.LESSON, ("workflow", EACH, "trap")),
            (FileKind.LESSON, ("look_alikes", EACH, "trap")),
            (FileKind.LESSON, ("chain", "links", EACH, "trap")),
            (FileKind.LESSON, ("chain", "links", EACH, "faults", EACH, "trap")),
        ),
        mentions=((FileKind.TRAPS, ("traps", EACH, "see_also", EACH)),),
        unknown="is no trap of traps.yaml",
        unused="no option, workflow step, look-alike, link or fault names this trap",
    ),
    _Thing(
        noun="objective",
        kind=FileKind.BANK,
        ids=("blueprint", "domains", EACH, "objectives", EACH, "id"),
        uses=(
            (FileKind.LESSON, ("objectives", EACH)),
            (FileKind.LESSON, ("items", EACH, "objective")),
            (FileKind.LESSON, ("chain", "links", EACH, "objective")),
        ),
        unknown="is no objective of the blueprint in bank.yaml",
    ),
    _Thing(noun="domain", kind=FileKind.BANK, ids=("blueprint", "domains", EACH, "id")),
    _Thing(noun="lesson", kind=FileKind.LESSON, ids=("id",)),
    _Thing(noun="item", kind=FileKind.LESSON, ids=("items", EACH, "id")),
    _Thing(noun="link", kind=FileKind.LESSON, ids=("chain", "links", EACH, "id"), scope=2),
    _Thing(noun="fault", kind=FileKind.LESSON, ids=("chain", "links", EACH, "faults", EACH, "id"), scope=4),
)


@dataclass(frozen=True, slots=True)
class _Found:
    file: ContentFile
    path: Path
    id: str


def check_references(files: Sequence[ContentFile], *, complete: bool) -> Iterator[Problem]:
    """Every id that is given twice, missing or unused; the last only where the bank is `complete`."""
    for thing in _THINGS:
        if complete and _in_order(thing, files):
            continue
        ids = list(_find(files, thing.kind, thing.ids))
        uses = [use for kind, pattern in thing.uses for use in _find(files, kind, pattern)]
        mentions = [mention for kind, pattern in thing.mentions for mention in _find(files, kind, pattern)]
        yield from _given_twice(thing, ids)
        # Where ids could not be read, everything would seem to refer to nothing.
        if all(file.readable for file in files if file.kind is thing.kind):
            yield from _dangling(thing, {found.id for found in ids}, uses + mentions)
        yield from _listed_twice(uses + mentions)
        if complete and thing.unused:
            used = {use.id for use in uses}
            yield from (found.file.problem(found.path, thing.unused) for found in ids if found.id not in used)


def _in_order(thing: _Thing, files: Sequence[ContentFile]) -> bool:
    """Tell quickly that there is nothing to say about a thing, which is so in most banks."""
    ids = _texts(files, thing.kind, thing.ids)
    known, used, mentioned = set(ids), set[str](), set[str]()
    for found, patterns in ((used, thing.uses), (mentioned, thing.mentions)):
        for kind, pattern in patterns:
            found.update(_texts(files, kind, pattern))
            if pattern[-1] is EACH and any(_repeats(entries) for entries in _values(files, kind, pattern[:-1])):
                return False
    return len(known) == len(ids) and used | mentioned <= known and not (thing.unused and known - used)


def _repeats(value: Value) -> bool:
    texts = [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
    return len(set(texts)) < len(texts)


def _texts(files: Iterable[ContentFile], kind: FileKind, pattern: Pattern) -> list[str]:
    return [value for value in _values(files, kind, pattern) if isinstance(value, str)]


def _values(files: Iterable[ContentFile], kind: FileKind, pattern: Pattern) -> list[Value]:
    """Every value that a pattern leads to."""
    found = [file.document.value for file in files if file.kind is kind]
    for part in pattern:
        if isinstance(part, str):
            found = [value[part] for value in found if isinstance(value, dict) and part in value]
        else:
            found = [entry for value in found if isinstance(value, list) for entry in value]
    return found


def _find(files: Iterable[ContentFile], kind: FileKind, pattern: Pattern) -> Iterator[_Found]:
    for file in files:
        if file.kind is kind:
            yield from (_Found(file, path, text) for path, text in texts_at(file.document.value, pattern))


def texts_at(value: Value, pattern: Pattern) -> Iterator[tuple[Path, str]]:
    """Every text that a pattern leads to, with its path."""
    found: list[tuple[Path, Value]] = [((), value)]
    for part in pattern:
        if isinstance(part, str):
            found = [((*path, part), v[part]) for path, v in found if isinstance(v, dict) and part in v]
        else:
            found = [((*path, i), entry) for path, v in found if isinstance(v, list) for i, entry in enumerate(v)]
    return ((path, v) for path, v in found if isinstance(v, str))


def _given_twice(thing: _Thing, ids: Iterable[_Found]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], _Found] = {}
    for found in ids:
        scope = () if thing.scope is None else (found.file.name, *found.path[: thing.scope])
        known = first.setdefault((found.id, *scope), found)
        if known is not found:
            sentence = f"the {thing.noun} id {quote(found.id)} is already given in {known.file.spot(known.path)}"
            yield found.file.problem(found.path, sentence)


def _dangling(thing: _Thing, known: set[str], uses: Iterable[_Found]) -> Iterator[Problem]:
    hints: dict[str, str] = {}
    for use in uses:
        if use.id in known:
            continue
        if use.id not in hints and len(hints) < MAX_PROBLEMS:  # looking for what is near takes its time
            hints[use.id] = did_you_mean(use.id, known)
        yield use.file.problem(use.path, f"{quote(use.id)} {thing.unknown}{hints.get(use.id, '')}")


def _listed_twice(uses: Iterable[_Found]) -> Iterator[Problem]:
    seen: set[tuple[str, Path, str]] = set()
    for use in uses:
        if isinstance(use.path[-1], int):
            entry = (use.file.name, use.path[:-1], use.id)
            if entry in seen:
                yield use.file.problem(use.path, f"{quote(use.id)} is listed twice")
            seen.add(entry)
