"""Quizzing: what members do to live quizzes: start one, begin, skip, pause, resume, stop."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from bot.domain.errors import (
    HostsOnly,
    NoQuiz,
    NothingToAsk,
    NothingToSkip,
    OrganisersOnly,
    QuestionOver,
    QuizPaused,
    QuizRunning,
    QuizWaits,
    TooManyQuizzes,
    UnknownTrap,
)
from bot.domain.item import Difficulty
from bot.domain.quiz import (
    LOBBY,
    LONGEST_PAUSE,
    MOST_HOSTED,
    MOST_RUNNING,
    Ending,
    Quiz,
    QuizState,
    draw,
    fair_close,
    may_run,
    time_left,
)
from bot.domain.reading import echo
from bot.domain.rounds import Round, RoundState
from bot.domain.selection import History
from bot.services.library import Library
from bot.services.ports import Clock
from bot.services.timekeeping import close_item, end_quiz, move_close
from bot.storage import quizzes, rounds
from bot.storage.store import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something to a quiz, and where."""

    guild_id: int
    channel_id: int
    member_id: int
    organiser: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizWish:
    """What a quiz is to be like; see `bot.domain.quiz.Quiz`. Without a bank it is the first one."""

    bank: str | None = None
    topic: str | None = None
    trap: str | None = None
    difficulty: Difficulty | None = None
    count: int
    seconds: int
    by_letter: bool = True
    counts: bool = False
    cases: bool = False


