"""What the private menu and its receipts say, and how options fit into a menu."""

from dataclasses import replace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.render.marking import own_answer
from bot.chat.render.private import LABEL_LIMIT, closed, label, menu, receipt, withdrawn
from bot.chat.surfaces.private import choosing
from bot.domain.answer import Answer, Surface
from bot.domain.item import LETTERS
from bot.domain.rounds import Round, RoundState
from bot.services.library import Shelf
from bot.services.recalling import OwnAnswer
from tests.builders import make_answer, make_item, make_posed, make_round

_SINGLE = make_round()
_MULTIPLE = make_round(make_posed(make_item(key="AB")))


def _own(answer: Answer | None, asked: Round = _SINGLE) -> OwnAnswer:
    return OwnAnswer(round=asked, answer=answer, mark=None)


def _private(choice: str, seen: str = "") -> Answer:
    return make_answer(choice, seen=seen, surface=Surface.PRIVATE)


@given(letter=st.sampled_from(LETTERS), text=st.text(min_size=1, max_size=300).filter(str.strip))
def test_an_option_fits_on_a_line_of_the_menu(letter: str, text: str) -> None:
    """Whatever an option says, its line begins with its letter, is one line, and is within Discord's limit."""
    line = label(letter, text)
    assert line.startswith(f"{letter}.")
    assert len(line) <= LABEL_LIMIT
    assert line == " ".join(line.split())
    whole = f"{letter}. {' '.join(text.split())}"
    assert line == whole or (line.endswith("…") and whole.startswith(line[:-1]))


def test_long_options_are_cut_at_a_word_and_the_whole_is_linked() -> None:
    """An option that is too long ends at a word where it has words; the menu then links to the question, else not."""
    item = make_item()
    text = "Turn on tamper protection " * 5
    long = replace(item, options=(replace(item.options[0], text=text), *item.options[1:]))
    asked = make_round(make_posed(long))
    assert label("A", text).endswith("Turn on tamper…")
    assert len(label("A", f"Run {'x' * 150}")) == LABEL_LIMIT
    assert "[the question](https://discord.com/channels/100/200/400) has them whole." in menu(_own(None, asked))
    assert "cut short" not in menu(_own(None))


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (_own(None), "I have no answer of yours on file.\n**Choose one**: only you see it, and it counts once"),
        (_own(None, _MULTIPLE), "**Choose 2**: only you"),
        (
            _own(make_answer("B")),
            "Your answer: 🇧, given by reaction <t:1795424400:R>.\nWhat you choose here replaces it",
        ),
        (_own(make_answer("AB", unresolved=True)), "so far this scores nothing. **Choose one** here, and that is your"),
        (_own(_private("", "B")), "You withdrew your answer <t:1795424400:R>. Your letter 🇧 under the question is"),
    ],
)
def test_the_menu_says_what_is_on_file(own: OwnAnswer, told: str) -> None:
    """Above the menu stands what is recorded and what choosing does to it."""
    assert told in menu(own)


def test_receipts_say_how_an_answer_is_replaced() -> None:
    """A receipt names the answer, letters that do not count beside it, until when, and what would replace it."""
    told = receipt(_own(_private("B", "AC")))
    assert told == (
        "✅ Your answer: 🇧, given privately <t:1795424400:R>."
        " Your letters 🇦 🇨 under the question are still public, but do not count.\n"
        "Change it here until <t:1795507200:f>."
        " A letter you add under the question later replaces it; taking letters away does not."
    )
    assert "with all the letters you have there" in receipt(_own(_private("AB", "AB"), _MULTIPLE))
    assert "do not count" not in receipt(_own(_private("AB", "AB"), _MULTIPLE)), "the same letters say the same"


def test_a_receipt_tells_what_is_stored() -> None:
    """When a letter or the close came right after a choice, the receipt is of what counts now."""
    assert "given by reaction" in receipt(_own(make_answer("C")))
    assert "React with a letter" in receipt(_own(_private("")))
    closing = replace(_SINGLE, state=RoundState.CLOSING)
    assert "the reveal is on its way" in receipt(_own(_private("B"), closing))
    assert "the reveal is on its way" in withdrawn(_own(_private("B"), closing), _private("A"))
    assert "given by reaction" in withdrawn(_own(make_answer("C")), _private("A"))


