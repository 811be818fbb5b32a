"""Locating: the file and line of an item's source as it is now, looked up when somebody asks."""

from pathlib import Path

from bot.content.files import LESSONS, lesson_paths
from bot.content.reader import MAX_BYTES, read
from bot.content.references import EACH, texts_at


def locate_item(folder: Path, item_id: str) -> str | None:
    """The place of an item in a bank's folder, such as `md-102/lessons/6.2-onboarding.yaml:120`; None if it has none.

    Reads files; never raises.
    """
    for path in lesson_paths(folder):
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError:
            continue
        if item_id.encode() not in data:
            continue
        document = read(data)
        for place, found in texts_at(document.value, ("items", EACH, "id")):
            if found == item_id:
                line, _ = document.position(document.value_at(place))
                return f"{folder.name}/{LESSONS}/{path.name}:{line}"
    return None
