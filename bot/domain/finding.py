"""Finding by name: what people mean by the letters they have typed so far."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_WORDS = re.compile(r"[^\W_]+")
_SHORTEST_SLIP = 4
"""Letters that a word needs before a slip of the finger is looked for: of fewer, too much would be near."""
_NEAR = 0.75
_MOST = 80
"""Letters of what was typed that are looked at."""


def find(typed: str, texts: Sequence[str]) -> list[int]:
    """Give the places of the texts that were meant, the likeliest first; all of them when nothing is typed.

    A text is meant when it has every word typed, or part of a word, in any case, order and English spelling: first
    those that begin with what was typed, then those with a word that begins with its first word. Only when there is
    none, those with words near the ones typed: a letter too many, missing, wrong or swapped.
    """
    wanted = _words(typed[:_MOST])
    whole = " ".join(wanted)
    folded = [_words(text) for text in texts]
    found = [place for place, words in enumerate(folded) if all(each in " ".join(words) for each in wanted)]
    if found or not wanted:
        found.sort(key=lambda place: _late(folded[place], whole, wanted))
        return found
    nearness = {place: min(_nearest(each, words) for each in wanted) for place, words in enumerate(folded)}
    return sorted((place for place in nearness if nearness[place] >= _NEAR), key=lambda place: -nearness[place])


def _late(words: Sequence[str], whole: str, wanted: Sequence[str]) -> int:
    if " ".join(words).startswith(whole):
        return 0
    return 1 if any(word.startswith(wanted[0]) for word in words) else 2


def _nearest(wanted: str, words: Sequence[str]) -> float:
    """Tell how near the nearest of the words is, from 0 to 1; words may be typed only in part."""
    if any(wanted in word for word in words):
        return 1.0
    if len(wanted) < _SHORTEST_SLIP:
        return 0.0
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    nearest = 0.0
    for word in words:
        for text in {word, word[: len(wanted)]}:
            matcher.set_seq1(text)
            if matcher.quick_ratio() > nearest:
                nearest = max(nearest, matcher.ratio())
    return nearest


def _words(text: str) -> list[str]:
    """Fold a text to words in which British and American spelling are one, as in `enrolment` and `enrollment`."""
    return _WORDS.findall(text.casefold().replace("ll", "l").replace("z", "s"))