def test_a_withdrawal_says_what_is_withdrawn() -> None:
    """It names the letters; when there was nothing to withdraw it is the menu's own text."""
    told = withdrawn(_own(_private("", "B")), make_answer("B"))
    assert told.startswith("✅ Withdrawn: 🇧 is no longer your answer. Your letter 🇧 under the question is still public")
    assert "or add a letter under the question" in told
    assert withdrawn(_own(_private("")), None) == menu(_own(_private("")))


def test_a_withdrawal_says_how_a_letter_that_is_there_counts_again() -> None:
    """Whoever has letters left under the question is told to take one away and add it anew; several are several."""
    told = withdrawn(_own(_private("", "B")), make_answer("B"))
    assert "a letter that is still there counts again once you take it away and add it anew" in told
    told = withdrawn(_own(_private(""), _MULTIPLE), make_answer("BC"))
    assert "✅ Withdrawn: 🇧 🇨 are no longer your answer." in told
    assert "still there" not in told


@pytest.mark.parametrize(
    ("choice", "told"),
    [("A", "This is 1 option; the question asks for 2."), ("ABC", "These are 3 options; the question asks for 2.")],
)
def test_another_number_than_asked_for_is_told(choice: str, told: str) -> None:
    """Receipt, My answer and menu say so kindly, and that it is stored; the right number needs no word."""
    note = f"\n-# {told} That is stored all the same."
    own = _own(_private(choice), _MULTIPLE)
    assert note in receipt(own)
    assert note in own_answer(own)
    assert note in menu(own)
    for quiet in (_own(_private("AB"), _MULTIPLE), _own(_private("A")), _own(_private(""), _MULTIPLE)):
        assert "asks for" not in receipt(quiet) + own_answer(quiet) + menu(quiet)


def test_what_is_closed_says_so() -> None:
    """After the close comes what was on file; a void question says only that it is void."""
    assert closed(_own(None, replace(_SINGLE, state=RoundState.CLOSED))).startswith("This question is closed: answers")
    assert closed(_own(None, replace(_SINGLE, state=RoundState.VOID))).startswith("This question is void")
    assert choosing(_own(_private("B"), replace(_SINGLE, state=RoundState.CLOSED))) is None


def test_every_shipped_item_makes_a_menu_that_discord_takes(shelves: list[Shelf]) -> None:
    """Labels, numbers and ids of each menu are within Discord's limits, with everything picked."""
    for item in (item for shelf in shelves for item in shelf.bank.items()):
        posed = make_posed(item)
        view = choosing(_own(_private(posed.letters), make_round(posed, round_id=10**18 - 1)))
        assert view is not None
        for row in view.to_components():
            for part in row["components"]:
                assert len(part["custom_id"]) <= 100
                _check_menu(part)


def _check_menu(part: object) -> None:
    assert isinstance(part, dict)
    if part["type"] != discord.ComponentType.string_select.value:
        return
    assert 1 <= part["min_values"] <= part["max_values"] <= len(part["options"]) <= 25
    assert all(1 <= len(each["label"]) <= 100 for each in part["options"])


def test_a_quizs_question_says_what_holds_for_it() -> None:
    """Open for seconds, or paused, it names no minute; where letters are no answers, none is spoken of."""
    lettered = replace(_SINGLE, schedule_id=None, quiz_id=1)
    buttons = replace(lettered, by_letter=False)
    for asked in (lettered, buttons):
        given, gone = _own(_private("A"), asked), _own(_private("", seen="A" if asked.by_letter else ""), asked)
        told = [receipt(given), own_answer(given), own_answer(_own(None, asked)), withdrawn(gone, make_answer("B"))]
        assert all("until the question closes" in each and ":f>" not in each for each in told)
        assert any("letter" in each for each in told) is asked.by_letter
