"""Quizzes as text: what a quiz is about, how its questions look, and that the largest board fits."""

from dataclasses import replace

import pytest

from bot.chat.render.question import question
from bot.chat.render.quizzes import about, board_picture, final_board, lobby
from bot.chat.render.text import LAYOUT_LIMIT
from bot.domain.item import Difficulty
from bot.domain.quiz import Ending
from bot.domain.standings import Score, rank
from bot.services.ports import FinalBoard, Lobby
from tests.builders import NOW, make_bank, make_quiz, make_round, make_trap

_BANK = make_bank()
_OVER = replace(make_quiz(), ending=Ending.FINISHED)


def _board(people: int, *, name: str = "_" * 32) -> FinalBoard:
    scores = [Score(member_id=each, name=name, units=5040 * 30, answered=30, right=30) for each in range(people)]
    traps = tuple((replace(make_trap(), left="L" * 80, right="R" * 80), people) for _ in range(9))
    return FinalBoard(quiz=_OVER, bank=_BANK, asked=30, standings=tuple(rank(scores)), traps=traps)


def test_the_largest_board_fits() -> None:
    """A thousand members with the longest names, all caught by the longest traps, fit into one layout."""
    blocks = final_board(_board(1000))
    assert sum(map(len, blocks)) <= LAYOUT_LIMIT
    assert "And 990 more members" in blocks[1]


def test_a_quiz_without_players_says_so() -> None:
    """When nobody took part there is a sentence in place of a board, and no picture."""
    nobody = replace(_board(0), traps=())
    assert final_board(nobody)[1] == "Nobody took part this time."
    assert board_picture(nobody) is None


@pytest.mark.parametrize("ending", Ending)
def test_every_ending_is_told(ending: Ending) -> None:
    """However a quiz ended, its board says why in a sentence."""
    title = final_board(replace(_board(1), quiz=replace(_OVER, ending=ending)))[0]
    assert title.split("\n")[1].split(".")[0]


def test_what_a_quiz_is_about() -> None:
    """Lesson, objective, trap and difficulty are named as far as they narrow it."""
    quiz = make_quiz()
    assert about(quiz, _BANK) == "Sample"
    assert about(replace(quiz, topic="1.1", difficulty=Difficulty.HARD), _BANK) == "Sample · 1.1 Lesson 1.1 · hard ones"
    assert about(replace(quiz, topic="1", trap="door-as-lock"), _BANK) == "Sample · 1 · 🪤 Door ⇄ Lock"


def test_the_lobby_says_how_to_answer() -> None:
    """With letters and without, and where marks count."""
    told = "\n".join(lobby(Lobby(quiz=make_quiz(), bank=_BANK)))
    assert "React with a letter" in told
    private = "\n".join(lobby(Lobby(quiz=replace(make_quiz(), by_letter=False, counts=True), bank=_BANK)))
    assert "React" not in private
    assert "on this server's boards, too" in private


def test_a_question_of_a_quiz() -> None:
    """Its place in the quiz stands first; paused, it names no closing time; without letters none are asked for."""
    asked = replace(make_round(), schedule_id=None, quiz_id=1)
    assert question(asked, _BANK, make_quiz()).startswith("**Question 1 of 3 · Sample")
    paused = question(asked, _BANK, replace(make_quiz(), paused_at=NOW))
    assert "⏸ Paused: answers stay open." in paused
    assert "<t:" not in paused
    assert "React" not in question(replace(asked, by_letter=False), _BANK, make_quiz())
