"""Custom ids: Discord takes at most 100 characters, whatever the ids in a bank are."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.chat.buttons import Guarded
from bot.chat.cogs.boards import BoardPage
from bot.chat.drill_buttons import Drill, DrillChoice
from bot.chat.exam_buttons import OF_EXAMS, ExamChoice, ExamFlag, ExamGoTo, ExamHandIn, ExamItem, ExamOverview
from bot.chat.exam_results import ExamMissed, ExamPast, ExamRecord, ExamResult
from bot.chat.lesson_buttons import LessonLink, LessonMenu, LessonPage
from bot.chat.lesson_exits import LessonPractice, TrapMenu
from bot.chat.practice_buttons import (
    OF_PRACTICE,
    PracticeAgain,
    PracticeChoice,
    PracticeEnd,
    PracticeMore,
    PracticeNext,
)
from bot.chat.quiz_buttons import Again, Begin, Next, Pause, Resume, Skip, Stop
from bot.chat.render.lessons import CHAIN
from bot.chat.report_buttons import CountAgain, Dismiss, QueuePage, Reopen, Report, Void, WriteAgain
from bot.chat.reveal_buttons import Explain, RoundLesson
from bot.chat.review_buttons import (
    OF_REVIEWS,
    ReviewAnswer,
    ReviewChoice,
    ReviewEnd,
    ReviewMore,
    ReviewNext,
    Sureness,
)
from bot.chat.surfaces.private import Choice
from bot.chat.trap_buttons import TrapCard
from bot.chat.trap_links import TRAP, trap_link
from bot.content.limits import LONGEST_ID, LONGEST_LESSON_ID, MOST_ENTRIES
from bot.domain.item import LETTERS
from bot.domain.practice import PRINT_LENGTH, SEED_LENGTH
from bot.domain.scenarios.case import SEEDS, case_id
from bot.domain.sitting import Entry
from bot.domain.standings import Period
from bot.services.drills import Posing
from bot.services.recalling import OwnAnswer
from tests.builders import make_answer, make_item, make_posed, make_round, make_sitting, make_trap

_LIMIT = 100
_ID = "x" * LONGEST_ID
_ITEM = "1" * LONGEST_ID
_LARGEST = 10**18 - 1
_PAGE = "sources-999-999"
_LAST = datetime(9999, 12, 31, tzinfo=UTC)


def test_the_longest_ids_fit() -> None:
    """Every button and menu fits with the longest ids a bank may have, and the largest numbers."""
    posing = Posing(bank_id=_ID, item_id=_ITEM, seed="s" * SEED_LENGTH, fingerprint="f" * PRINT_LENGTH)
    parts = [
        LessonLink(_ID, "1" * LONGEST_LESSON_ID, _PAGE),
        LessonPage(_ID, "1" * LONGEST_LESSON_ID, _PAGE),
        LessonMenu(_ID, "1" * LONGEST_LESSON_ID, _PAGE),
        TrapCard(_ID, _ID, "A trap"),
        TrapCard(_ID, _ID, "A trap", turns=True),
        Drill.for_trap(_ID, _ID),
        Drill.for_similar(_LARGEST),
        Drill.of_item(_ID, _ITEM),
        Drill.another(_ID, _ITEM),
        DrillChoice(posing),
        *(button(_LARGEST) for button in (Explain, RoundLesson, Report, Dismiss, Void, CountAgain, WriteAgain)),
        *(button(_LARGEST) for button in (Begin, Pause, Resume, Stop, Again)),
        *(button(_LARGEST, 999) for button in (Skip, Next)),
        Reopen(_LARGEST, _LARGEST),
        QueuePage(10**6 - 1),
        BoardPage(Period.ALL_TIME, 10**6 - 1),
        BoardPage(Period.WEEK, 10**6 - 1),
        Choice(_LARGEST, _everything()),
        LessonPractice(_ID, "1" * LONGEST_LESSON_ID),
        TrapMenu(_ID, "1" * LONGEST_LESSON_ID, f"part-{MOST_ENTRIES}-2", 1),
    ]
    assert max(len(part.custom_id) for part in parts) <= _LIMIT


def _everything() -> OwnAnswer:
    """Say that a learner chose every option of the largest question there may be."""
    posed = make_posed(make_item(options=len(LETTERS), key=LETTERS))
    answer = replace(make_answer(LETTERS), at=_LAST)
    return OwnAnswer(round=replace(make_round(posed), id=_LARGEST), answer=answer, mark=None)


def test_the_longest_ids_of_cases_fit() -> None:
    """So do the menu of a case, the buttons below its feedback, and those below the reveal of one."""
    item_id = case_id("1" * LONGEST_LESSON_ID, SEEDS - 1)
    posing = Posing(bank_id=_ID, item_id=item_id, seed="s" * SEED_LENGTH, fingerprint="f" * PRINT_LENGTH)
    ids = [
        DrillChoice(posing).custom_id,
        Drill.another(_ID, item_id).custom_id,
        Drill.of_item(_ID, item_id).custom_id,
        LessonLink(_ID, "1" * LONGEST_LESSON_ID, CHAIN).custom_id,
        trap_link(_ID, make_trap(_ID)).custom_id or "",
    ]
    assert max(map(len, ids)) <= _LIMIT
    assert re.fullmatch(TRAP, trap_link("sample", make_trap()).custom_id or "")


def test_ids_of_items_made_of_a_lesson_fit() -> None:
    """A lesson's id leaves room for what is added to it: `-001` to `-999`, or `-case-` and ten digits."""
    assert LONGEST_LESSON_ID + len("-case-4294967295") <= LONGEST_ID


