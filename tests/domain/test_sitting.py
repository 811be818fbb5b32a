"""Sittings: which answer stays, when time is over, and what an exam is graded by."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.practice import PracticeSource
from bot.domain.sitting import (
    IDLE,
    Entry,
    Mode,
    SittingState,
    answered,
    flagged,
    following,
    handed_in,
    practised_in,
)
from tests.builders import NOW, make_item, make_posed, make_sitting

LATER = NOW + timedelta(minutes=5)


def test_every_mode_is_a_source_of_practice() -> None:
    """What is done in a sitting says in which mode."""
    assert {PracticeSource(mode) for mode in Mode} == set(PracticeSource) - {PracticeSource.DRILL}


def test_an_answer_explained_at_once_stays() -> None:
    """The first answer is graded and stays, whatever is sent afterwards."""
    first = answered(make_sitting(), 2, "B", LATER, sure=True)
    entry = first.entries[1]
    assert (entry.choice, entry.sure, entry.units, entry.full, entry.answered_at) == ("B", True, 0, False, LATER)
    assert entry.fallen == {"door-as-lock"}
    assert first.touched_at == LATER
    assert answered(first, 2, "A", LATER, sure=None) == first


def test_an_answer_in_an_exam_changes_until_it_is_handed_in() -> None:
    """The last answer stays, ungraded till the end; what was not answered earns nothing then."""
    sitting = answered(make_sitting(Mode.EXAM, deadline=IDLE), 1, "B", NOW, sure=None)
    sitting = flagged(answered(sitting, 1, "A", LATER, sure=None), 2, LATER, flag=True)
    assert [(each.choice, each.full, each.flagged) for each in sitting.entries] == [
        ("A", None, False),
        (None, None, True),
        (None, None, False),
    ]
    over = handed_in(sitting, LATER)
    assert (over.state, over.ended_at) == (SittingState.DONE, LATER)
    assert [(each.units, each.full) for each in over.entries] == [(5040, True), (0, False), (0, False)]
    assert [each.number for each in over.missed] == [2, 3]


@pytest.mark.parametrize("mode", Mode)
def test_time_ends_a_sitting_when_it_was_up(mode: Mode) -> None:
    """Found over later it ended at its time, by time; a deadline does not wait for whoever goes on."""
    sitting = replace(make_sitting(mode), touched_at=LATER, deadline=LATER if mode is Mode.EXAM else None)
    end = LATER if mode is Mode.EXAM else LATER + IDLE
    assert sitting.ends_at == end
    over = handed_in(sitting, end + IDLE)
    assert (over.state, over.ended_at) == (SittingState.EXPIRED, end)


def test_multiple_choices_earn_a_share() -> None:
    """An answer that is partly right is missed, and keeps its units."""
    posed = make_posed(make_item(key="AB"))
    sitting = replace(make_sitting(), entries=(Entry(number=1, posed=posed),))
    (entry,) = answered(sitting, 1, "AC", NOW, sure=None).entries
    assert (entry.units, entry.full, entry.worth) == (2520, False, 5040)


@given(st.sets(st.integers(1, 6)), st.sets(st.integers(1, 6)), st.integers(0, 6))
def test_the_following_entry_waits(done: set[int], left_out: set[int], number: int) -> None:
    """It has no answer and is not left out; the nearest one behind comes before any in front; none only of none."""
    sitting = make_sitting(items=6)
    for each in done:
        sitting = answered(sitting, each, "A", NOW, sure=None)
    found = following(sitting, number, left_out)
    waiting = sorted({1, 2, 3, 4, 5, 6} - done - left_out)
    behind = [each for each in waiting if each > number]
    assert (found.number if found else None) == next(iter([*behind, *waiting]), None)


def test_an_entry_counts_as_practice_of_its_mode() -> None:
    """What is noted of an answer says which posing it was, and whether the member was sure."""
    sitting = answered(make_sitting(Mode.REVIEW), 3, "B", LATER, sure=False)
    done = practised_in(sitting, sitting.entries[2])
    assert (done.seed, done.source, done.sure, done.choice, done.full) == ("s7.3", "review", False, "B", False)
    assert (done.guild_id, done.member_id, done.bank, done.at) == (100, 1, "sample", LATER)
    assert done.fallen == {"door-as-lock"}
