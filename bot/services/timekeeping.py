"""Keeping time: when the items of a quiz open and close, whatever happens to it. Each is part of a transaction."""

from datetime import datetime, timedelta

from bot.domain.quiz import LONGEST_PAUSE, Ending, Quiz, QuizState, fair_close, time_left
from bot.domain.rounds import Round, RoundState
from bot.storage import quizzes, rounds
from bot.storage.store import Tx

_DELAY = timedelta(seconds=5)
"""An item may be opened so long after its closing time was told: sending takes a moment."""


async def opened(tx: Tx, posted: Round, *, now: datetime) -> None:
    """Give an item its time from when its post is known; it closes at once when its quiz was stopped meanwhile.

    Sending may have taken long, a crash may have come between, and the quiz may have been paused or stopped.
    """
    quiz = await quizzes.by_id(tx, posted.quiz_id or 0)
    current = await rounds.by_id(tx, posted.id)
    assert quiz is not None
    assert current is not None
    if quiz.state is QuizState.OVER:
        await close_item(tx, current, now=now)
    elif quiz.paused_at is not None:
        await quizzes.change(tx, quiz.id, left=quiz.open_for)
        await move_close(tx, quiz, current, quiz.paused_at + LONGEST_PAUSE, now=now)
    elif abs(now + quiz.open_for - current.closes_at) > _DELAY:
        await move_close(tx, quiz, current, now + quiz.open_for, now=now)


async def close_item(tx: Tx, latest: Round, *, now: datetime) -> bool:
    """Let a quiz's open item close at once; false when it is not open."""
    if latest.state is not RoundState.OPEN:
        return False
    await rounds.note(tx, latest.id, closes_at=min(now, latest.closes_at), step_at=now)
    return True


async def end_quiz(tx: Tx, quiz: Quiz, ending: Ending, *, now: datetime) -> None:
    """Note that a quiz is over: its open item closes at once, one not posted yet is dropped, then comes the board."""
    if not await quizzes.end(tx, quiz, ending, step_at=now):
        return
    for latest in (await rounds.of_quiz(tx, quiz.id))[-1:]:
        if latest.state is RoundState.PLANNED:
            await rounds.note(tx, latest.id, step_at=now)
        else:
            await close_item(tx, latest, now=now)


async def give_back(tx: Tx, quiz: Quiz, alive: datetime, now: datetime) -> None:
    """Let an open item go on now with the time that it had left at an instant."""
    for latest in (await rounds.of_quiz(tx, quiz.id))[-1:]:
        if latest.state is RoundState.OPEN and latest.closes_at > alive:
            closes_at = fair_close(time_left(quiz, latest.closes_at, alive), now)
            await move_close(tx, quiz, latest, closes_at, now=now)


async def move_close(tx: Tx, quiz: Quiz, latest: Round, closes_at: datetime, *, now: datetime) -> None:
    """Let an item of a quiz close at another time, which its post is told next."""
    moved: dict[str, object] = {"closes_at": closes_at}
    if latest.seeded:
        moved["step_at"] = closes_at
    await rounds.note(tx, latest.id, **moved)
    await quizzes.change(tx, quiz.id, step_at=now)
