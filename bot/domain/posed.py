"""Posed items: an item as it was asked, its options shuffled and lettered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from random import Random

from bot.domain.item import LETTERS, Item, ItemKind, Option


@dataclass(frozen=True, slots=True, kw_only=True)
class PosedItem:
    """A snapshot of an item with the order its options were shown in.

    `order[i]` is the author's position (from 0) of the option with the i-th letter. The snapshot is stored with the
    round: editing the bank later never changes a question already asked.
    """

    item: Item
    order: tuple[int, ...]

    @property
    def letters(self) -> str:
        """The letters in use, such as `ABCD`."""
        return LETTERS[: len(self.order)]

    @property
    def options(self) -> tuple[tuple[str, Option], ...]:
        """Every letter with its option, in the order shown."""
        return tuple((LETTERS[place], self.item.options[at]) for place, at in enumerate(self.order))

    @property
    def key(self) -> frozenset[str]:
        """The letters of the right options."""
        return frozenset(letter for letter, option in self.options if option.correct)

    @property
    def traps(self) -> tuple[str, ...]:
        """The traps behind its distractors, each once, in the order shown."""
        return tuple(dict.fromkeys(option.trap for _, option in self.options if option.trap is not None))

    @property
    def most(self) -> int:
        """How many options may be chosen: one, or of a multi-select as many as there are, as with letters on a post."""
        return 1 if self.item.kind is ItemKind.SINGLE else len(self.order)

    def offers(self, choice: Collection[str]) -> bool:
        """Tell whether these letters can be chosen together."""
        return 1 <= len(choice) <= self.most and set(choice) <= set(self.letters)

    def slips(self, choice: Collection[str]) -> frozenset[str]:
        """Name the traps that choosing these letters is consistent with: those of the distractors among them."""
        return frozenset(option.trap for letter, option in self.options if letter in choice and option.trap is not None)

    def chosen(self, choices: Mapping[str, int]) -> dict[str, int]:
        """Count how often each letter was chosen, also those nobody chose, by how often each choice was made."""
        counted = dict.fromkeys(self.letters, 0)
        for choice, times in choices.items():
            for letter in choice:
                counted[letter] += times
        return counted


def pose(item: Item, rng: Random) -> PosedItem:
    """Shuffle an item's options."""
    order = list(range(len(item.options)))
    rng.shuffle(order)
    return PosedItem(item=item, order=tuple(order))
