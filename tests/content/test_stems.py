"""Near-duplicate stems: the same pairs as by comparing everything with everything, but quickly."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.stems import near_duplicates

LONG = "a user enrols a laptop and finds that mail stays open although the laptop is at high risk what is missing"


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (LONG, LONG, True),
        (LONG, LONG.upper().replace(" ", ",  ") + "?", True),
        (LONG, LONG.replace("mail", "chat"), False),
        (LONG, f"so {LONG}", True),
        (LONG, LONG.replace("what is missing", "which setting explains that best of all of them"), False),
        ("Why?", "why", True),
        ("Why?", "How?", False),
        ("What now?", "What is now?", False),
    ],
)
def test_pairs(one: str, other: str, near: bool) -> None:
    """Case, spaces and punctuation do not count; a changed word in the middle of a short stem does."""
    assert list(near_duplicates([one, other])) == ([(1, 0)] if near else [])


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the three-word sequences, written down as it is defined."""
    sets = [{tuple(w[i : i + 3]) for i in range(max(1, len(w) - 2))} for w in (one.split(), other.split())]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=14).map(" ".join), max_size=12))
def test_same_as_comparing_all(stems: list[str]) -> None:
    """A stem is reported exactly when an earlier one that was not itself reported is nearly the same."""
    expected: set[int] = set()
    for later in range(len(stems)):
        if any(similarity(stems[later], stems[e]) >= 0.8 for e in range(later) if e not in expected):
            expected.add(later)
    found = dict(near_duplicates(stems))
    assert set(found) == expected
    assert all(similarity(stems[later], stems[earlier]) >= 0.8 for later, earlier in found.items())


@pytest.mark.parametrize("same", [True, False])
def test_thousands(same: bool) -> None:
    """Three thousand stems, all alike or all with the same phrases in them, take a moment, not minutes."""
    stems = [LONG if same else f"{LONG} {n} {n + 1} {n * 7} {n * 13} {n * 17} {n * 19}" for n in range(3000)]
    start = process_time()
    assert len(list(near_duplicates(stems))) == (2999 if same else 0)
    assert process_time() - start < 5