def test_the_longest_ids_of_runs_fit() -> None:
    """A run's number and an item's in it fit, and are read again by the part they belong to and by no other."""
    parts: list[Guarded[Any]] = [PracticeChoice(_LARGEST, 999), PracticeNext(_LARGEST, 999)]
    parts += [PracticeEnd(_LARGEST), PracticeAgain(_LARGEST), PracticeMore(_LARGEST)]
    entry = replace(make_sitting().entries[0], number=999)
    parts += [ReviewChoice(_LARGEST, entry, LETTERS), ReviewAnswer(_LARGEST, 999, Sureness.GUESSED, LETTERS)]
    parts += [ReviewNext(_LARGEST, 999), ReviewEnd(_LARGEST), ReviewMore(_LARGEST)]
    for part in parts:
        assert len(part.custom_id) <= _LIMIT
        read = [
            each
            for each in (*OF_PRACTICE, *OF_REVIEWS)
            if each.__discord_ui_compiled_template__.fullmatch(part.custom_id)
        ]
        assert read == [type(part)]


def test_the_longest_ids_of_exams_fit() -> None:
    """So do those of an exam, with every letter chosen; each is read again by the part it belongs to."""
    entry = Entry(number=999, posed=make_posed(make_item(options=len(LETTERS), key=LETTERS)), choice=LETTERS)
    parts: list[Any] = [
        ExamChoice(_LARGEST, entry),
        ExamItem("flagged", _LARGEST, 999),
        ExamGoTo(_LARGEST, 999, 2**64 - 1),
    ]
    parts += [ExamFlag(_LARGEST, 999, flag=flag) for flag in (True, False)]
    parts += [ExamHandIn(_LARGEST, now=now) for now in (True, False)]
    parts += [ExamMissed(_LARGEST, 999), ExamPast(_LARGEST)]
    parts += [each(_LARGEST) for each in (ExamOverview, ExamResult, ExamRecord)]
    assert {type(part) for part in parts} == set(OF_EXAMS)
    for part in parts:
        assert len(part.custom_id) <= _LIMIT
        read = [each for each in OF_EXAMS if each.__discord_ui_compiled_template__.fullmatch(part.custom_id)]
        assert read == [type(part)]
