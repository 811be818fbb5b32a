"""Questions, one's own answer, leaderboards and schedules as text."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.render.boards import leaderboard, progress
from bot.chat.render.marking import arithmetic, own_answer
from bot.chat.render.question import question
from bot.chat.render.schedules import duration, schedule, schedule_pages
from bot.chat.render.text import when
from bot.domain.answer import Came, Surface
from bot.domain.grading import grade
from bot.domain.item import MultipleRule
from bot.domain.rounds import RoundState
from bot.domain.schedule import MAX_SCHEDULES, Pause
from bot.domain.standings import Period, Score, Standing
from bot.services.library import Library, Shelf
from bot.services.profiles import Repeated
from bot.services.recalling import OwnAnswer
from bot.services.standings import Board, Progress
from tests.builders import NOW, make_answer, make_bank, make_item, make_posed, make_round, make_schedule, make_trap

_LIBRARY = Library([Shelf(bank=make_bank(), folder=Path())])


def _standing(name: str, rank: int = 1, units: int = 5040) -> Standing:
    return Standing(rank=rank, score=Score(member_id=rank, name=name, units=units, answered=2, right=1))


def test_a_question_says_how_to_answer() -> None:
    """A question has its options, how many to choose, when it closes, and that letters are public."""
    told = question(make_round(make_posed(make_item(key="AC"))), make_bank())
    assert told.startswith("**Sample · 1.1 Lesson 1.1**\nWhat keeps the door shut (1.1-001)?\n\n🇦 Option A\n🇧 ")
    assert "**Choose 2.** Closes <t:" in told
    assert "Letters are public, **Answer privately** is not." in told
    single = question(replace(make_round(), ping_role=7), make_bank())
    assert single.startswith("<@&7> **Sample")
    assert "React with one letter" in single


@pytest.mark.parametrize(
    ("choice", "rule", "told"),
    [
        ("A", MultipleRule.EXAM, "1 right, 0 wrong of 3: 1/3, 0.33 marks"),
        ("ABD", MultipleRule.MINUS, "2 right, 1 wrong of 3: 1/3, 0.33 marks"),
        ("ABC", MultipleRule.STRICT, "3 right, 0 wrong of 3: 1, 1 mark"),
    ],
)
def test_the_arithmetic_adds_up(choice: str, rule: MultipleRule, told: str) -> None:
    """A multi-select answer is shown what was right, the fraction, the marks, and the rule."""
    asked = make_round(make_posed(make_item(key="ABC", options=5, rule=rule)))
    written = arithmetic(grade(asked.posed, make_answer(choice)), asked, unresolved=False)
    assert written.startswith(f"**{told}.** The answer: 🇦 🇧 🇨.\n-# How it is marked: ")


def test_a_single_answer_is_right_or_wrong() -> None:
    """A single-select answer earns its item's weight or nothing; one never settled earns nothing."""
    asked = make_round(make_posed(make_item(weight=Fraction(2))))
    right, wrong = (grade(asked.posed, make_answer(choice)) for choice in "AB")
    assert arithmetic(right, asked, unresolved=False) == "**Right: 2 marks.**"
    assert arithmetic(wrong, asked, unresolved=False) == "**Wrong; the answer is 🇦: 0 marks.**"
    assert "never settled" in arithmetic(wrong, asked, unresolved=True)


@pytest.mark.parametrize(("ranked", "shown"), [(True, False), (False, True), (None, False)])
def test_practice_is_called_practice(ranked: bool | None, shown: bool) -> None:
    """Whoever answered the item within 60 days reads why this answer is on no board; nobody else does."""
    asked, answer = make_round(state=RoundState.CLOSED), make_answer("A")
    told = own_answer(OwnAnswer(round=asked, answer=answer, mark=grade(asked.posed, answer), ranked=ranked))
    assert "**Right: 1 mark.**" in told
    assert ("this item within the last 60 days, so this one is not on the boards." in told) is shown
    assert ("\n-# Practice: " in told) is shown