class Quizzing:
    """Live quizzes as their hosts and organisers handle them. A quiz is the one of a channel, or named by its id."""

    def __init__(self, store: Store, clock: Clock, *, library: Library, rng: Random, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._rng = rng
        self._wake = wake

    async def start(self, actor: Actor, wish: QuizWish) -> Quiz:
        """Start a quiz in a channel; its lobby is shown at the next tick.

        It has fewer items than asked for when there are no more.

        Raises:
            OrganisersOnly: only they may let it count, or ask generated cases.
            UnknownBank, UnknownTopic, OnlyCases, UnknownTrap, NothingToAsk: there is nothing to ask.
            QuizRunning, TooManyQuizzes: not another one.
        """
        if (wish.counts or wish.cases) and not actor.organiser:
            raise OrganisersOnly
        quiz = self._made(actor, wish)
        async with self._store.write() as tx:
            await self._check_room(tx, actor)
            count = await self._how_many(tx, quiz)
            if not count:
                raise NothingToAsk
            started = await quizzes.start(tx, replace(quiz, count=count))
            if started is None:
                raise QuizRunning
        self._wake()
        return started

    async def begin(self, actor: Actor, quiz_id: int) -> Quiz:
        """End a quiz's lobby now; one that has begun is left alone."""
        now = self._clock()
        async with self._store.write() as tx:
            quiz = await _running(tx, actor, quiz_id)
            if quiz.state is QuizState.LOBBY:
                await quizzes.change(tx, quiz.id, begins_at=now, step_at=now)
        self._wake()
        return quiz

    async def skip(
        self, actor: Actor, quiz_id: int | None = None, *, open_item: int | None = None, read_item: int | None = None
    ) -> Quiz:
        """Close the open item now; between two items, ask the next one now.

        With `open_item`, the number of an item, only while just that one is open; with `read_item` only while that one
        was the last: what is pressed twice, or under an older question, skips nothing else.

        Raises:
            NoQuiz, HostsOnly, QuizPaused, QuestionOver: it is not to be skipped.
            NothingToSkip: the next item is on its way.
        """
        now = self._clock()
        async with self._store.write() as tx:
            quiz = await _running(tx, actor, quiz_id)
            if quiz.paused_at is not None:
                raise QuizPaused
            latest = await _latest(tx, quiz)
            between = latest is None or latest.state in (RoundState.EXPLAINED, RoundState.VOID)
            meant = read_item if between else open_item
            if (open_item, read_item) != (None, None) and meant != quiz.number:
                raise QuestionOver
            if latest is None or between:
                await quizzes.change(tx, quiz.id, begins_at=min(now, quiz.begins_at), step_at=now)
            elif not await close_item(tx, latest, now=now):
                raise NothingToSkip
        self._wake()
        return quiz

    async def pause(self, actor: Actor, quiz_id: int | None = None) -> Quiz:
        """Let a quiz wait: its open item stays open, its time stands still, and no other is asked.

        Raises:
            NoQuiz, HostsOnly, QuizPaused: it is not to be paused.
            QuizWaits: it has not begun.
        """
        now = self._clock()
        async with self._store.write() as tx:
            quiz = await _running(tx, actor, quiz_id)
            if quiz.paused_at is not None:
                raise QuizPaused
            if quiz.state is QuizState.LOBBY:
                raise QuizWaits
            latest, left = await _latest(tx, quiz), None
            # What is about to close does so; what is about to be posted waits, or waits once it is there.
            if latest is not None and latest.state is RoundState.OPEN and latest.closes_at > now:
                left = time_left(quiz, latest.closes_at, now)
                await move_close(tx, quiz, latest, now + LONGEST_PAUSE, now=now)
            await quizzes.change(tx, quiz.id, paused_at=now, left=left, step_at=now)
        self._wake()
        return replace(quiz, paused_at=now, left=left)

    async def resume(self, actor: Actor, quiz_id: int | None = None) -> Quiz:
        """Let a paused quiz go on with the time that its open item had left; one that runs is left alone."""
        now = self._clock()
        async with self._store.write() as tx:
            quiz = await _running(tx, actor, quiz_id)
            if quiz.paused_at is None:
                return quiz
            latest = await _latest(tx, quiz)
            if latest is not None and latest.state is RoundState.PLANNED:
                await rounds.note(tx, latest.id, step_at=now)
            elif latest is not None and latest.state is RoundState.OPEN and quiz.left is not None:
                await move_close(tx, quiz, latest, fair_close(quiz.left, now), now=now)
            await quizzes.change(tx, quiz.id, paused_at=None, left=None, step_at=now)
        self._wake()
        return replace(quiz, paused_at=None, left=None)

    async def stop(self, actor: Actor, quiz_id: int | None = None) -> Quiz:
        """End a quiz: its open item is closed and explained, then comes the final board."""
        now = self._clock()
        async with self._store.write() as tx:
            quiz = await _running(tx, actor, quiz_id)
            await end_quiz(tx, quiz, Ending.STOPPED, now=now)
        self._wake()
        return quiz

    async def again(self, actor: Actor, quiz_id: int) -> Quiz:
        """Start a quiz like one that is over; only organisers let it count or have cases. Raises as `start` does."""
        async with self._store.read() as tx:
            quiz = await quizzes.by_id(tx, quiz_id)
        if quiz is None or quiz.guild_id != actor.guild_id:
            raise NoQuiz
        wish = QuizWish(
            bank=quiz.bank,
            topic=quiz.topic,
            trap=quiz.trap,
            difficulty=quiz.difficulty,
            count=quiz.count,
            seconds=quiz.seconds,
            by_letter=quiz.by_letter,
            counts=quiz.counts and actor.organiser,
            cases=quiz.cases and actor.organiser,
        )
        return await self.start(actor, wish)

    def _made(self, actor: Actor, wish: QuizWish) -> Quiz:
        bank_id, trap_id = wish.bank, None
        if wish.trap is not None:
            known = self._library.bank(bank_id) if bank_id is not None else None
            if known is not None and wish.trap in known.traps:
                bank, trap = known, known.traps[wish.trap]
            else:
                bank, trap = self._library.trap(wish.trap)
            if bank_id not in (None, bank.id):
                raise UnknownTrap(trap=echo(wish.trap))
            bank_id, trap_id = bank.id, trap.id
        bank, topic = self._library.subject(bank_id, wish.topic, cases=wish.cases)
        now = self._clock()
        return Quiz(
            id=0,
            guild_id=actor.guild_id,
            channel_id=actor.channel_id,
            host_id=actor.member_id,
            bank=bank.id,
            topic=self._library.topic(bank, topic, cases=wish.cases),
            trap=trap_id,
            difficulty=wish.difficulty,
            count=wish.count,
            seconds=wish.seconds,
            by_letter=wish.by_letter,
            counts=wish.counts,
            cases=wish.cases,
            seed=self._rng.getrandbits(31),
            made_at=now,
            begins_at=now + LOBBY,
            step_at=now,
        )

    async def _how_many(self, tx: Tx, quiz: Quiz) -> int:
        """Count the items that a quiz can ask now, up to as many as it is to have."""
        bank = self._library.bank(quiz.bank)
        free = History(
            asked={},
            slips={},
            busy=await rounds.busy_items(tx, quiz.guild_id, bank.id),
            told=await rounds.told(tx, quiz.guild_id, bank.id) if quiz.cases else (),
        )
        return len(draw(quiz, bank, free, count=quiz.count, rng=Random(quiz.seed)))

    async def _check_room(self, tx: Tx, actor: Actor) -> None:
        running = await quizzes.running(tx, actor.guild_id)
        if any(quiz.channel_id == actor.channel_id for quiz in running):
            raise QuizRunning
        if len(running) >= MOST_RUNNING or sum(each.host_id == actor.member_id for each in running) >= MOST_HOSTED:
            raise TooManyQuizzes(server=MOST_RUNNING, own=MOST_HOSTED)


async def _latest(tx: Tx, quiz: Quiz) -> Round | None:
    asked = await rounds.of_quiz(tx, quiz.id)
    return asked[-1] if asked else None


async def _running(tx: Tx, actor: Actor, quiz_id: int | None) -> Quiz:
    """Give the quiz of a channel, or the one named, if someone may decide about it.

    Raises:
        NoQuiz, HostsOnly: they may not, or it does not run.
    """
    found = await (quizzes.in_channel(tx, actor.channel_id) if quiz_id is None else quizzes.by_id(tx, quiz_id))
    if found is None or found.guild_id != actor.guild_id or found.state is QuizState.OVER:
        raise NoQuiz
    if not may_run(found, actor.member_id, organiser=actor.organiser):
        raise HostsOnly
    return found
