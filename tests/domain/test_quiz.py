"""Live quizzes: what comes next, fair time after pauses and absences, and who may decide."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quiz import (
    LEAST_LEFT,
    LOBBY,
    LONGEST_PAUSE,
    READING,
    UNANSWERED,
    Ending,
    Quiz,
    QuizState,
    QuizStep,
    after_item,
    ending_of,
    fair_close,
    is_idle,
    may_run,
    next_step,
    time_left,
    wakes_at,
)
from bot.domain.rounds import Round, RoundState
from tests.builders import NOW, make_quiz, make_round

SECOND = timedelta(seconds=1)
ASKING = replace(make_quiz(), state=QuizState.ASKING, number=1, lobby_id=5, shown=NOW + 30 * SECOND)
OVER = replace(ASKING, state=QuizState.OVER, ending=Ending.FINISHED)

_states = st.sampled_from(RoundState)
_moments = st.integers(-3600, 7200).map(lambda seconds: NOW + timedelta(seconds=seconds))
_quizzes = st.builds(
    lambda number, count, paused, state: replace(
        make_quiz(count=count), state=state, number=min(number, count), lobby_id=5, paused_at=paused
    ),
    st.integers(0, 30),
    st.integers(1, 30),
    st.none() | _moments,
    st.sampled_from(QuizState),
)


def _item(state: RoundState = RoundState.OPEN) -> Round:
    return replace(make_round(open_for=30 * SECOND), state=state, schedule_id=None, quiz_id=1)


def _next(quiz: Quiz, latest: Round | None = None, *, idle: bool = False, later: timedelta = timedelta()) -> QuizStep:
    return next_step(quiz, latest, idle=idle, now=NOW + later)


def test_the_whole_life_of_a_quiz() -> None:
    """The lobby is shown, then each item is asked after the one before it, then comes the board, then nothing."""
    quiz = make_quiz(count=2)
    assert _next(quiz) is QuizStep.SHOW_LOBBY
    quiz = replace(quiz, lobby_id=5)
    assert (_next(quiz), wakes_at(quiz)) == (QuizStep.WAIT, NOW + LOBBY)
    assert _next(quiz, later=LOBBY) is QuizStep.ASK
    for state in (RoundState.PLANNED, RoundState.OPEN, RoundState.CLOSING, RoundState.CLOSED):
        assert (_next(ASKING, _item(state)), wakes_at(ASKING)) == (QuizStep.WAIT, None)
    for state in (RoundState.EXPLAINED, RoundState.VOID):
        assert _next(ASKING, _item(state)) is QuizStep.ASK
    last = replace(ASKING, number=3)
    assert (_next(last, _item(RoundState.EXPLAINED)), ending_of(last)) == (QuizStep.END, Ending.FINISHED)
    assert _next(OVER, _item(RoundState.EXPLAINED)) is QuizStep.SHOW_BOARD
    assert _next(replace(OVER, board_id=6), _item(RoundState.EXPLAINED)) is QuizStep.WAIT


def test_the_board_waits_for_the_last_reveal() -> None:
    """A quiz that was stopped while an item was open shows its board after that item's reveal."""
    assert (_next(OVER, _item()), wakes_at(OVER)) == (QuizStep.WAIT, None)
    assert _next(OVER) is QuizStep.SHOW_BOARD


def test_a_paused_quiz_waits_and_ends_when_nobody_resumes_it() -> None:
    """Paused, the next item waits; after half an hour the quiz ends."""
    paused = replace(ASKING, paused_at=NOW)
    assert (_next(paused, _item(RoundState.EXPLAINED)), wakes_at(paused)) == (QuizStep.WAIT, NOW + LONGEST_PAUSE)
    assert _next(paused, _item(), later=LONGEST_PAUSE) is QuizStep.END
    assert ending_of(paused) is Ending.NOT_RESUMED


