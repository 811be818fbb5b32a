"""The quality of a bank's items: what could be guessed without knowing, how stems read, and what teaches little."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Final

from bot.content.stems import near_duplicates
from bot.domain.bank import Bank
from bot.domain.item import LETTERS, Item

ALIKE: Final = 0.5
"""From this similarity on, stems are told of; from `bot.content.stems.SIMILARITY` on they are a problem."""

ENOUGH: Final = 40
"""Shares say something of a bank that has so many items."""

_LETTER_BAND: Final = (Fraction(1, 2), Fraction(8, 5))
_LENGTH_BAND: Final = Fraction(3, 2)
"""How far keys may stray from what chance gives, as a factor."""

_EXPECTED: Final = 10
"""A letter is judged when chance would give it so many keys."""

_STANDS_OUT: Final = (Fraction(3, 2), 20)
"""A key stands out that is longer than every distractor by this factor and so many characters."""

_HARD: Final = 60
"""A stem of so high a LIX is hard going: Björnsson's scale calls 50 to 60 difficult, as in official texts."""

_OFF: Final = 3
"""How many points of percent the share of a domain may lie outside of what the blueprint gives it."""

_USES: Final = 2
"""A trap that fewer items name is met once and never again."""

_WORD = re.compile(r"\w[\w'\u2019-]*")
_END = re.compile(r"[.?!:](?=\s|$)")
_LONG: Final = 6

Shortcoming = tuple[str, str, str]
"""`item`, `trap` or `bank`; its id; what could be better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many keys there are, and how many there would be if they were dealt at random."""

    keys: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The figures. `letters` are those of the options as written: rounds shuffle them.

    `key_is_longest` and `key_is_shortest` are the items in which the longest or shortest option is a key, in percent,
    and `by_chance` what that would be at random; several options of one length count by their share. `lix` is the
    median readability of stems; `hardest` are the stems of the highest. `alike` are pairs of items whose stems are
    similar.
    """

    letters: Mapping[str, Share]
    key_is_longest: float
    key_is_shortest: float
    by_chance: float
    lix: float
    hardest: tuple[tuple[str, float], ...]
    alike: tuple[tuple[str, str], ...]
    without_trap: tuple[str, ...]


def quality(bank: Bank) -> Quality:
    """Measure a bank."""
    items = list(bank.items())
    read = sorted(((lix(item.stem), item.id) for item in items), reverse=True)
    total = len(items) or 1
    return Quality(
        letters=_letters(items),
        key_is_longest=_percent(_of_length(items, max), total),
        key_is_shortest=_percent(_of_length(items, min), total),
        by_chance=_percent(_chance(items), total),
        lix=round(median(value for value, _ in read), 1) if read else 0.0,
        hardest=tuple((id_, round(value, 1)) for value, id_ in read[:3]),
        alike=tuple(_alike(items)),
        without_trap=tuple(item.id for item in items if not item.traps),
    )


def shortcomings(bank: Bank) -> Iterator[Shortcoming]:
    """Yield what a good bank does not have, though it can be asked from: what `trapwise bank check --strict` adds."""
    items = list(bank.items())
    for item in items:
        yield from _of_item(item)
    uses = Counter(trap for item in items for trap in item.traps)
    for trap in bank.traps:
        if uses[trap] < _USES:
            yield "trap", trap, f"a distractor of {_USES} items at least should name this trap; {uses[trap]} does"
    if len(items) >= ENOUGH:
        yield from (("bank", bank.id, what) for what in (*_clues(items), *_gaps(bank, items)))


def lix(text: str) -> float:
    """Tell how hard a text reads: words a sentence, and words of more than six letters in percent (Björnsson 1968)."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_END.findall(text)))
    return len(words) / sentences + 100 * sum(len(word) > _LONG for word in words) / len(words)


def _of_item(item: Item) -> Iterator[Shortcoming]:
    factor, characters = _STANDS_OUT
    key, other = (max(len(each.text) for each in item.options if each.correct is right) for right in (True, False))
    if key > factor * other and key - other > characters:
        yield "item", item.id, f"its key stands out: {key} characters, and its longest distractor has {other}"
    if (value := lix(item.stem)) > _HARD:
        yield "item", item.id, f"its stem reads hard (LIX {value:.0f}): shorter sentences or words would help"


def _clues(items: Sequence[Item]) -> Iterator[str]:
    low, high = _LETTER_BAND
    for letter, share in _letters(items).items():
        if share.expected >= _EXPECTED and not low <= share.keys / Fraction(share.expected) <= high:
            yield f"option {letter} is a key {share.keys} times, by chance it would be {share.expected:g} times"
    chance = _chance(items)
    for name, pick in (("longest", max), ("shortest", min)):
        found = _of_length(items, pick)
        if found > _LENGTH_BAND * chance:
            total = len(items)
            yield (
                f"the {name} option is a key in {_percent(found, total):g} % of the items, "
                f"by chance it would be in {_percent(chance, total):g} %"
            )


def _gaps(bank: Bank, items: Sequence[Item]) -> Iterator[str]:
    counts = Counter(item.objective for item in items)
    for domain in bank.blueprint.domains:
        share = 100 * sum(counts[objective.id] for objective in domain.objectives) / len(items)
        if not domain.low - _OFF <= share <= domain.high + _OFF:
            given = f"the blueprint gives it {domain.low} to {domain.high} %"
            yield f"{domain.title} has {share:.1f} % of the items, {given}"
        for objective in domain.objectives:
            if not counts[objective.id]:
                yield f"no item is about objective {objective.id} ({objective.title})"


def _letters(items: Sequence[Item]) -> Mapping[str, Share]:
    keys: Counter[str] = Counter()
    expected: dict[str, Fraction] = {}
    for item in items:
        for place, letter in enumerate(LETTERS[: len(item.options)]):
            keys[letter] += place in item.key
            expected[letter] = expected.get(letter, Fraction(0)) + Fraction(len(item.key), len(item.options))
    return {letter: Share(keys=keys[letter], expected=round(float(expected[letter]), 1)) for letter in expected}


def _of_length(items: Iterable[Item], pick: Callable[[list[int]], int]) -> Fraction:
    """Count the items whose longest, or shortest, option is a key."""
    found = Fraction(0)
    for item in items:
        lengths = [len(option.text) for option in item.options]
        most = [place for place, length in enumerate(lengths) if length == pick(lengths)]
        found += Fraction(len(item.key.intersection(most)), len(most))
    return found


def _chance(items: Iterable[Item]) -> Fraction:
    return sum((Fraction(len(item.key), len(item.options)) for item in items), Fraction(0))


def _alike(items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    for later, earlier in near_duplicates([item.stem for item in items], ALIKE):
        yield items[earlier].id, items[later].id


def _percent(part: Fraction, whole: int) -> float:
    return round(float(100 * part / whole), 1)