def test_ones_own_answer_in_every_state() -> None:
    """What is on file is told as the round goes on, with how the answer came."""
    opened, closing = make_round(), make_round(state=RoundState.CLOSING)
    void = make_round(state=RoundState.VOID)
    private = make_answer("B", surface=Surface.PRIVATE)
    found = make_answer("B", came=Came.CATCH_UP)
    for asked, answer, part in (
        (opened, None, "I have no answer of yours on file. React"),
        (
            opened,
            make_answer(),
            "You withdrew your answer <t:1795424400:R>. React with a letter under the question or **Answer",
        ),
        (closing, None, "You had no answer on file when this question closed."),
        (opened, private, "Your answer: 🇧, given privately <t:"),
        (opened, found, "given by reaction, found <t:"),
        (closing, private, "the reveal is on its way"),
        (opened, make_answer("AB", unresolved=True), "**Which one is your answer?**"),
        (replace(void, void_reason="the post was deleted"), None, "is void (the post was deleted): it"),
        (void, None, "is void: it"),
    ):
        assert part in own_answer(OwnAnswer(round=asked, answer=answer, mark=None))


def test_a_leaderboard_shows_ones_own_place() -> None:
    """Medals go to marks only, names stay plain, and one's own row follows when it is elsewhere."""
    own = _standing("Zoe", rank=11, units=0)
    rows = [_standing("**a**"), _standing("Ben", rank=2, units=0)]
    board = Board(period=Period.WEEK, page=1, pages=2, people=11, rows=rows, own=own)
    title, listed, tail = leaderboard(board)
    assert title == "### 🏆 Leaderboard, this week"
    assert listed == "🥇 **\\*\\*a\\*\\*** 1 mark, 1 of 2 fully right\n**2.** **Ben** 0 marks, 1 of 2 fully right"
    assert tail.startswith("Your place:\n**11.** **Zoe** 0 marks")
    assert "11 members, page 1 of 2" in tail
    assert "You are number 1." in leaderboard(replace(board, own=rows[0]))[2]
    assert "not on this board yet" in leaderboard(replace(board, own=None))[2]
    assert "Nobody has" in leaderboard(replace(board, rows=[]))[1]


def test_progress_lists_the_traps() -> None:
    """A learner sees marks, questions and traps, each with the right plural; traps also before the first rank."""
    own = Progress(all_time=_standing("Ann"), week=None)
    slip = Repeated(bank=make_bank(), trap=make_trap(), times=1, last=NOW, spent=False)
    title, figures, traps = progress("Ann\u202e", own, [slip, replace(slip, times=2)])
    assert title == "### 📈 Ann"
    assert figures == "**1 mark**, rank 1\n2 questions answered, 50 % fully right\nThis week: nothing yet"
    assert "**1.** Door ⇄ Lock\n-# once, <t:" in traps
    assert "**2.** Door ⇄ Lock\n-# 2 times, last <t:" in traps
    assert "tomorrow" not in traps
    resting = progress("Ann", own, [replace(slip, spent=True)])[2]
    assert f"{when(NOW)}\n-# I have one question on it, and you have just had that: practise it tomorrow." in resting
    assert "No trap has a hold on you" in progress("Ann", own, ())[2]
    nobody = Progress(all_time=None, week=None)
    assert len(progress("Ann", nobody, ())) == 2
    assert "no ranked answer yet" in progress("Ann", nobody, [slip])[1]
    assert "Door ⇄ Lock" in progress("Ann", nobody, [slip])[2]


def test_a_schedule_is_written_for_organisers() -> None:
    """A schedule shows where, when, what and the next five times; a paused one shows why."""
    told = schedule(make_schedule(), _LIBRARY, NOW)
    assert told.startswith("**Daily question** in <#200>\n")
    assert "at 08:30 (Europe/Prague), 1 question from Sample\nOpen for 23h" in told
    assert told.count("<t:") == 5
    paused = schedule(replace(make_schedule(per_day=2), paused=Pause.FORBIDDEN), _LIBRARY, NOW)
    assert "2 questions" in paused
    assert "Paused because I may not post there" in paused


@given(st.lists(st.text(min_size=1, max_size=80), max_size=MAX_SCHEDULES))
def test_schedules_fit_into_messages(names: list[str]) -> None:
    """However many schedules, each is whole in one of few texts that a message holds."""
    wanted = [make_schedule(schedule_id=number, name=name) for number, name in enumerate(names)]
    pages = schedule_pages(wanted, _LIBRARY, NOW)
    assert all(len(page) <= 1900 for page in pages)
    assert "\n\n".join(pages) == "\n\n".join(schedule(each, _LIBRARY, NOW) for each in wanted)
    assert all(len(one) + len(other) > 1898 for one, other in pairwise(pages))


def test_lengths_of_time_can_be_typed_again() -> None:
    """A length of time is written in days, hours and minutes."""
    lengths = (timedelta(hours=23), timedelta(minutes=150), timedelta(days=2), timedelta())
    assert [duration(each) for each in lengths] == ["23h", "2h30m", "2d", "0m"]
