"""Quizzes on file: one at a time in a channel, steps done once, and what their rounds add up to."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.domain.item import Difficulty
from bot.domain.quiz import READING, Ending, Quiz, QuizState
from bot.domain.rounds import Round, RoundState
from bot.storage import members, quizzes, results, rounds, totals
from bot.storage.store import Store, Tx
from bot.storage.tables import rounds as table
from tests.builders import NOW, make_quiz, make_round
from tests.storage.rows import a_round, a_schedule, result

SECOND = timedelta(seconds=1)


async def _quiz(tx: Tx, channel_id: int = 200, **changes: object) -> Quiz:
    wanted: Quiz = replace(make_quiz(), channel_id=channel_id, **changes)  # type: ignore[arg-type]
    made = await quizzes.start(tx, wanted)
    assert made is not None
    return made


async def _item(tx: Tx, quiz: Quiz, number: int = 1, **changes: object) -> Round:
    wanted = make_round(message_id=700 + number, number=number)
    changes = {"schedule_id": None, "quiz_id": quiz.id, "ranks": quiz.counts} | changes
    made = await rounds.plan(tx, replace(wanted, **changes))  # type: ignore[arg-type]
    assert made is not None
    return made


async def test_a_quiz_is_kept_as_it_is(store: Store) -> None:
    """Everything about a quiz comes back, whatever of it is set."""
    full = replace(
        make_quiz(),
        topic="1.1",
        trap="door-as-lock",
        difficulty=Difficulty.HARD,
        by_letter=False,
        counts=True,
        cases=True,
        paused_at=NOW,
        left=7 * SECOND,
        shown=NOW + SECOND,
        step_at=NOW,
        lobby_id=5,
        board_id=6,
    )
    async with store.write() as tx:
        made = [await quizzes.start(tx, each) for each in (make_quiz(), replace(full, channel_id=201))]
    async with store.read() as tx:
        assert [await quizzes.by_id(tx, each.id) for each in made if each is not None] == made
        assert await quizzes.running(tx, 100) == made
        assert await quizzes.running(tx, 999) == []
        assert await quizzes.in_channel(tx, 201) == made[1]


async def test_a_channel_has_one_quiz_at_a_time(store: Store) -> None:
    """A second quiz finds its channel taken until the first one is over; other channels are free."""
    async with store.write() as tx:
        first = await _quiz(tx)
        assert await quizzes.start(tx, make_quiz()) is None
        await _quiz(tx, 201)
        assert await quizzes.end(tx, first, Ending.STOPPED, step_at=NOW) is True
        assert await quizzes.end(tx, first, Ending.FINISHED, step_at=NOW) is False
        again = await _quiz(tx)
        assert await quizzes.in_channel(tx, 200) == again
        over = await quizzes.by_id(tx, first.id)
    assert over is not None
    assert (over.state, over.ending) == (QuizState.OVER, Ending.STOPPED)


async def test_a_step_is_taken_by_one(store: Store) -> None:
    """Who leases a step marks it done; a second taker, and a mark after someone changed the quiz, come to nothing."""
    async with store.write() as tx:
        made = await _quiz(tx, step_at=NOW)
        assert await quizzes.due(tx, NOW - SECOND) == []
        (found,) = await quizzes.due(tx, NOW)
        leased = await quizzes.lease(tx, found, until=NOW + 60 * SECOND)
        assert leased is not None
        assert await quizzes.lease(tx, found, until=NOW + 90 * SECOND) is None
        assert await quizzes.next_step(tx) == NOW + 60 * SECOND
        assert await quizzes.mark(tx, leased, lobby_id=5, step_at=NOW + SECOND) is True
        leased = await quizzes.lease(tx, replace(made, step_at=NOW + SECOND), until=NOW + 60 * SECOND)
        assert leased is not None
        await quizzes.change(tx, made.id, step_at=NOW)
        assert await quizzes.mark(tx, leased, number=1) is False


async def test_a_round_belongs_to_a_schedule_or_to_a_quiz(store: Store) -> None:
    """A round of both or of neither is refused by the database itself; each place in a quiz is claimed once."""
    async with store.write() as tx:
        schedule, quiz = await a_schedule(tx), await _quiz(tx)
        await a_round(tx)
        asked = await _item(tx, quiz)
        assert await rounds.plan(tx, replace(asked, message_id=None)) is None
        assert await rounds.of_quiz(tx, quiz.id) == [asked]
    for changes in ({"quiz_id": quiz.id}, {"schedule_id": None}):
        with pytest.raises(IntegrityError, match="of_one"):
            async with store.write() as tx:
                await tx.execute(sa.update(table).where(table.c.schedule_id == schedule.id).values(**changes))


async def test_a_quiz_goes_on_after_its_latest_item(store: Store) -> None:
    """The end of the latest item wakes its quiz when there was time to read; that of an earlier one changes nothing."""
    async with store.write() as tx:
        quiz = await _quiz(tx, state=QuizState.ASKING, number=2)
        first, second = await _item(tx, quiz, 1), await _item(tx, quiz, 2)
        await quizzes.item_over(tx, first, now=NOW)
        assert await quizzes.next_step(tx) is None
        await quizzes.item_over(tx, second, now=NOW)
        assert await quizzes.next_step(tx) == NOW + READING


async def test_marks_count_on_the_quiz_alone_unless_it_says_so(store: Store) -> None:
    """A quiz adds up its own rounds; the server's boards have them only if it counts."""
    async with store.write() as tx:
        await members.keep_names(tx, {(100, 1): "Ann"})
        private, public = await _quiz(tx), await _quiz(tx, 201, counts=True)
        for number, quiz in ((1, private), (2, private), (3, public)):
            asked = await _item(tx, quiz, number, state=RoundState.CLOSED)
            found = [result(1), result(2, units=0, slips=frozenset({"door-as-lock"}))]
            await results.keep(tx, asked, found, used_up_since=NOW.date())
        board = await quizzes.board(tx, private.id)
        assert sorted((each.name, each.units, each.answered, each.right) for each in board) == [
            ("Ann", 10080, 2, 2),
            ("someone", 0, 2, 0),
        ]
        assert await quizzes.traps(tx, private.id) == {"door-as-lock": 1}
        assert list((await quizzes.taking_part(tx, private.id)).values()) == [2, 2]
        assert await results.rerank(tx, (await rounds.of_quiz(tx, private.id))[0], used_up_since=NOW.date()) is False
        everyone = await totals.everyone(tx, 100, "all")
        assert sorted((each.units, each.answered) for each in everyone) == [(0, 1), (5040, 1)]


async def test_a_quiz_uses_no_item_up(store: Store) -> None:
    """Who had an item in a quiz that counts is ranked in the schedule's round of it, but not in another such quiz."""
    async with store.write() as tx:
        await a_schedule(tx)
        quiz = await _quiz(tx, counts=True)
        kept = [
            await _item(tx, quiz, 1, state=RoundState.CLOSED),
            await a_round(tx, state=RoundState.CLOSED),
            await _item(tx, quiz, 2, state=RoundState.CLOSED),
        ]
        for each in kept:
            await results.keep(tx, each, [result(1)], used_up_since=NOW.date())
        assert [await results.is_ranked(tx, each.id, 1) for each in kept] == [True, True, False]


async def test_what_quizzes_asked_is_known(store: Store) -> None:
    """The items of earlier quizzes are known with when they were asked; those of schedules are not among them."""
    async with store.write() as tx:
        await a_schedule(tx)
        quiz = await _quiz(tx)
        await a_round(tx)
        asked = await _item(tx, quiz)
        assert await rounds.quizzed(tx, 100, "sample") == {asked.posed.item.id: NOW}
        assert await rounds.quizzed(tx, 100, "other") == {}
    with closing(sqlite3.connect(store.where)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM rounds").fetchone() == (2,)
