"""What members should be found to have chosen, by the taps that were fired and nothing else."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.arena import Place
from bot.domain.item import ItemKind
from tests.wire.truth import stored_choices

Choices = dict[tuple[int, int], str]
"""Letters in alphabetical order, by message and member."""


def expected(taps: Iterable[tuple[int, int, str]], kinds: Mapping[int, ItemKind]) -> Choices:
    """Give what taps amount to: the latest letter, or all of them where several may be right."""
    found: Choices = {}
    for message, member, letter in taps:
        before = "" if kinds[message] is ItemKind.SINGLE else found.get((message, member), "")
        found[message, member] = "".join(sorted({*before, letter}))
    return found


def stored(database: Path, place: Place) -> Choices:
    """Give what a database has, once whoever writes to it is idle or dead."""
    return {
        (post, member): choice
        for round_id, post in enumerate(place.posts, start=1)
        for member, choice in stored_choices(database, round_id).items()
    }
