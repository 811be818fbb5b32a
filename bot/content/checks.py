"""The rules that reach across fields and files: items, stems, names, weights and rendered sizes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from bot.content import reader
from bot.content.cases import check_chain
from bot.content.files import ContentFile, whole
from bot.content.items import check_item
from bot.content.problems import Problem, quote
from bot.content.schema import BankFile, FileKind, ItemEntry, LessonFile, TrapsFile
from bot.content.stems import near_duplicates
from bot.domain.bank import Bank
from bot.domain.item import MultipleRule

SizeCheck: TypeAlias = Callable[[Bank], Iterable[tuple[str, str, str]]]
"""Measures a sound bank, as it looks once rendered: (`bank`, `item`, `lesson`, `trap` or `cases`; its id; what does not
fit) each.

Content knows nothing of messages, so whoever renders them hands this in.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A bank's files as they are, right or wrong; `complete` when all of them could be read."""

    folder: Path
    files: tuple[ContentFile, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _DraftItem:
    file: ContentFile
    path: reader.Path
    entry: ItemEntry


def check_bank(draft: Draft) -> Iterator[Problem]:
    """The rules for items, names and weights; what is well formed is checked even beside what is not."""
    rule = None
    for file in draft.files:
        if file.kind is FileKind.BANK:
            yield from _folder_name(file, draft.folder)
            if isinstance(file.model, BankFile):
                rule = file.model.multiple_rule
                yield from _weights(file, file.model)
        if isinstance(file.model, LessonFile):
            yield from (file.problem(path, message) for path, message in check_chain(file.model))
        yield from _own_relatives(file)
    items = [item for file in draft.files for item in _items(file)]
    for item in items:
        yield from _item(item, rule, draft.folder)
    for later, earlier in near_duplicates([item.entry.stem for item in items]):
        yield _same_stem(items[later], items[earlier])


def check_rendered(draft: Draft, bank: Bank, rendered: SizeCheck) -> Iterator[Problem]:
    """What a size check finds in the bank of a draft, with the place of each id it names."""
    places = {(kind, id_): (file, path) for kind, id_, file, path in _subjects(draft)}
    for kind, id_, message in rendered(bank):
        if (place := places.get((kind, id_))) is None:
            yield whole(draft.folder, f"{kind} {quote(id_)}: {message}")
        else:
            file, path = place
            yield file.problem(path, message)


def _subjects(draft: Draft) -> Iterator[tuple[str, str, ContentFile, reader.Path]]:
    for file in draft.files:
        match file.model:
            case LessonFile(id=lesson, items=items):
                yield "lesson", lesson, file, ("id",)
                yield "cases", lesson, file, ("chain", "cases")
                yield from (("item", item.id, file, ("items", place, "id")) for place, item in enumerate(items))
            case BankFile(id=bank):
                yield "bank", bank, file, ("id",)
            case TrapsFile(traps=traps):
                yield from (("trap", trap.id, file, ("traps", place, "id")) for place, trap in enumerate(traps))
            case _:
                pass


def _items(file: ContentFile) -> Iterator[_DraftItem]:
    """The well-formed items of a lesson file, even where something else in it is wrong."""
    if isinstance(file.model, LessonFile):
        for place, entry in enumerate(file.model.items):
            yield _DraftItem(file, ("items", place), entry)
    elif file.kind is FileKind.LESSON and isinstance(file.document.value, dict):
        values = file.document.value.get("items")
        for place, value in enumerate(values if isinstance(values, list) else []):
            try:
                yield _DraftItem(file, ("items", place), ItemEntry.model_validate(value))
            except ValidationError:
                continue  # its own problems are told already


def _item(item: _DraftItem, rule: MultipleRule | None, folder: Path) -> Iterator[Problem]:
    value = item.file.document.value
    lesson = value.get("id") if isinstance(value, dict) else None
    for path, message in check_item(item.entry, lesson if isinstance(lesson, str) else None, rule, folder):
        # A rule that does not belong is a key too many; all else is about values.
        yield item.file.problem((*item.path, *path), message, of_key=path == ("rule",))


def _same_stem(later: _DraftItem, earlier: _DraftItem) -> Problem:
    other = f"{quote(earlier.entry.id)} ({earlier.file.spot(earlier.path)})"
    return later.file.problem((*later.path, "stem"), f"this stem is nearly the same as that of {other}")


def _own_relatives(file: ContentFile) -> Iterator[Problem]:
    traps = file.model.traps if isinstance(file.model, TrapsFile) else []
    for place, trap in enumerate(traps):
        if trap.id in trap.see_also:
            path = ("traps", place, "see_also", trap.see_also.index(trap.id))
            yield file.problem(path, "a trap is not related to itself")


def _folder_name(file: ContentFile, folder: Path) -> Iterator[Problem]:
    value = file.document.value
    id_ = value.get("id") if isinstance(value, dict) else None
    name = folder.resolve().name
    if isinstance(id_, str) and id_ != name:
        yield file.problem(("id",), f"`id` is {quote(id_)}, but the folder is called {quote(name)}")


def _weights(file: ContentFile, bank: BankFile) -> Iterator[Problem]:
    domains = ("blueprint", "domains")
    weights = [domain.weight for domain in bank.blueprint.domains]
    for place, weight in enumerate(weights):
        if weight.low > weight.high:
            yield file.problem((*domains, place, "weight"), f"`low` ({weight.low}) is above `high` ({weight.high})")
    low, high = sum(weight.low for weight in weights), sum(weight.high for weight in weights)
    if low > 100:  # noqa: PLR2004 - percent
        yield file.problem(domains, f"the `low` weights add up to {low}: more than 100 percent", of_key=True)
    if high < 100:  # noqa: PLR2004 - percent
        yield file.problem(domains, f"the `high` weights add up to {high}: less than 100 percent", of_key=True)
