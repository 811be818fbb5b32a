"""Locating: the file and line of an item's source as it is now, looked up when somebody asks."""

from pathlib import Path

from bot.content.files import LESSONS, lesson_paths
from bot.content.reader import MAX_BYTES, Document, read
from bot.content.references import EACH, texts_at
from bot.domain.scenarios.case import lesson_of


def locate_item(folder: Path, item_id: str) -> str | None:
    """The place of an item in a bank's folder, such as `md-102/lessons/6.2-onboarding.yaml:120`; None if it has none.

    A generated item's is that of the chain it was made of. Reads files; never raises.
    """
    for path in lesson_paths(folder):
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError:
            continue
        if (lesson_of(item_id) or item_id).encode() not in data:
            continue
        document = read(data)
        offset = _offset(document, item_id)
        if offset is not None:
            line, _ = document.position(offset)
            return f"{folder.name}/{LESSONS}/{path.name}:{line}"
    return None


def _offset(document: Document, item_id: str) -> int | None:
    lesson = lesson_of(item_id)
    if lesson is not None:
        value = document.value
        here = isinstance(value, dict) and value.get("id") == lesson and "chain" in value
        return document.key_at(("chain",)) if here else None
    found = texts_at(document.value, ("items", EACH, "id"))
    return next((document.value_at(place) for place, text in found if text == item_id), None)
