"""The real bot with those items of the shipped banks that have four options: as many letters under every post."""

from dataclasses import replace
from pathlib import Path

from benchmarks.ledger import LETTERS
from benchmarks.side import Side
from benchmarks.sides.ours import compose
from bot import app
from bot.domain.lesson import Lesson
from bot.services.library import Shelf


async def make(database: Path, *, stamped: bool) -> Side:
    """Give the real bot with short items only."""
    shelves = [_short(shelf) for shelf in app.load_shelves([app.shipped_content()])]
    return await compose(database, shelves, stamped=stamped)


def _short(shelf: Shelf) -> Shelf:
    lessons = {name: _of_four(lesson) for name, lesson in shelf.bank.lessons.items()}
    return replace(shelf, bank=replace(shelf.bank, lessons=lessons))


def _of_four(lesson: Lesson) -> Lesson:
    return replace(lesson, items=tuple(item for item in lesson.items if len(item.options) == len(LETTERS)))
