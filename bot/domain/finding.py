"""Finding by name: what people mean by the letters they have typed so far."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

_WORDS = re.compile(r"[^\W_]+")
_SHORTEST_SLIP = 4
"""Letters that a word needs before a slip of the finger is looked for: of fewer, too much would be near."""
_NEAR = 0.75
_MOST = 80
"""Letters of what was typed that are looked at."""
_MOST_OF_WORD = 20
"""Letters of one word typed that are compared where none has it: names of things have hardly more."""
_REMEMBERED = 4_096
"""Texts of which the words are remembered: the same are looked through at every keystroke."""


def find(typed: str, texts: Sequence[str]) -> list[int]:
    """Give the places of the texts that were meant, the likeliest first; all of them when nothing is typed.

    A text is meant when it has every word typed, or part of a word, in any case, order and English spelling: first
    those that begin with what was typed, then those with a word that begins with its first word. Only when there is
    none, those with words near the ones typed: a letter too many, missing, wrong or swapped.
    """
    wanted = _words(typed[:_MOST])
    whole = " ".join(wanted)
    folded = [_folded(text) for text in texts]
    found = [place for place, words in enumerate(folded) if all(each in " ".join(words) for each in wanted)]
    if found or not wanted:
        found.sort(key=lambda place: _late(folded[place], whole, wanted))
        return found
    nearness = dict.fromkeys(range(len(texts)), 1.0)
    for each in wanted:
        near = _Near(each[:_MOST_OF_WORD])
        # What one word is far from no other brings back.
        nearest = {place: min(nearness[place], max(map(near.to, folded[place]), default=0.0)) for place in nearness}
        nearness = {place: found for place, found in nearest.items() if found >= _NEAR}
    return sorted(nearness, key=lambda place: -nearness[place])


def _late(words: Sequence[str], whole: str, wanted: Sequence[str]) -> int:
    if " ".join(words).startswith(whole):
        return 0
    return 1 if any(word.startswith(wanted[0]) for word in words) else 2


class _Near:
    """Tells how near words are to one that was typed, each only once: many texts have the same words."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self._matcher = SequenceMatcher(b=wanted, autojunk=False)
        self._known: dict[str, float] = {}

    def to(self, word: str) -> float:
        """Give from 0 to 1 how near a word is, or its beginning: it may be typed only in part. Far is 0."""
        if word not in self._known:
            self._known[word] = self._nearness(word)
        return self._known[word]

    def _nearness(self, word: str) -> float:
        if self._wanted in word:
            return 1.0
        if len(self._wanted) < _SHORTEST_SLIP:
            return 0.0
        nearest = 0.0
        for text in {word, word[: len(self._wanted)]}:
            self._matcher.set_seq1(text)
            # The two quick ones are never too small, and rule nearly everything out.
            bounds = (self._matcher.real_quick_ratio, self._matcher.quick_ratio)
            if all(bound() >= _NEAR for bound in bounds):
                nearest = max(nearest, self._matcher.ratio())
        return nearest


@lru_cache(maxsize=_REMEMBERED)
def _folded(text: str) -> tuple[str, ...]:
    return tuple(_words(text))


def _words(text: str) -> list[str]:
    """Fold a text to words in which British and American spelling are one, as in `enrolment` and `enrollment`."""
    return _WORDS.findall(text.casefold().replace("ll", "l").replace("z", "s"))
