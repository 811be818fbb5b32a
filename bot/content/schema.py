"""What each kind of content file may hold: one pydantic model per kind, from which JSON Schemas are written."""

import ast
import json
from collections.abc import Mapping
from enum import StrEnum
from inspect import cleandoc
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.content.limits import (
    IMAGE,
    ITEM,
    WEB_ADDRESS,
    Day,
    Entries,
    LessonId,
    NumbersId,
    SourceId,
    WordsId,
    block,
    line,
    matching,
)
from bot.domain.item import MAX_OPTIONS, MIN_OPTIONS, Difficulty, ItemKind, MultipleRule

# Strictness would ask for members of the enum; the words of the file are what is wanted.
_WORD = Field(strict=False)


class Entry(BaseModel):
    """What every model shares: no key beyond the named ones, no value turned into another type."""

    # Looking for docstrings in the source takes long, and only the JSON Schemas show them; deferred, no model is
    # built twice, for itself and inside another.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class ObjectiveEntry(Entry):
    """One thing the subject asks a learner to be able to do."""

    id: NumbersId
    title: Annotated[str, line(200)]
    """In your own words."""


class WeightEntry(Entry):
    """How much of the exam a domain makes up, in percent."""

    low: Annotated[int, Field(ge=0, le=100)]
    high: Annotated[int, Field(ge=0, le=100)]


class DomainEntry(Entry):
    """A part of the blueprint."""

    id: WordsId
    title: Annotated[str, line(100)]
    weight: WeightEntry
    objectives: Annotated[list[ObjectiveEntry], Entries(1)]


class BlueprintEntry(Entry):
    """The subject's domains and their weights."""

    as_of: Day
    """The date from which the blueprint holds."""
    domains: Annotated[list[DomainEntry], Entries(1)]


class BankFile(Entry):
    """bank.yaml: what the bank is, and its blueprint."""

    id: WordsId
    """The same as the folder's name."""
    title: Annotated[str, line(100)]
    short_title: Annotated[str, line(30)]
    description: Annotated[str, line(300)]
    updated: Day
    multiple_rule: Annotated[MultipleRule, _WORD]
    """How multi-select items are marked unless they say otherwise."""
    blueprint: BlueprintEntry


class SourceEntry(Entry):
    """A page that facts come from."""

    id: SourceId
    title: Annotated[str, line(200)]
    url: Annotated[str, matching(WEB_ADDRESS, 500)]
    checked: Day
    """The date printed on the page when it was read."""


class SourcesFile(Entry):
    """sources.yaml: the pages that facts come from."""

    sources: Annotated[list[SourceEntry], Entries(1)]


class ContrastEntry(Entry):
    """One row of the table that tells the two things apart."""

    left: Annotated[str, line(110)]
    right: Annotated[str, line(110)]


class TrapEntry(Entry):
    """A named confusion of two things."""

    id: WordsId
    left: Annotated[str, line(45)]
    """What tempts."""
    right: Annotated[str, line(45)]
    """What is meant."""
    belief: Annotated[str, line(200)]
    """The mistaken belief in one sentence."""
    why_tempting: Annotated[str, line(300)]
    contrast: Annotated[list[ContrastEntry], Entries(2, 5)]
    tell_apart: Annotated[str, line(200)]
    """A test that fits in one line."""
    sources: Annotated[list[SourceId], Entries(1)]
    see_also: Annotated[list[WordsId], Entries(0, 5)] = []
    """Other traps that are near this one; more are found by what they share."""


class TrapsFile(Entry):
    """traps.yaml: the named confusions."""

    traps: Annotated[list[TrapEntry], Entries(1)]


class SectionEntry(Entry):
    """One passage of teaching."""

    title: Annotated[str, line(80)]
    text: Annotated[str, block(1800)]


class WorkflowEntry(Entry):
    """One row of the workflow table."""

    step: Annotated[str, line(60)]
    configuration: Annotated[str, line(250)]
    result: Annotated[str, line(250)]
    trap: WordsId


class LookAlikeEntry(Entry):
    """A control that is easily taken for the one that is asked for."""

    control: Annotated[str, line(80)]
    does: Annotated[str, line(250)]
    not_the_answer: Annotated[str, line(250)]
    trap: WordsId | None = None
    option: Annotated[str, line(150)] | None = None
    """In cases: it as a part of a design. Give `fix` as well, or neither."""
    fix: Annotated[str, line(150)] | None = None
    """In cases: it as a change."""


class FaultEntry(Entry):
    """One way a link can be missing or wrong."""

    id: WordsId
    name: Annotated[str, line(80)]
    quiet: bool
    """Whether it looks configured and still does not work."""
    symptom: Annotated[str, line(250)]
    evidence: Annotated[str, line(250)]
    evidence_also: Annotated[list[Annotated[str, line(250)]], Entries(0, 5)] = []
    """The evidence in other words, of which cases take one."""
    fix: Annotated[str, line(150)] | None = None
    """In cases: the change that mends it; the link's option when left out."""
    trap: WordsId | None = None
    """The trap of whoever overlooks it; the link's when left out."""


