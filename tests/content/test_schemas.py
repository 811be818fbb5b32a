"""The JSON Schemas that ship beside the content, for editors that check while one types."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.content.schema import FileKind, schema_text, write_schemas
from tests.content.sample import FILES, LESSON_FILE

SHIPPED = Path(__file__).parents[2] / "content" / "schema"
NAMES = {FileKind.BANK: "bank.yaml", FileKind.SOURCES: "sources.yaml", FileKind.TRAPS: "traps.yaml"}


def sample_of(kind: FileKind) -> Any:  # noqa: ANN401 - whatever YAML holds
    """The sample file of a kind, read as an editor reads it: dates are texts there."""
    return yaml.load(FILES[NAMES.get(kind, LESSON_FILE)], Loader=yaml.BaseLoader)  # noqa: S506 - builds texts only


def validator(kind: FileKind) -> Draft202012Validator:
    """A validator of the schema of a kind."""
    return Draft202012Validator(json.loads(schema_text(kind)))


def typed(value: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """The texts of a plain loader with numbers and booleans as the format has them."""
    if isinstance(value, dict):
        plain = {"revision", "weight", "low", "high", "correct", "quiet"}
        return {k: json.loads(v) if k in plain and isinstance(v, str) else typed(v) for k, v in value.items()}
    return [typed(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", FileKind)
def test_shipped(kind: FileKind) -> None:
    """What ships is what the models give; `trapwise bank schema content/schema` writes it anew."""
    assert (SHIPPED / f"{kind}.schema.json").read_text(encoding="utf-8") == schema_text(kind)


@pytest.mark.parametrize("kind", FileKind)
def test_accepts_the_sample(kind: FileKind) -> None:
    """A sound file passes its schema, and the schema is one."""
    Draft202012Validator.check_schema(json.loads(schema_text(kind)))
    assert [error.message for error in validator(kind).iter_errors(typed(sample_of(kind)))] == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (FileKind.BANK, {"colour": "red"}),
        (FileKind.BANK, {"multiple_rule": "lenient"}),
        (FileKind.SOURCES, {"sources": []}),
        (FileKind.TRAPS, {"traps": [{"id": "Door"}]}),
        (FileKind.LESSON, {"takeaways": ["one", "two"]}),
        (FileKind.LESSON, {"title": "x" * 81}),
        (FileKind.LESSON, {"summary": "two\nlines"}),
    ],
)
def test_refuses_what_is_broken(kind: FileKind, change: dict[str, object]) -> None:
    """A broken file does not pass its schema."""
    assert not validator(kind).is_valid(typed(sample_of(kind)) | change)


def test_written_twice(tmp_path: Path) -> None:
    """Writing makes the folder, names the files, and gives the same bytes again."""
    written = write_schemas(tmp_path / "a" / "b")
    assert [path.name for path in written] == [f"{kind}.schema.json" for kind in FileKind]
    first = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in write_schemas(tmp_path / "a" / "b")] == first
