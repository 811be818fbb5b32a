"""Grading: the three rules for multi-select items, single-select, and marks as exact units."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.grading import UNITS_PER_MARK, grade, marks, units
from bot.domain.item import LETTERS, ItemKind, MultipleRule
from bot.domain.kinds import KINDS, Mark
from bot.domain.posed import PosedItem
from tests.builders import make_answer, make_item, make_posed

EXAM, STRICT, MINUS = MultipleRule.EXAM, MultipleRule.STRICT, MultipleRule.MINUS
MULTIPLE = KINDS[ItemKind.MULTIPLE]


def _fraction(rule: MultipleRule, *, key: str, chosen: str) -> Fraction:
    return MULTIPLE.mark(key=frozenset(key), chosen=frozenset(chosen), rule=rule).fraction


def _posed(key: str, options: int, *, rule: MultipleRule = EXAM, kind: ItemKind = ItemKind.MULTIPLE) -> PosedItem:
    return make_posed(make_item(key=key, options=options, rule=rule, kind=kind))


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, str, str]:
    """The letters of an item, its key, and a choice of them."""
    letters = LETTERS[: draw(st.integers(2, 10))]
    key = draw(st.sets(st.sampled_from(letters), min_size=1))
    chosen = draw(st.sets(st.sampled_from(letters)))
    return letters, "".join(sorted(key)), "".join(sorted(chosen))


@pytest.mark.parametrize(
    ("key", "chosen", "exam", "strict", "minus"),
    [
        ("AB", "", "0", "0", "0"),
        ("AB", "A", "1/2", "0", "1/2"),
        ("AB", "AB", "1", "1", "1"),
        ("AB", "AC", "1/2", "0", "0"),
        ("AB", "C", "0", "0", "0"),
        ("AB", "CD", "0", "0", "0"),
        ("AB", "ABC", "1/2", "0", "1/2"),
        ("AB", "ABCD", "0", "0", "0"),
        ("ABC", "AB", "2/3", "0", "2/3"),
        ("ABC", "ABD", "2/3", "0", "1/3"),
        ("ABC", "ABCD", "2/3", "0", "2/3"),
        ("ABC", "ABCDE", "1/3", "0", "1/3"),
        ("ABC", "ABCDEF", "0", "0", "0"),
        ("ABC", "ADE", "1/3", "0", "0"),
        ("A", "A", "1", "1", "1"),
        ("A", "AB", "0", "0", "0"),
    ],
)
def test_the_rules_by_table(key: str, chosen: str, exam: str, strict: str, minus: str) -> None:
    """Worked examples of each rule, as a learner could check them by hand."""
    got = {rule: _fraction(rule, key=key, chosen=chosen) for rule in MultipleRule}
    assert got == {EXAM: Fraction(exam), STRICT: Fraction(strict), MINUS: Fraction(minus)}


@given(sheet=sheets(), rule=st.sampled_from(MultipleRule))
def test_a_grade_lies_between_nothing_and_everything(sheet: tuple[str, str, str], rule: MultipleRule) -> None:
    """No choice costs marks, and none earns more than the item's."""
    _, key, chosen = sheet
    assert 0 <= _fraction(rule, key=key, chosen=chosen) <= 1


@given(sheet=sheets())
def test_strict_is_never_kinder_than_minus_nor_minus_than_exam(sheet: tuple[str, str, str]) -> None:
    """The rules are ordered: what earns something under a harder one earns as much under a softer one."""
    _, key, chosen = sheet
    strict, minus, exam = (_fraction(rule, key=key, chosen=chosen) for rule in (STRICT, MINUS, EXAM))
    assert strict <= minus <= exam


@given(sheet=sheets(), rule=st.sampled_from(MultipleRule))
def test_only_the_key_earns_the_full_mark(sheet: tuple[str, str, str], rule: MultipleRule) -> None:
    """Exactly the key earns 1 under every rule, and nothing else does."""
    _, key, chosen = sheet
    assert _fraction(rule, key=key, chosen=key) == 1
    assert (_fraction(rule, key=key, chosen=chosen) == 1) == (chosen == key)


@given(sheet=sheets())
def test_ticking_everything_does_not_pay(sheet: tuple[str, str, str]) -> None:
    """Under `exam` all letters together earn 0 as soon as there are as many distractors as right options."""
    letters, key, _ = sheet
    everything = _fraction(EXAM, key=key, chosen=letters)
    assert (everything == 0) == (len(letters) >= 2 * len(key))


@given(sheet=sheets())
def test_with_few_enough_ticks_exam_has_no_penalty(sheet: tuple[str, str, str]) -> None:
    """With at most as many ticks as asked for, each right one earns its share and a wrong one costs nothing."""
    _, key, chosen = sheet
    chosen = chosen[: len(key)]
    assert _fraction(EXAM, key=key, chosen=chosen) == Fraction(len(set(chosen) & set(key)), len(key))


@given(sheet=sheets())
def test_the_arithmetic_can_be_shown(sheet: tuple[str, str, str]) -> None:
    """The mark carries the counts that its fraction was computed from."""
    _, key, chosen = sheet
    mark = MULTIPLE.mark(key=frozenset(key), chosen=frozenset(chosen), rule=MINUS)
    assert (mark.right + mark.wrong, mark.keyed) == (len(chosen), len(key))
    assert mark.fraction == Fraction(max(mark.right - mark.wrong, 0), mark.keyed)


