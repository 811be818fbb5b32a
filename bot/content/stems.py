"""Finds stems that say nearly the same, among thousands in well under a second."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import ceil

SIMILARITY = 0.8
"""The share of three-word sequences in common (Jaccard) from which two stems are nearly the same."""

_WORD = re.compile(r"\w+")
# For text in ASCII, this and `split` find the same words in a third of the time.
_TO_WORDS = {code: chr(code).lower() if _WORD.match(chr(code)) else " " for code in range(128)}
_LENGTH = 3


def near_duplicates(stems: Sequence[str], similarity: float = SIMILARITY) -> Iterator[tuple[int, int]]:
    """Pairs (later, earlier) of positions: for each stem an earlier one that is nearly the same, if there is one.

    Two sets of sizes m ≤ n can only share that much if m ≥ similarity · n and if one of the rarest
    n - ceil(similarity · n) + 1 members of each is common to both (prefix filtering), so only those are looked up.
    """
    sets = [_sequences(stem) for stem in stems]
    shared = _in_several(sets)
    # What so few others share anything with needs no look; in a sound bank that leaves hardly any.
    suspects = [
        (place, members)
        for place, members in enumerate(sets)
        if len(members & shared) >= ceil(similarity * len(members))
    ]
    frequency = Counter(chain.from_iterable(members for _, members in suspects))
    # Members are renamed to their ranks, the rarest first, so that plain numbers are sorted and compared.
    rank = {sequence: place for place, sequence in enumerate(sorted(frequency, key=frequency.__getitem__))}
    seen: defaultdict[int, list[int]] = defaultdict(list)
    for place, members in suspects:
        size = len(members)
        prefix = sorted(map(rank.__getitem__, members))[: size - ceil(similarity * size) + 1]
        candidates = {other for sequence in prefix for other in seen[sequence]}
        twin = next((other for other in sorted(candidates) if _similar(members, sets[other], similarity)), None)
        if twin is not None:
            # Its twin stands for it from now on: a thousand copies of one stem stay a thousand comparisons.
            yield place, twin
            continue
        for sequence in prefix:
            seen[sequence].append(place)


def _in_several(sets: Iterable[frozenset[int]]) -> set[int]:
    """The members of more than one set."""
    once: set[int] = set()
    several: set[int] = set()
    for members in sets:
        several |= members & once
        once |= members
    return several


def _sequences(stem: str) -> frozenset[int]:
    """The hashes of a stem's three-word sequences; a collision would need bad luck of 1 in 10^13."""
    words = stem.translate(_TO_WORDS).split() if stem.isascii() else _WORD.findall(stem.casefold())
    if len(words) < _LENGTH:
        return frozenset([hash(tuple(words))])
    return frozenset(map(hash, zip(words, words[1:], words[2:], strict=False)))


def _similar(one: frozenset[int], other: frozenset[int], similarity: float) -> bool:
    low, high = sorted((len(one), len(other)))
    if low < similarity * high:
        return False
    common = len(one & other)
    return common >= similarity * (low + high - common)
