"""Names that people chose, shown to others: whatever they contain, they stay a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.render.text import cut, in_marks, plural, safe

_TEETH = [
    "@everyone",
    "@here",
    "<@1>",
    "<@&1>",
    "<#1>",
    "<t:1>",
    "<:x:1>",
    "https://x_y",
    "**",
    "`",
    "\n",
    "\u202e",
    "<",
]
_NAMES = st.one_of(st.text(max_size=40), st.lists(st.one_of(st.sampled_from(_TEETH), st.text(max_size=3))).map("".join))


@given(_NAMES)
def test_a_name_stays_a_name(name: str) -> None:
    """No name breaks the line, turns it around, pings, links, or shows a time or an emoji."""
    shown = safe(name)
    assert len(shown) <= max(2 * len(name) + 1, len("someone"))
    assert all(char.isprintable() or char in "\u200b\u2068\u2069" for char in shown)
    assert not any(each in shown for each in ("@everyone", "@here", "<@", "<#", "<t:", "<:", "<a:", "://"))
    assert shown.replace("\u200b", "").strip() == shown.replace("\u200b", "") != ""


@given(_NAMES)
def test_a_name_never_formats(name: str) -> None:
    """Every character that Discord formats with is escaped."""
    shown = safe(name)
    for place, char in enumerate(shown):
        if char in "*_~|`":
            assert (len(shown[:place]) - len(shown[:place].rstrip("\\"))) % 2 == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann", "Ann"),
        ("Jiří Dvořák 🦊", "Jiří Dvořák 🦊"),
        ("a\r\nb\u2028c\u202ed", "a b c d"),
        ("  far   apart ", "far apart"),
        ("snake_case", "snake\\_case"),
        ("https://a_b", "https:\u200b//a\\_b"),
        ("<#123>", "<\u200b#123>"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"),
        ("Ali \u0639\u0644\u064a *", "\u2068Ali \u0639\u0644\u064a \\*\u2069"),
        ("\u0661\u0662", "\u2068\u0661\u0662\u2069"),
        ("\u2068x", "x"),
        ("a" + "\u0489" * 32 + "b" + "\u0301" * 2, "a" + "\u0489" * 3 + "b" + "\u0301" * 2),
        ("\u0301\u0489Ann", "Ann"),
        ("\u0489" * 32, "someone"),
        ("", "someone"),
        ("\u200b\u3164\n", "someone"),
    ],
)
def test_names_read_as_they_were_meant(name: str, shown: str) -> None:
    """Ordinary names are left alone, white space collapses, and a name with nothing to see becomes someone.

    What runs from right to left is isolated from the text around it; marks are not piled upon a letter without end.
    """
    assert safe(name) == shown


@given(st.text(max_size=60), st.integers(min_value=1, max_value=60))
def test_cutting_keeps_to_the_limit(text: str, limit: int) -> None:
    """A text that fits is kept as it is; any other ends in an ellipsis within the limit."""
    kept = cut(text, limit)
    assert len(kept) <= limit
    assert kept == text if len(text) <= limit else kept.endswith("…")


def test_one_is_not_many() -> None:
    """Only exactly one is singular."""
    assert [plural(count, "answer") for count in (0, 1, 2)] == ["0 answers", "1 answer", "2 answers"]
    assert [in_marks(units) for units in (0, 2520, 5040, 10080)] == ["0 marks", "0.5 marks", "1 mark", "2 marks"]
