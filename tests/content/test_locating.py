"""Locating: authors are told where an item stands, as the files are now."""

import shutil
from pathlib import Path

from bot import app
from bot.content.locating import locate_item
from bot.services.library import Shelf


def test_every_item_is_found_where_its_id_stands(shelves: list[Shelf]) -> None:
    """The file and line named for an item have its id."""
    root = app.shipped_content()
    for shelf in shelves:
        for item in shelf.bank.items():
            found = locate_item(shelf.folder, item.id)
            assert found is not None
            file, line = found.split(":")
            assert item.id in (root / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_a_case_is_found_where_its_chain_stands(shelves: list[Shelf]) -> None:
    """The file and line named for a generated item are those of the lesson's chain; other lessons have none."""
    found = locate_item(shelves[0].folder, "6.2-case-7")
    assert found is not None
    file, line = found.split(":")
    assert (app.shipped_content() / file).read_text(encoding="utf-8").splitlines()[int(line) - 1] == "chain:"
    assert locate_item(shelves[0].folder, "9.9-case-7") is None
    assert locate_item(shelves[0].folder, "3.1.6-case-7") is None


def test_what_is_not_there_has_no_place(tmp_path: Path, shelves: list[Shelf]) -> None:
    """An unknown item, a folder that is gone, a file that is broken since: there is no place, and no error."""
    (item, *_) = shelves[0].bank.items()
    assert locate_item(shelves[0].folder, "9.9-999") is None
    assert locate_item(tmp_path / "gone", item.id) is None
    copied = Path(shutil.copytree(shelves[0].folder, tmp_path / "md-102"))
    for path in (copied / "lessons").iterdir():
        path.write_text(f"items: [\n- id: {item.id}", encoding="utf-8")
    assert locate_item(copied, item.id) is None
