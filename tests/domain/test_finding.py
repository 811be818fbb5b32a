"""Finding by name: parts of words, any case and order, and slips of the finger."""

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import find

NAMES = [
    "Antivirus policy ⇄ EDR onboarding policy",
    "Intune enrolment ⇄ Defender onboarding",
    "Hybrid joined device ⇄ Compliant device",
    "Multifactor authentication ⇄ Compliant device mfa-as-compliance",
    "Machine risk ⇄ Risk level",
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("  ", [0, 1, 2, 3, 4]),
        ("antivirus", [0]),
        ("EDR", [0]),
        ("edr antivir", [0]),
        ("onboard", [0, 1]),
        ("Onboarding policy", [0]),
        ("policy edr", [0]),
        ("ANTIVIRUS POLICY ⇄ EDR", [0]),
        ("mfa", [3]),
        ("compliant device", [2, 3]),
        ("risk", [4]),
        ("virus", [0]),
    ],
)
def test_every_word_typed_is_looked_for(typed: str, found: list[int]) -> None:
    """Either of the two names will do, in part, in any case and order."""
    assert find(typed, NAMES) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("antivrius", 0),
        ("anitv", 0),
        ("antiviruss", 0),
        ("onbording policy", 0),
        ("complaint hybrid", 2),
        ("multi-factor authentification", 3),
        ("machin rsik", 4),
        ("multifactor authenticationnnnnnnnnnnnnnn", 3),
    ],
)
def test_slips_of_the_finger_are_forgiven(typed: str, found: int) -> None:
    """A letter too many, missing, wrong or swapped still finds what was meant, first of all."""
    assert find(typed, NAMES)[0] == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [("enrollment", [1, 0]), ("enrolment", [1, 0]), ("Enroll", [1, 0]), ("organis", [2]), ("organize", [2])],
)
def test_either_spelling_finds_both(typed: str, found: list[int]) -> None:
    """Who types as Microsoft writes finds what is written as in Britain, beside names that are spelt like theirs."""
    names = ["Device enrollment manager", "Enrolment ⇄ Onboarding", "An organization", "Rolling stock"]
    assert find(typed, names) == found


@pytest.mark.parametrize("typed", ["xyz", "dor", "antivirus bicycle", "⇄", "q" * 5000])
def test_what_is_not_meant_is_not_found(typed: str) -> None:
    """One word that is nowhere near finds nothing; signs alone are nothing typed."""
    assert find(typed, NAMES) == ([0, 1, 2, 3, 4] if typed == "⇄" else [])


def test_the_likeliest_come_first() -> None:
    """What begins with the words typed comes before what has them later, that before what has them inside."""
    assert find("door", ["A trapdoor", "Lock of a door", "Door and lock"]) == [2, 1, 0]
    assert find("dorr", ["Floor", "Door"]) == [1]


@given(
    typed=st.text("abcd", min_size=4, max_size=20),
    texts=st.lists(st.lists(st.text("abcd", min_size=1, max_size=25), min_size=1, max_size=3), max_size=6),
)
def test_what_is_near_is_what_has_enough_letters_in_order(typed: str, texts: list[list[str]]) -> None:
    """Of texts that lack the word typed those are found, the nearest first, whose word or its beginning is near it."""
    if any(typed in word for words in texts for word in words):
        return

    def nearness(words: list[str]) -> float:
        begun = (text for word in words for text in (word, word[: len(typed)]))
        return max(SequenceMatcher(a=text, b=typed, autojunk=False).ratio() for text in begun)

    near = [place for place, words in enumerate(texts) if nearness(words) >= 0.75]
    assert find(typed, [" ".join(words) for words in texts]) == sorted(near, key=lambda place: -nearness(texts[place]))


@given(typed=st.text(max_size=200), texts=st.lists(st.text(max_size=60), max_size=8))
def test_anything_can_be_typed(typed: str, texts: list[str]) -> None:
    """Whatever is typed, places are given once each, and a text is found by itself."""
    found = find(typed, texts)
    assert len(found) == len(set(found))
    assert set(found) <= set(range(len(texts)))
    for place, text in enumerate(texts):
        assert place in find(text, texts)
