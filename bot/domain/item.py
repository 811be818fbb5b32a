"""Items: one question with its options, key and rationales."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

LETTERS = "ABCDEFGHIJ"
"""The letters options go by, in order; an item has 2 to 10 options."""

MIN_OPTIONS = 2
MAX_OPTIONS = len(LETTERS)


class Difficulty(StrEnum):
    """How hard the author expects an item to be."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class ItemKind(StrEnum):
    """How an item is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class MultipleRule(StrEnum):
    """How a multi-select item is marked; the arithmetic is in `bot.domain.grading`."""

    EXAM = "exam"
    STRICT = "strict"
    MINUS = "minus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice: its text, whether it belongs to the key, and why; a distractor may name its trap."""

    text: str
    correct: bool
    why: str
    trap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture shown with an item: its file name in the bank's folder, and the same in words."""

    file: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question as its author wrote it; `options` are in the author's order."""

    id: str
    revision: int
    lesson: str
    kind: ItemKind
    stem: str
    options: tuple[Option, ...]
    difficulty: Difficulty
    objective: str
    sources: tuple[str, ...]
    rule: MultipleRule = MultipleRule.EXAM
    weight: Fraction = field(default=Fraction(1))
    image: Image | None = None

    @property
    def key(self) -> frozenset[int]:
        """The positions of the right options, from 0."""
        return frozenset(place for place, option in enumerate(self.options) if option.correct)

    @property
    def traps(self) -> frozenset[str]:
        """The ids of every trap one of the distractors names."""
        return frozenset(option.trap for option in self.options if option.trap is not None)
