"""Cases as text: what the feedback says of each link and option, and that it always fits."""

from random import Random

import pytest

from bot.chat.render.blocks import Picture
from bot.chat.render.case import case_feedback, case_question
from bot.chat.render.chains import told_chain
from bot.chat.render.sizes import components
from bot.chat.render.text import LAYOUT_LIMIT
from bot.domain.grading import grade_choice
from bot.domain.posed import pose
from bot.domain.scenarios.case import Form, case_item
from bot.domain.scenarios.finding import Diagnosis
from bot.domain.scenarios.generating import make_case
from bot.domain.scenarios.plan import all_plans
from tests.domain.labs import shipped_bank, shipped_lab

_PARTS = 40
_BUTTONS = 5


@pytest.mark.parametrize("form", Form)
def test_every_form_fits_whatever_is_chosen(form: Form) -> None:
    """Nothing, each option, or all of them: the feedback on cases of lesson 6.2 has room in one layout."""
    bank, lesson = shipped_bank(), shipped_lab()
    assert lesson.chain is not None
    plans = [plan for plan in all_plans(lesson.chain) if plan.form is form]
    for number, plan in enumerate(plans[:: max(len(plans) // 12, 1)]):
        case = make_case(lesson, plan, number, Random(number))
        posed = pose(case_item(case), Random(number))
        assert sum(map(len, case_question(bank, posed))) <= LAYOUT_LIMIT
        diagnosis = Diagnosis(chain=lesson.chain, flaws=case.flaws)
        for choice in (*posed.letters, posed.letters):
            blocks = case_feedback(bank, posed, diagnosis, choice, grade_choice(posed, choice))
            texts = [each for each in blocks if isinstance(each, str)]
            assert sum(map(len, texts)) <= LAYOUT_LIMIT
            assert all(texts)
            assert components(len(blocks), _BUTTONS) <= _PARTS
            assert all(option.text in "".join(texts) for _, option in posed.options)


def test_the_chain_in_words() -> None:
    """Each link is said to be sound or what is wrong with it, and whether the outcome follows."""
    lesson = shipped_lab()
    assert lesson.chain is not None
    plan = next(plan for plan in all_plans(lesson.chain) if plan.form is Form.OPEN)
    told = told_chain(Diagnosis(chain=lesson.chain, flaws=plan.flaws)).splitlines()
    assert told[1] == "✗ 1 **Service connection**: The connection is not turned on"
    assert told[2] == "✓ 2 Platform toggle"
    assert told[-1] == f"Not reached: {lesson.chain.outcome}"
    assert told_chain(Diagnosis(chain=lesson.chain, flaws=())).endswith(f"\nReached: {lesson.chain.outcome}")


def test_the_picture_stands_above_its_words() -> None:
    """Title and question, verdict, picture, the chain in words, then the options."""
    bank, lesson = shipped_bank(), shipped_lab()
    assert lesson.chain is not None
    plan = next(plan for plan in all_plans(lesson.chain) if plan.form is Form.OPEN)
    case = make_case(lesson, plan, 1, Random(1))
    posed = pose(case_item(case), Random(1))
    diagnosis = Diagnosis(chain=lesson.chain, flaws=case.flaws)
    blocks = case_feedback(bank, posed, diagnosis, "A", grade_choice(posed, "A"))
    assert [type(each) for each in blocks[:4]] == [str, str, Picture, str]
    assert str(blocks[3]).startswith("**The chain**")


def test_a_trap_is_named_once() -> None:
    """Of several options with one trap, the first of those not chosen names it; one that was fallen for is told."""
    bank, lesson = shipped_bank(), shipped_lab()
    assert lesson.chain is not None
    plan = next(plan for plan in all_plans(lesson.chain) if plan.form is Form.FORECAST and len(plan.flaws) == 2)
    case = make_case(lesson, plan, 1, Random(1))
    posed = pose(case_item(case), Random(1))
    diagnosis = Diagnosis(chain=lesson.chain, flaws=case.flaws)
    name = bank.traps[str(case.flaws[0].trap)].name
    for choice in (min(posed.key), next(letter for letter, option in posed.options if option.trap)):
        blocks = case_feedback(bank, posed, diagnosis, choice, grade_choice(posed, choice))
        assert "".join(map(str, blocks)).count(f"🪤 {name}") + "".join(map(str, blocks)).count(f"trap: {name}") == 1
