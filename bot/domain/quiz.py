"""Live quizzes: items asked one after another in one channel, and the rules of what comes next and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import assert_never

from bot.domain.bank import Bank
from bot.domain.item import Difficulty, Item
from bot.domain.mixing import mix
from bot.domain.rounds import Round, RoundState
from bot.domain.selection import History

MOST_ITEMS = 30
SHORTEST, LONGEST = 10, 300
"""Seconds that an item may stay open."""

MOST_RUNNING = 5
"""Quizzes at once in a server; a channel has one."""

MOST_HOSTED = 2
"""Quizzes at once that one member started in a server."""

LOBBY = timedelta(seconds=30)
READING = timedelta(seconds=12)
"""From a reveal to the next item."""

LEAST_LEFT = timedelta(seconds=10)
"""An open item takes answers for at least so long after a pause or after the bot was away."""

LONGEST_PAUSE = timedelta(minutes=30)
LONGEST_AWAY = timedelta(hours=1)
"""A quiz that was left alone for longer goes on no more: nobody waits there."""

UNANSWERED = 3
"""So many items in a row that nobody answered end a quiz."""

_OVER = (RoundState.EXPLAINED, RoundState.VOID)


class QuizState(StrEnum):
    """Where a quiz is in its life; it only ever moves down this list."""

    LOBBY = "lobby"
    ASKING = "asking"
    OVER = "over"


class Ending(StrEnum):
    """Why a quiz is over."""

    FINISHED = "finished"
    STOPPED = "stopped"
    UNANSWERED = "unanswered"
    USED_UP = "used-up"
    NOT_RESUMED = "not-resumed"
    AWAY = "away"
    TROUBLE = "trouble"


class QuizStep(StrEnum):
    """What a quiz has to do next; `WAIT` is for its open item, or for an instant."""

    SHOW_LOBBY = "show the lobby"
    ASK = "ask the next item"
    TELL_TIME = "tell the new closing time"
    END = "end"
    SHOW_BOARD = "show the board"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """One live quiz.

    Its items are rounds with its id, numbered from 1; `number` is the latest one's, 0 before the first. They are drawn
    from `bank`, narrowed by `topic`, `trap` and `difficulty`, stay open for `seconds`, and take letters as well as
    private answers only if `by_letter`. `counts` lets marks count on the server's boards, too; `cases` lets generated
    cases be among the items.

    `begins_at` is when the lobby ends, `step_at` when the next step is due, `None` while an open item is waited for.
    While it is paused, `left` is how long its open item would have stayed open. `shown` is the closing time that the
    post of the open item tells.
    """

    id: int
    guild_id: int
    channel_id: int
    host_id: int
    bank: str
    count: int
    seconds: int
    topic: str | None = None
    trap: str | None = None
    difficulty: Difficulty | None = None
    by_letter: bool = True
    counts: bool = False
    cases: bool = False
    seed: int = 0
    state: QuizState = QuizState.LOBBY
    ending: Ending | None = None
    made_at: datetime
    begins_at: datetime
    number: int = 0
    paused_at: datetime | None = None
    left: timedelta | None = None
    shown: datetime | None = None
    step_at: datetime | None = None
    attempts: int = 0
    lobby_id: int | None = None
    board_id: int | None = None

    @property
    def created_by(self) -> int:
        """Whom to tell about it: its host."""
        return self.host_id

    @property
    def open_for(self) -> timedelta:
        """How long each item stays open."""
        return timedelta(seconds=self.seconds)

    @property
    def nonce(self) -> str:
        """Mark what is sent for it so that Discord refuses to take it twice; at most 24 characters."""
        return f"q{self.id}.{self.made_at:%y%m%d%H%M%S}"[:24]


def draw(quiz: Quiz, bank: Bank, history: History, *, count: int, rng: Random) -> list[Item]:
    """Choose up to `count` different items of its bank that a quiz may ask."""
    return mix(
        bank,
        quiz.topic,
        history,
        count=count,
        rng=rng,
        cases=quiz.cases,
        trap=quiz.trap,
        difficulty=quiz.difficulty,
    )


def next_step(quiz: Quiz, latest: Round | None, *, idle: bool, now: datetime) -> QuizStep:
    """Say what is to be done for a quiz now; `latest` is its latest item, `idle` see `is_idle`."""
    match quiz.state:
        case QuizState.LOBBY:
            if quiz.lobby_id is None:
                return QuizStep.SHOW_LOBBY
            return QuizStep.ASK if quiz.begins_at <= now else QuizStep.WAIT
        case QuizState.ASKING:
            return _while_asking(quiz, latest, idle=idle, now=now)
        case QuizState.OVER:
            under_way = latest is not None and latest.state not in _OVER
            return QuizStep.WAIT if under_way or quiz.board_id is not None else QuizStep.SHOW_BOARD
        case _:
            assert_never(quiz.state)


def _while_asking(quiz: Quiz, latest: Round | None, *, idle: bool, now: datetime) -> QuizStep:
    if quiz.paused_at is not None and now >= quiz.paused_at + LONGEST_PAUSE:
        return QuizStep.END
    if latest is not None and latest.state not in _OVER:
        told_wrong = latest.state is RoundState.OPEN and latest.closes_at != quiz.shown
        return QuizStep.TELL_TIME if told_wrong else QuizStep.WAIT
    if quiz.paused_at is not None:
        return QuizStep.WAIT
    return QuizStep.END if idle or quiz.number >= quiz.count else QuizStep.ASK


def ending_of(quiz: Quiz) -> Ending:
    """Say why a quiz whose next step is to end does."""
    if quiz.paused_at is not None:
        return Ending.NOT_RESUMED
    return Ending.FINISHED if quiz.number >= quiz.count else Ending.UNANSWERED


def wakes_at(quiz: Quiz) -> datetime | None:
    """Give the instant that a quiz with nothing to do waits for; `None` when its open item will wake it."""
    if quiz.state is QuizState.LOBBY:
        return quiz.begins_at
    if quiz.state is QuizState.ASKING and quiz.paused_at is not None:
        return quiz.paused_at + LONGEST_PAUSE
    return None


def after_item(quiz: Quiz, now: datetime) -> datetime:
    """Give when a quiz goes on whose item was revealed, or dropped, just now: there is time to read first."""
    if quiz.state is QuizState.OVER or quiz.number >= quiz.count:
        return now
    if quiz.paused_at is not None:
        return max(now, quiz.paused_at + LONGEST_PAUSE)
    return now + READING


def time_left(quiz: Quiz, closes_at: datetime, since: datetime) -> timedelta:
    """Give how long an item that was to close at an instant had left at another: never more than it is open for."""
    return max(min(closes_at - since, quiz.open_for), timedelta())


def fair_close(left: timedelta, now: datetime) -> datetime:
    """Give when an item closes that goes on now and had so much time left: there is always some to answer."""
    return now + max(left, LEAST_LEFT)


def is_idle(answers: Sequence[tuple[int, timedelta]], open_for: timedelta) -> bool:
    """Tell whether nobody plays any more: nobody answered the last items, and nobody skipped them either.

    `answers` gives for each item so far how many took part, and how long it was open.
    """
    latest = answers[-UNANSWERED:]
    return len(latest) == UNANSWERED and all(not count and length >= open_for for count, length in latest)


def may_run(quiz: Quiz, member_id: int, *, organiser: bool) -> bool:
    """Tell whether a member may skip, pause and stop: the host may, and so may organisers, whoever has left."""
    return organiser or member_id == quiz.host_id
