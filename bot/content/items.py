"""The rules for one item that no single field can tell: its key, its options, its stem, its picture."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.content import reader
from bot.content.problems import quote
from bot.content.schema import ItemEntry
from bot.domain.item import ItemKind, MultipleRule

Finding = tuple[reader.Path, str]
"""Where in the item, and what about it."""

LENGTH_RATIO: Final = 1.6
LENGTH_GAP: Final = 40
"""A key gives itself away when it is longer (or shorter) by both: this ratio and this many characters."""

_NUMBER = r"(?:[2-9]|10|two|three|four|five|six|seven|eight|nine|ten)"
_TELLS_NUMBER = re.compile(
    rf"\b(?:choose|select|pick|tick|mark)\s+(?:(?:the|any|exactly)\s+)?{_NUMBER}\b", re.IGNORECASE
)
_ASKS_NUMBER = re.compile(rf"\bwhich\s+{_NUMBER}\b", re.IGNORECASE)
# Looking for the verbs by themselves is much quicker, and mostly finds none.
_VERBS = ("choose", "select", "pick", "tick", "mark")


def check_item(item: ItemEntry, lesson: str | None, rule: MultipleRule | None, folder: Path) -> Iterator[Finding]:
    """What is wrong with an item of that lesson, under the bank's rule, in the bank's folder.

    Lesson and rule are None where they could not be read; what depends on them is not checked then.
    """
    if lesson is not None and not item.id.startswith(f"{lesson}-"):
        yield ("id",), f"{quote(item.id)} must begin with the lesson's id: {quote(f'{lesson}-')}"
    yield from _key(item, item.rule or rule)
    yield from _options(item)
    yield from _same_options(item)
    yield from _length(item)
    yield from _stem(item)
    if item.image is not None:
        yield from _image(item.image.file, folder)


def _key(item: ItemEntry, rule: MultipleRule | None) -> Iterator[Finding]:
    right = [option.correct for option in item.options].count(True)
    wrong = len(item.options) - right
    if item.kind is ItemKind.SINGLE:
        if item.rule is not None:
            yield ("rule",), "only a multiple item has a `rule`"
        if right != 1:
            yield ("options",), f"a single item needs exactly one right option, has {right}"
    elif right < 2:  # noqa: PLR2004 - "multiple" begins there
        yield ("options",), f"a multiple item needs at least two right options, has {right}"
    elif wrong == 0:
        yield ("options",), "every option is right: an item needs at least one wrong option"
    elif rule is MultipleRule.EXAM and wrong < right:
        needed = f"at least as many wrong options as right ones ({right})"
        yield ("options",), f"under the rule `exam` an item needs {needed}, has {wrong}"


def _options(item: ItemEntry) -> Iterator[Finding]:
    for place, option in enumerate(item.options):
        if option.correct:
            if option.trap is not None:
                yield ("options", place, "trap"), "a right option cannot name a trap"
            if option.why is None:
                yield ("options", place), "a right option needs its `why`"
        elif option.trap is None and option.why is None:
            yield ("options", place), "a wrong option needs its `trap`, or a `why` that stands alone"


def _same_options(item: ItemEntry) -> Iterator[Finding]:
    texts = [" ".join(option.text.casefold().rstrip(".").split()) for option in item.options]
    if len(set(texts)) < len(texts):
        for place, text in enumerate(texts):
            if (first := texts.index(text)) < place:
                yield ("options", place, "text"), f"this option is the same as entry {first + 1} of `options`"


def _length(item: ItemEntry) -> Iterator[Finding]:
    lengths = [len(option.text) for option in item.options]
    if max(lengths) - min(lengths) <= LENGTH_GAP:
        return
    right = [len(option.text) for option in item.options if option.correct]
    wrong = [len(option.text) for option in item.options if not option.correct]
    if not right or not wrong:
        return
    if item.kind is ItemKind.MULTIPLE:
        mean_right, mean_wrong = sum(right) / len(right), sum(wrong) / len(wrong)
        if _stands_out(mean_right, mean_wrong) or _stands_out(mean_wrong, mean_right):
            means = f"{mean_right:.0f} characters on average, the wrong ones {mean_wrong:.0f}"
            yield ("options",), f"the right options give themselves away by their length: {means}"
    elif len(right) == 1:
        key = next(place for place, option in enumerate(item.options) if option.correct)
        longest, shortest = _stands_out(right[0], max(wrong)), _stands_out(min(wrong), right[0])
        if longest or shortest:
            other = f"the longest wrong one {max(wrong)}" if longest else f"the shortest wrong one {min(wrong)}"
            sentence = f"the right option gives itself away by its length: {right[0]} characters, {other}"
            yield ("options", key, "text"), sentence


def _stands_out(longer: float, shorter: float) -> bool:
    return longer > LENGTH_RATIO * shorter and longer - shorter > LENGTH_GAP


def _stem(item: ItemEntry) -> Iterator[Finding]:
    folded = item.stem.lower() if item.stem.isascii() else None
    found = None
    if folded is None or any(verb in folded for verb in _VERBS):
        found = _TELLS_NUMBER.search(item.stem)
    if found is None and item.kind is ItemKind.MULTIPLE:
        found = _ASKS_NUMBER.search(item.stem)
    if found is not None:
        yield ("stem",), f"the number to choose is computed from the key: leave {quote(found.group())} out"


def _image(file: str, folder: Path) -> Iterator[Finding]:
    try:
        root = folder.resolve()
        path = (root / file).resolve()
        inside, there = path.is_relative_to(root), path.is_file()
    except (OSError, RuntimeError):  # links that lead in a circle
        inside, there = True, False
    if not inside:
        yield ("image", "file"), f"{quote(file)} is outside the bank's folder"
    elif not there:
        yield ("image", "file"), f"there is no file {quote(file)} in the bank's folder"