@pytest.mark.parametrize(("choice", "earned", "right", "wrong"), [("B", 1, 1, 0), ("A", 0, 0, 1), ("", 0, 0, 0)])
@pytest.mark.parametrize("rule", MultipleRule)
def test_single_select_is_right_or_wrong(choice: str, earned: int, right: int, wrong: int, rule: MultipleRule) -> None:
    """A single-select answer earns all or nothing, whatever the bank's rule for multi-select items."""
    mark = grade(_posed("B", 4, kind=ItemKind.SINGLE, rule=rule), make_answer(choice))
    assert mark == Mark(fraction=Fraction(earned), right=right, wrong=wrong, keyed=1)


@given(choice=st.sets(st.sampled_from("ABCD"), min_size=2).map(lambda letters: "".join(sorted(letters))))
def test_an_unresolved_answer_earns_nothing(choice: str) -> None:
    """That one of several letters was right is never credited."""
    posed = _posed("A", 4, kind=ItemKind.SINGLE)
    assert grade(posed, make_answer(choice, unresolved=True)).fraction == 0


def test_letters_are_graded_by_the_order_shown() -> None:
    """The key moves with the options: what counts is the letter under which an option was posted."""
    posed = make_posed(make_item(key="AB", options=4), order=(2, 1, 3, 0))
    assert grade(posed, make_answer("BD")).fraction == 1
    assert grade(posed, make_answer("AB")).fraction == Fraction(1, 2)


def test_the_rule_of_the_item_counts() -> None:
    """Each item is marked by its own rule."""
    earned = {rule: grade(_posed("ABC", 6, rule=rule), make_answer("ABD")).fraction for rule in MultipleRule}
    assert earned == {EXAM: Fraction(2, 3), STRICT: 0, MINUS: Fraction(1, 3)}


def test_units_are_exact_for_every_key_and_half_weight() -> None:
    """Every grade an item can earn, at every weight in halves from 0.5 to 5, is a whole number of units."""
    for keyed in range(1, 11):
        for right in range(keyed + 1):
            for halves in range(1, 11):
                fraction, weight = Fraction(right, keyed), Fraction(halves, 2)
                mark = Mark(fraction=fraction, right=right, wrong=0, keyed=keyed)
                assert Fraction(units(mark, weight), UNITS_PER_MARK) == fraction * weight


def test_a_weight_that_cannot_be_stored_is_refused() -> None:
    """Nothing is rounded on the way into the database."""
    third = Mark(fraction=Fraction(1, 9), right=1, wrong=0, keyed=9)
    with pytest.raises(ValueError, match="weight of 1/1000"):
        units(third, Fraction(1, 1000))


@pytest.mark.parametrize(
    ("earned", "written"),
    [
        (Fraction(0), "0"),
        (Fraction(1), "1"),
        (Fraction(3), "3"),
        (Fraction(10), "10"),
        (Fraction(100), "100"),
        (Fraction(5, 2), "2.5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(4, 3), "1.33"),
        (Fraction(1, 8), "0.13"),
        (Fraction(3, 8), "0.38"),
        (Fraction(5, 8), "0.63"),
        (Fraction(7, 8), "0.88"),
        (Fraction(1, 20), "0.05"),
        (3 - Fraction(1, UNITS_PER_MARK), "3"),
    ],
)
def test_marks_are_written_with_at_most_two_decimals(earned: Fraction, written: str) -> None:
    """Rounded once, halves up, without zeros that say nothing."""
    assert marks(int(earned * UNITS_PER_MARK)) == written


@given(earned=st.integers(0, 1000 * UNITS_PER_MARK))
def test_written_marks_are_the_nearest_hundredth(earned: int) -> None:
    """What is shown is never further from what was earned than half a hundredth."""
    assert abs(Fraction(marks(earned)) - Fraction(earned, UNITS_PER_MARK)) <= Fraction(1, 200)


def test_thirds_add_up() -> None:
    """Three thirds make one mark: fractions are summed exactly and rounded once."""
    third = Mark(fraction=Fraction(1, 3), right=1, wrong=0, keyed=3)
    assert marks(3 * units(third, Fraction(1))) == "1"


def test_the_post_says_how_many_to_choose() -> None:
    """The instruction is computed from the key."""
    assert KINDS[ItemKind.SINGLE].instruction(1) == "Choose one"
    assert [MULTIPLE.instruction(keyed) for keyed in (2, 3)] == ["Choose 2", "Choose 3"]


def test_every_choice_of_a_small_item_by_the_formula() -> None:
    """All 2⁶ choices from a key of three: the rules are the formulas of the documentation, nothing else."""
    key = "ABC"
    for size in range(7):
        for chosen in combinations("ABCDEF", size):
            right = len(set(chosen) & set(key))
            wrong = size - right
            assert _fraction(EXAM, key=key, chosen="".join(chosen)) == Fraction(max(min(right, 3 - wrong), 0), 3)
            assert _fraction(MINUS, key=key, chosen="".join(chosen)) == Fraction(max(right - wrong, 0), 3)
            assert _fraction(STRICT, key=key, chosen="".join(chosen)) == (right == 3 and wrong == 0)
