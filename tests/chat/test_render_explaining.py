"""Explanations and drills as text: what they say, and that they always fit."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.drill_buttons import DrillChoice
from bot.chat.render.drill import drill_feedback, drill_question
from bot.chat.render.explaining import own_explained
from bot.chat.render.sizes import components
from bot.chat.render.text import LAYOUT_LIMIT
from bot.domain.grading import grade_choice
from bot.domain.item import LETTERS, Image, Item
from bot.domain.posed import PosedItem
from bot.domain.rounds import RoundState
from bot.domain.trap import Contrast, Trap
from bot.services.drills import Drill, Posing
from bot.services.recalling import OwnAnswer
from tests.builders import make_answer, make_bank, make_item, make_posed, make_round, make_trap

_MOST_PARTS = 40


def _own(posed: PosedItem, choice: str, *, unresolved: bool = False, ranked: bool = True) -> OwnAnswer:
    asked = make_round(posed, state=RoundState.EXPLAINED)
    mark = grade_choice(posed, "" if unresolved else choice) if choice else None
    return OwnAnswer(round=asked, answer=make_answer(choice, unresolved=unresolved), mark=mark, ranked=ranked)


def _explained(posed: PosedItem, choice: str, traps: Mapping[str, Trap] | None = None, **how: bool) -> str:
    return "\n".join(own_explained(_own(posed, choice, **how), traps or {"door-as-lock": make_trap()}))


def test_a_drills_menu_keeps_what_has_no_words_to_cut_at() -> None:
    """A long command, which has no space in it, is shown as far as it fits a line of the menu."""
    item = make_item()
    options = tuple(replace(each, text=f"{number}" * 150) for number, each in enumerate(item.options))
    posed = make_posed(replace(item, options=options))
    posing = Posing(bank_id="sample", item_id=item.id, seed="sssss", fingerprint="ffff")
    menu = DrillChoice.of(Drill(bank=make_bank(), posed=posed, posing=posing))
    assert {len(option.label) for option in menu.item.options} == {100}


def test_a_wrong_answer_has_its_trap_told_apart() -> None:
    """The wrong option with its reason, the contrast as on the trap's card, the test, then the right option."""
    text = _explained(make_posed(make_item(traps={"B": "door-as-lock"})), "B")
    for part in (
        "Why yours was wrong",
        "Option B: that is why.",
        "Door ⇄ Lock",
        "🔸 **Door**\n🔹 **Lock**\n\n🔸 Shuts\n🔹 Locks\n\n🔸 Has hinges",
        "Try the handle.",
    ):
        assert part in text
    assert text.index("Option B") < text.index("✓ The answer: 🇦 **Option A**")
    assert "Option C" not in text


def test_a_trap_behind_two_choices_is_explained_once() -> None:
    """The second option of the same trap refers to the first."""
    item = make_item(key="AB", options=5, traps={"C": "door-as-lock", "D": "door-as-lock"})
    text = _explained(make_posed(item), "CD")
    assert text.count("Try the handle.") == 1
    assert "as above" in text
    assert "○ Missed: 🇦" in text


def test_practice_is_named() -> None:
    """Whoever had a ranked answer to the item before reads that this one was practice."""
    assert "Practice: you had a ranked answer" in _explained(make_posed(), "A", ranked=False)


def test_letters_that_were_never_settled_are_no_choice() -> None:
    """An unresolved answer is told what the answer is, and blamed for no option."""
    text = _explained(make_posed(), "BC", unresolved=True)
    assert "never settled" in text
    assert "✓ The answer: 🇦" in text
    assert "✗" not in text


@pytest.mark.parametrize(
    ("key", "choice", "verdict"),
    [
        ("A", "A", "✓ Right!"),
        ("A", "B", "✗ Not this one."),
        ("ABC", "ABF", "2 right, 1 wrong of 3: 2/3 of the mark."),
        ("AB", "AB", "✓ Right!"),
        ("AB", "CD", "0 right, 2 wrong of 2: 0 of the mark."),
    ],
)
def test_a_drill_has_a_verdict(key: str, choice: str, verdict: str) -> None:
    """Right, wrong, or the share of a multi-select item."""
    posed = make_posed(make_item(key=key, options=6))
    told = drill_feedback(make_bank([posed.item]), posed, choice, grade_choice(posed, choice), {})
    assert verdict in "\n".join(told)


def test_a_picture_is_told_in_words() -> None:
    """A drill is text: what is on an item's picture is said below the stem."""
    item = replace(make_item(), image=Image(file="door.png", alt="A door with two locks."))
    assert "🖼️ A door with two locks." in drill_question(make_bank([item]), make_posed(item))[0]


@st.composite
def _large(draw: st.DrawFn) -> tuple[Item, Mapping[str, Trap], str]:
    """Give an item as large as the content limits allow, with traps as large, and a choice."""
    options = draw(st.integers(2, 10))
    keyed = draw(st.integers(1, max(1, options // 2)))
    size = draw(st.sampled_from([1, 40, 150]))
    item = make_item(
        key=LETTERS[:keyed], options=options, traps={x: f"trap-{x.lower()}" for x in LETTERS[keyed:options]}
    )
    item = replace(
        item,
        weight=Fraction(5),
        stem="s" * draw(st.sampled_from([10, 900])),
        options=tuple(replace(each, text=f"{each.text} " + "t" * (size - 1), why="w" * 400) for each in item.options),
    )
    traps = {
        name: replace(
            make_trap(name),
            left="l" * 45,
            right="r" * 45,
            why_tempting="y" * 300,
            tell_apart="a" * 200,
            contrast=(Contrast(left="x" * 120, right="z" * 120),) * 5,
        )
        for name in item.traps
    }
    several = keyed > 1
    chosen = draw(st.sets(st.sampled_from(LETTERS[:options]), min_size=1, max_size=options if several else 1))
    return item, traps, "".join(sorted(chosen))


@given(_large())
def test_what_is_told_always_fits(large: tuple[Item, Mapping[str, Trap], str]) -> None:
    """However long the texts of an item and its traps: question, feedback and explanation fit, each option named."""
    item, traps, choice = large
    posed = make_posed(item)
    bank = make_bank([item], traps=traps.values() or [make_trap()])
    feedback = drill_feedback(bank, posed, choice, grade_choice(posed, choice), traps)
    explained = own_explained(_own(posed, choice), traps)
    for texts in (drill_question(bank, posed), feedback, explained):
        assert sum(map(len, texts)) <= LAYOUT_LIMIT
        assert components(len(texts), 3) <= _MOST_PARTS
        assert all(texts)
    for letter in choice:
        assert any(f"{chr(0x1F1E6 + LETTERS.index(letter))} **" in text for text in explained)