def test_the_post_is_told_its_new_closing_time() -> None:
    """When an open item closes at another time than its post says, the post is told."""
    moved = replace(_item(), closes_at=NOW + 40 * SECOND)
    assert _next(ASKING, moved) is QuizStep.TELL_TIME
    assert _next(replace(ASKING, shown=moved.closes_at), moved) is QuizStep.WAIT


def test_a_quiz_that_nobody_plays_ends() -> None:
    """Three items in a row without an answer end it, unless someone skipped one of them."""
    full, nobody = 30 * SECOND, [(0, 30 * SECOND)]
    assert is_idle([(2, full), *nobody * UNANSWERED], full)
    assert not is_idle(nobody * (UNANSWERED - 1), full)
    assert not is_idle([*nobody * UNANSWERED, (1, full)], full)
    assert not is_idle([*nobody * (UNANSWERED - 1), (0, 5 * SECOND)], full)
    assert (_next(ASKING, _item(RoundState.EXPLAINED), idle=True), ending_of(ASKING)) == (
        QuizStep.END,
        Ending.UNANSWERED,
    )


@given(_quizzes, st.none() | _states, st.booleans(), _moments)
def test_no_item_is_asked_beside_another(quiz: Quiz, state: RoundState | None, idle: bool, now: timedelta) -> None:
    """At any moment: an item is asked only when none is under way, none is paused, and some are left."""
    latest = None if state is None else _item(state)
    step = next_step(quiz, latest, idle=idle, now=now)  # type: ignore[arg-type]
    under_way = state not in (None, RoundState.EXPLAINED, RoundState.VOID)
    if step is QuizStep.ASK and quiz.state is QuizState.ASKING:
        assert not under_way
        assert quiz.paused_at is None
        assert quiz.number < quiz.count
    if step is QuizStep.SHOW_BOARD:
        assert quiz.state is QuizState.OVER
        assert not under_way


@given(_quizzes, _moments)
def test_a_quiz_never_sleeps_for_ever(quiz: Quiz, now: timedelta) -> None:
    """Whenever nothing is under way, a quiz that is not over and waits knows the instant at which it goes on."""
    if next_step(quiz, None, idle=False, now=now) is QuizStep.WAIT and quiz.state is not QuizState.OVER:  # type: ignore[arg-type]
        assert wakes_at(quiz) is not None


@given(
    st.integers(10, 300),
    st.integers(0, 400_000).map(lambda milliseconds: timedelta(milliseconds=milliseconds)),
    st.integers(0, 100_000).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_time_is_fair_after_an_absence(seconds: int, gone: timedelta, away: timedelta) -> None:
    """However long nobody could answer: as much time is left as before, some at least, never more than all."""
    quiz = make_quiz(seconds=seconds)
    closes_at, since = NOW + quiz.open_for, NOW + gone
    again = fair_close(time_left(quiz, closes_at, since), since + away)
    left = again - (since + away)
    assert left >= max(LEAST_LEFT, closes_at - since)
    assert left <= max(LEAST_LEFT, quiz.open_for)


def test_there_is_time_to_read_a_reveal() -> None:
    """The next item comes a while after a reveal, the board at once, and nothing before a pause is over."""
    assert after_item(ASKING, NOW) == NOW + READING
    assert after_item(replace(ASKING, number=3), NOW) == NOW
    assert after_item(OVER, NOW) == NOW
    assert after_item(replace(ASKING, paused_at=NOW), NOW + SECOND) == NOW + LONGEST_PAUSE


@pytest.mark.parametrize(("member", "organiser", "may"), [(300, False, True), (1, True, True), (1, False, False)])
def test_the_host_and_organisers_decide(member: int, organiser: bool, may: bool) -> None:
    """Skipping, pausing and stopping is for the host and for organisers."""
    assert may_run(make_quiz(), member, organiser=organiser) is may


def test_nonces_fit() -> None:
    """What marks a quiz's messages fits Discord's 25 characters with a letter before it, after however many quizzes."""
    assert len(replace(make_quiz(), id=2**31).nonce) <= 24
