"""How practice is written: every question and feedback fits, and a run's end tells what happened in it."""

from dataclasses import replace

from bot.chat.render.drill import drill_feedback, drill_question
from bot.chat.render.practice import practice_result
from bot.chat.render.runs import place
from bot.chat.render.sizes import components
from bot.chat.render.text import LAYOUT_LIMIT
from bot.domain.grading import grade_choice
from bot.domain.posed import PosedItem
from bot.domain.sitting import SittingState, answered
from bot.services.library import Shelf
from tests.builders import NOW, make_bank, make_sitting

_PARTS = 40
_NAME = "Practice 30 of 30"


def test_every_item_fits(shelves: list[Shelf]) -> None:
    """With every option chosen, each question and feedback of the shipped banks has room, with the buttons below."""
    for shelf in shelves:
        for item in shelf.bank.items():
            posed = PosedItem(item=item, order=tuple(range(len(item.options))))
            mark = grade_choice(posed, posed.letters)
            answer = drill_feedback(shelf.bank, posed, posed.letters, mark, shelf.bank.traps, name=_NAME)
            for texts in (drill_question(shelf.bank, posed, name=_NAME), answer):
                assert sum(map(len, texts)) <= LAYOUT_LIMIT
                assert components(len(texts) + 1, 3, menus=1) <= _PARTS


def test_a_run_says_where_one_is() -> None:
    """The heading counts."""
    sitting = make_sitting()
    assert place("Practice", sitting, sitting.entries[1]) == "Practice 2 of 3"


def test_the_end_counts() -> None:
    """It says what was right, what was not answered or left out, and how often each trap caught."""
    bank, sitting = make_bank(), make_sitting(items=6)
    for number, letter in enumerate("BBAB", start=1):
        sitting = answered(sitting, number, letter, NOW, sure=None)
    told = "\n".join(practice_result(bank, replace(sitting, state=SittingState.EXPIRED), left_out=1))
    assert "**1 of 4 right**, 1 mark." in told
    assert "The run ended after a day" in told
    assert "1 question not answered. 1 question left out" in told
    assert "🪤 **Door ⇄ Lock**, 3 times" in told


def test_a_trap_that_the_bank_lost_is_not_named() -> None:
    """Nothing is said where there is nothing to read about."""
    sitting = answered(make_sitting(), 1, "B", NOW, sure=None)
    told = "\n".join(practice_result(make_bank(traps=[]), sitting))
    assert "**0 of 1 right**" in told
    assert "caught" not in told