class LinkEntry(Entry):
    """One thing to configure in a chain."""

    id: WordsId
    title: Annotated[str, line(30)]
    configure: Annotated[str, line(250)]
    result: Annotated[str, line(250)]
    evidence: Annotated[str, line(250)]
    """What an admin sees when the link is sound."""
    evidence_also: Annotated[list[Annotated[str, line(250)]], Entries(0, 5)] = []
    """The evidence in other words, of which cases take one."""
    trap: WordsId | None = None
    option: Annotated[str, line(150)] | None = None
    """In cases: the sound link as a part of a design; `configure` when left out."""
    objective: NumbersId | None = None
    """What a case about this link examines; the lesson's first objective when left out."""
    sources: Annotated[list[SourceId], Entries(0)] = []
    """The pages about this link, for cases; the lesson's when left out."""
    faults: Annotated[list[FaultEntry], Entries(1)]


class CaseTextsEntry(Entry):
    """What cases of the chain are told with."""

    scenes: Annotated[list[Annotated[str, line(200)]], Entries(1)]
    """Who it is about and what they want, in one or two sentences."""
    failing: Annotated[list[Annotated[str, line(200)]], Entries(1)]
    """What is observed when the outcome does not follow."""
    review: Annotated[list[Annotated[str, line(200)]], Entries(1)]
    """Somebody examines the design; whether anything failed is not said."""
    event: Annotated[list[Annotated[str, line(200)]], Entries(1)]
    """What sets the chain in motion; what comes of it is not said."""
    working: Annotated[str, line(150)]
    """The option that claims that everything happens."""


class ChainEntry(Entry):
    """Links in causal order, all needed for the outcome."""

    outcome: Annotated[str, line(200)]
    links: Annotated[list[LinkEntry], Entries(2, 10)]
    cases: CaseTextsEntry | None = None
    """Left out: no cases are made of the chain."""


class WatchEntry(Entry):
    """One thing to monitor."""

    what: Annotated[str, line(80)]
    where: Annotated[str, line(200)]
    tells: Annotated[str, line(250)]


class OptionEntry(Entry):
    """One choice of an item."""

    text: Annotated[str, line(150)]
    correct: bool
    why: Annotated[str, line(400)] | None = None
    """Why it is right, or why it is wrong here; a distractor may leave it to its trap."""
    trap: WordsId | None = None
    """The trap that makes this distractor tempting."""


class ImageEntry(Entry):
    """A picture shown with an item."""

    file: Annotated[str, matching(IMAGE, 100)]
    alt: Annotated[str, line(300)]
    """The same in words."""


class ItemEntry(Entry):
    """One question."""

    id: Annotated[str, matching(ITEM)]
    revision: Annotated[int, Field(ge=1)]
    """Raise it when stem, options or key change in meaning."""
    kind: Annotated[ItemKind, _WORD]
    difficulty: Annotated[Difficulty, _WORD]
    objective: NumbersId
    stem: Annotated[str, block(900)]
    """The number to choose is computed from the key: do not write it here."""
    options: Annotated[list[OptionEntry], Entries(MIN_OPTIONS, MAX_OPTIONS)]
    sources: Annotated[list[SourceId], Entries(1)]
    rule: Annotated[MultipleRule, _WORD] | None = None
    """Multi-select only: overrides the bank's multiple_rule."""
    weight: Annotated[float, Field(ge=0.5, le=5, multiple_of=0.5)] = 1
    image: ImageEntry | None = None


class LessonFile(Entry):
    """lessons/*.yaml: one lesson with its items."""

    id: LessonId
    title: Annotated[str, line(80)]
    summary: Annotated[str, line(200)]
    objectives: Annotated[list[NumbersId], Entries(1)]
    updated: Day
    takeaways: Annotated[list[Annotated[str, line(300)]], Entries(3, 7)]
    sections: Annotated[list[SectionEntry], Entries(0)]
    workflow: Annotated[list[WorkflowEntry], Entries(0)] = []
    look_alikes: Annotated[list[LookAlikeEntry], Entries(0)]
    chain: ChainEntry | None = None
    monitor: Annotated[list[WatchEntry], Entries(0)]
    sources: Annotated[list[SourceId], Entries(1)]
    items: Annotated[list[ItemEntry], Entries(1)]


class FileKind(StrEnum):
    """The kinds of content file."""

    BANK = "bank"
    SOURCES = "sources"
    TRAPS = "traps"
    LESSON = "lesson"


MODELS: Final[Mapping[FileKind, type[Entry]]] = {
    FileKind.BANK: BankFile,
    FileKind.SOURCES: SourcesFile,
    FileKind.TRAPS: TrapsFile,
    FileKind.LESSON: LessonFile,
}


def schema_text(kind: FileKind) -> str:
    """The JSON Schema of one kind of file, as it is shipped."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    model = MODELS[kind]
    schema = model.model_json_schema()
    texts = _docstrings()
    for name, part in {model.__name__: schema, **schema.get("$defs", {})}.items():
        for key, text in texts.get(name, {}).items():
            described = part["properties"][key] | {"description": text}
            part["properties"][key] = dict(sorted(described.items()))
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"


def _docstrings() -> Mapping[str, Mapping[str, str]]:
    """What stands in quotes below the fields of the models, by model and field."""
    source = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    for model in source.body:
        if not isinstance(model, ast.ClassDef):
            continue
        for field, below in pairwise(model.body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found.setdefault(model.name, {})[name] = cleandoc(text)
    return found


def write_schemas(folder: Path) -> list[Path]:
    """Write `<kind>.schema.json` for every kind of file into the folder, which is made if need be.

    Raises:
        OSError: the folder or a file in it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in FileKind:
        path = folder / f"{kind}.schema.json"
        path.write_text(schema_text(kind), encoding="utf-8", newline="\n")
        paths.append(path)
    return paths
