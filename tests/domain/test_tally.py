"""Tallies: what a round's answers add up to."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answer import Surface
from bot.domain.grading import UNITS_PER_MARK
from bot.domain.item import ItemKind
from bot.domain.tally import slips, tally
from tests.builders import make_answer, make_item, make_posed

SINGLE = make_posed(make_item(key="B", traps={"A": "door-as-lock", "C": "key-as-lock"}))
MULTIPLE = make_posed(make_item(key="AB", traps={"C": "door-as-lock", "D": "door-as-lock"}))


def test_a_round_is_counted_by_letter() -> None:
    """Everyone who gave an answer took part; each letter counts those who chose it, also the ones nobody chose."""
    answers = {1: make_answer("B"), 2: make_answer("A"), 3: make_answer("B", surface=Surface.PRIVATE)}
    counted = tally(SINGLE, answers)
    assert (counted.participants, counted.fully_right, counted.unresolved) == (3, 2, 0)
    assert counted.chosen == {"A": 1, "B": 2, "C": 0, "D": 0}
    assert {result.member_id: result.units for result in counted.results} == {
        1: UNITS_PER_MARK,
        2: 0,
        3: UNITS_PER_MARK,
    }


def test_a_withdrawn_answer_takes_no_part() -> None:
    """Whoever took the letter back is not counted, neither as a participant nor as wrong."""
    counted = tally(SINGLE, {1: make_answer(""), 2: make_answer("", surface=Surface.PRIVATE, seen="A")})
    assert (counted.participants, counted.results) == (0, ())


def test_an_unresolved_answer_takes_part_without_a_letter() -> None:
    """It earns nothing, counts for no letter and is no sign of a trap, but somebody was there."""
    counted = tally(SINGLE, {1: make_answer("AB", unresolved=True)})
    assert (counted.participants, counted.fully_right, counted.unresolved) == (1, 0, 1)
    assert set(counted.chosen.values()) == {0}
    assert (counted.results[0].units, counted.results[0].slips) == (0, frozenset())


def test_marks_carry_the_weight_of_the_item() -> None:
    """An item of weight 1.5 earns one and a half times as much; half of it is three quarters."""
    posed = make_posed(make_item(key="AB", weight=Fraction(3, 2)))
    earned = [result.units for result in tally(posed, {1: make_answer("AB"), 2: make_answer("A")}).results]
    assert earned == [UNITS_PER_MARK * 3 // 2, UNITS_PER_MARK * 3 // 4]


def test_slips_are_the_traps_of_the_distractors_chosen() -> None:
    """Each trap counts once an answer, and a distractor without a trap has none to count."""
    assert slips(SINGLE, make_answer("A")) == {"door-as-lock"}
    assert slips(SINGLE, make_answer("D")) == slips(SINGLE, make_answer("B")) == frozenset()
    assert slips(MULTIPLE, make_answer("ACD")) == {"door-as-lock"}


def test_slips_follow_the_order_shown() -> None:
    """The trap belongs to the option, under whatever letter it was posted."""
    posed = make_posed(SINGLE.item, order=(3, 2, 1, 0))
    assert slips(posed, make_answer("D")) == {"door-as-lock"}
    assert slips(posed, make_answer("B")) == {"key-as-lock"}


@given(
    choices=st.lists(st.sets(st.sampled_from("ABCD")).map(lambda letters: "".join(sorted(letters))), max_size=20),
    kind=st.sampled_from(ItemKind),
)
def test_the_counts_agree_with_the_answers(choices: list[str], kind: ItemKind) -> None:
    """Letters, participants and results add up, whatever was chosen."""
    posed = make_posed(make_item(kind=kind, key="AB" if kind is ItemKind.MULTIPLE else "A"))
    single = kind is ItemKind.SINGLE
    answers = {
        member: make_answer(choice, unresolved=single and len(choice) > 1) for member, choice in enumerate(choices)
    }
    counted = tally(posed, answers)
    given_ones = [answer for answer in answers.values() if answer.choice]
    assert counted.participants == len(counted.results) == len(given_ones)
    assert sum(counted.chosen.values()) == sum(len(each.choice) for each in given_ones if not each.unresolved)
    assert counted.fully_right == sum(result.units == UNITS_PER_MARK for result in counted.results)
    assert counted.unresolved + counted.fully_right <= counted.participants
