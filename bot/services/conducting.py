"""Conducting: what happens to a live quiz when its next step is due. Act, then mark; every step can be repeated."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import assert_never

from bot.domain.posed import pose
from bot.domain.profile import WINDOW, group_weights
from bot.domain.quiz import (
    LOBBY,
    LONGEST_AWAY,
    Ending,
    Quiz,
    QuizState,
    QuizStep,
    draw,
    ending_of,
    is_idle,
    next_step,
    wakes_at,
)
from bot.domain.rounds import Round, RoundState
from bot.domain.scenarios.finding import key_of
from bot.domain.selection import History
from bot.domain.standings import rank
from bot.services import troubles
from bot.services.announcing import Announcer
from bot.services.answering import Answering
from bot.services.library import Library
from bot.services.ports import Clock, FinalBoard, Lobby, Posting, Publisher, PublishFailed, QuizPublisher, Refusal
from bot.services.timekeeping import end_quiz, give_back
from bot.services.voiding import void
from bot.storage import profiles, quizzes, rounds, schedules
from bot.storage.store import StorageBusy, Store, Tx

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""As of a round's step."""

_BLINK = timedelta(seconds=3)
"""So short an absence of Discord's costs nobody an answer."""

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=1)
_TRIES = 5


class Conductor:
    """Carries quizzes from one step to the next, and says what becomes of their rounds."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        publisher: QuizPublisher,
        *,
        questions: Publisher,
        answering: Answering,
        library: Library,
        announcer: Announcer,
    ) -> None:
        self._store = store
        self._clock = clock
        self._publisher = publisher
        self._questions = questions
        self._answering = answering
        self._library = library
        self._announcer = announcer
        # Since when members cannot be heard; until what is open was given its time back.
        self._deaf_since: datetime | None = None
        self._heard_at: datetime | None = None

    async def step(self, found: Quiz) -> None:
        """Do a quiz's next step; does nothing when someone else has taken it."""
        async with self._store.write() as tx:
            quiz = await quizzes.lease(tx, found, until=self._clock() + LEASE)
        if quiz is None:
            return
        try:
            await self._advance(quiz)
        except PublishFailed as failure:
            await self._refused(quiz, failure)
        except StorageBusy as trouble:
            logger.debug("quiz %d: its step waits for the database (%s)", quiz.id, trouble)
            await self._wait(quiz)
        except Exception:
            logger.exception("quiz %d: its step failed", quiz.id)
            await self._failed(quiz)

    def went_away(self) -> None:
        """Note that Discord is gone: private answers are lost from now on."""
        self._heard_at = None
        if self._deaf_since is None:
            self._deaf_since = self._clock()

    def heard_again(self) -> None:
        """Note that Discord is there again; the next tick makes up for the time that was lost."""
        self._heard_at = self._clock()

    @property
    def deaf(self) -> bool:
        """Whether members cannot be heard, or what that cost them was not made up for yet: no item is to close."""
        return self._deaf_since is not None

    async def make_up(self) -> None:
        """Give open items the time back in which Discord was gone; does nothing before it is there again."""
        since, heard_at = self._deaf_since, self._heard_at
        if since is None or heard_at is None:
            return
        if self._clock() - since > _BLINK:
            await self.came_back(since)
        # Gone once more meanwhile, it is so since just now.
        self._deaf_since = None if self._heard_at == heard_at else self._clock()

    async def came_back(self, alive: datetime) -> None:
        """Give open items the time back in which nobody could answer: members were heard last at an instant."""
        async with self._store.read() as tx:
            if not await quizzes.running(tx):
                return
        now = self._clock()
        async with self._store.write() as tx:
            for quiz in await quizzes.running(tx):
                if now - alive > LONGEST_AWAY:
                    await end_quiz(tx, quiz, Ending.AWAY, now=now)
                elif quiz.paused_at is None:
                    await give_back(tx, quiz, alive, now)

    async def ready(self, planned: Round) -> Round | None:
        """Give an item as it is to be posted now: it is open from now on. `None` when it waits, or is dropped."""
        assert planned.quiz_id is not None
        async with self._store.write() as tx:
            quiz = await quizzes.by_id(tx, planned.quiz_id)
            asking = quiz is not None and quiz.state is QuizState.ASKING
            if quiz is not None and asking and quiz.paused_at is not None:
                await rounds.block(tx, planned.id)
                return None
            if quiz is not None and asking:
                closes_at = self._clock() + quiz.open_for
                await rounds.note(tx, planned.id, closes_at=closes_at)
                await quizzes.change(tx, quiz.id, shown=closes_at)
                return replace(planned, closes_at=closes_at)
        await self._void(planned, "its quiz was stopped")
        return None

    async def quiz_of(self, asked: Round) -> Quiz | None:
        """Give the quiz that a round belongs to; `None` when it is a schedule's."""
        if asked.quiz_id is None:
            return None
        async with self._store.read() as tx:
            return await quizzes.by_id(tx, asked.quiz_id)

    async def lost(self, asked: Round, why: Refusal) -> None:
        """Deal with a round that cannot go on: without its post the quiz does, without its channel it ends."""
        quiz = await self.quiz_of(asked)
        assert quiz is not None
        if why is not Refusal.POST_GONE:
            await self.fail(quiz, why)
        elif await self._void(asked, "its post is gone"):
            await self._announcer.tell(quiz, troubles.post_gone(quiz, asked))

    async def give_up(self, asked: Round, why: str) -> None:
        """Drop a round whose step failed again and again; its quiz goes on."""
        quiz = await self.quiz_of(asked)
        assert quiz is not None
        if await self._void(asked, "it could not be shown"):
            await self._announcer.tell(quiz, troubles.item_dropped(quiz, asked, why))

    async def channel_gone(self, channel_id: int) -> None:
        """End the quiz of a deleted channel."""
        async with self._store.read() as tx:
            quiz = await quizzes.in_channel(tx, channel_id)
        if quiz is not None:
            await self.fail(quiz, Refusal.CHANNEL_GONE)

    async def fail(self, quiz: Quiz, why: Refusal) -> None:
        """End a quiz that can show nothing any more, without a board, and tell its host once."""
        async with self._store.write() as tx:
            ended = await quizzes.end(tx, quiz, Ending.TROUBLE, step_at=None)
            if not ended:
                await quizzes.change(tx, quiz.id, step_at=None, ending=Ending.TROUBLE)
            left = await rounds.of_quiz(tx, quiz.id)
        for asked in left:
            await self._void(asked, "its quiz could not go on")
        if ended or quiz.ending is not Ending.TROUBLE:
            await self._announcer.tell(quiz, troubles.quiz_ended(quiz, why))

    async def _advance(self, quiz: Quiz) -> None:
        async with self._store.read() as tx:
            asked = await rounds.of_quiz(tx, quiz.id)
            took_part = await quizzes.taking_part(tx, quiz.id)
        latest = asked[-1] if asked else None
        answers = [
            (took_part.get(each.id, 0), each.closes_at - each.planned_at)
            for each in asked
            if each.state is RoundState.EXPLAINED
        ]
        step = next_step(quiz, latest, idle=is_idle(answers, quiz.open_for), now=self._clock())
        match step:
            case QuizStep.SHOW_LOBBY:
                await self._show_lobby(quiz)
            case QuizStep.ASK:
                await self._ask(quiz, asked)
            case QuizStep.TELL_TIME:
                assert latest is not None
                await self._tell_time(quiz, latest)
            case QuizStep.END:
                async with self._store.write() as tx:
                    await end_quiz(tx, quiz, ending_of(quiz), now=self._clock())
            case QuizStep.SHOW_BOARD:
                await self._show_board(quiz, len(answers))
            case QuizStep.WAIT:
                await self._mark(quiz, step_at=wakes_at(quiz))
            case _:
                assert_never(step)

    async def _show_lobby(self, quiz: Quiz) -> None:
        lobby_id = await self._publisher.find_lobby(quiz) if quiz.attempts > 1 else None
        if lobby_id is None:
            quiz = replace(quiz, begins_at=self._clock() + LOBBY)
            # Kept before it is told: whoever sees the lobby before we know it was sent may begin at once.
            async with self._store.write() as tx:
                await quizzes.change(tx, quiz.id, begins_at=quiz.begins_at)
            lobby_id = await self._publisher.invite(Lobby(quiz=quiz, bank=self._library.bank(quiz.bank)))
        await self._mark(quiz, lobby_id=lobby_id, step_at=quiz.begins_at)

    async def _ask(self, quiz: Quiz, asked: list[Round]) -> None:
        now = self._clock()
        async with self._store.write() as tx:
            number = quiz.number + 1
            if not await quizzes.mark(tx, quiz, state=QuizState.ASKING, number=number, step_at=None, shown=None):
                return
            planned = await self._next(tx, quiz, asked, now)
            if planned is not None:
                await rounds.plan(tx, planned)
            else:
                await quizzes.change(tx, quiz.id, number=quiz.number)
                await end_quiz(tx, quiz, Ending.USED_UP, now=now)

    async def _next(self, tx: Tx, quiz: Quiz, asked: list[Round], now: datetime) -> Round | None:
        """Choose the next item: one that no quiz here asked yet, else the one asked longest ago; none twice."""
        if not self._library.has(quiz.bank):
            return None
        bank = self._library.bank(quiz.bank)
        met = await profiles.meetings(tx, quiz.guild_id, bank.id, since=now - WINDOW)
        busy = await rounds.busy_items(tx, quiz.guild_id, bank.id)
        history = History(
            asked=await rounds.quizzed(tx, quiz.guild_id, bank.id),
            slips=group_weights(met, now),
            # Cases that it asked are told by now, and come after all others; what is wrong in them may come again.
            busy=busy | {each.posed.item.id for each in asked if each.case_key is None},
            told=await rounds.told(tx, quiz.guild_id, bank.id) if quiz.cases else (),
        )
        number = quiz.number + 1
        chosen = draw(quiz, bank, history, count=1, rng=Random(f"{quiz.seed}/{number}"))
        if not chosen:
            return None
        zone = await schedules.zone_of(tx, quiz.guild_id)
        day = now.astimezone(zone).date() if zone is not None else now.date()
        return Round(
            id=0,
            guild_id=quiz.guild_id,
            channel_id=quiz.channel_id,
            schedule_id=None,
            quiz_id=quiz.id,
            bank=bank.id,
            posed=pose(chosen[0], Random(f"{quiz.seed}/{number}/{chosen[0].id}")),
            state=RoundState.PLANNED,
            on=day,
            opened_on=day,
            number=number,
            planned_at=now,
            closes_at=now + quiz.open_for,
            step_at=now,
            by_letter=quiz.by_letter,
            ranks=quiz.counts,
            case_key=key_of(bank, chosen[0].id),
        )

    async def _tell_time(self, quiz: Quiz, latest: Round) -> None:
        try:
            if self._library.has(latest.bank):
                await self._questions.retell(Posting(round=latest, bank=self._library.bank(latest.bank), quiz=quiz))
        except PublishFailed as failure:
            # A courtesy: when the post is gone, or may not be written, the item's own steps will find out.
            logger.info("quiz %d: its question tells the old time (%s)", quiz.id, failure)
        await self._mark(quiz, shown=latest.closes_at, step_at=wakes_at(quiz))

    async def _show_board(self, quiz: Quiz, asked: int) -> None:
        board_id = await self._publisher.find_board(quiz) if quiz.attempts > 1 else None
        if board_id is None:
            board_id = await self._publisher.conclude(await self._board(quiz, asked))
        await self._mark(quiz, board_id=board_id, step_at=None)
        logger.info("quiz %d: over (%s) after %d items", quiz.id, quiz.ending, asked)

    async def _board(self, quiz: Quiz, asked: int) -> FinalBoard:
        async with self._store.read() as tx:
            scores = await quizzes.board(tx, quiz.id)
            caught = await quizzes.traps(tx, quiz.id)
        bank = self._library.bank(quiz.bank) if self._library.has(quiz.bank) else None
        known = [(bank.traps[trap], count) for trap, count in caught.items() if bank is not None and trap in bank.traps]
        known.sort(key=lambda each: (-each[1], each[0].name))
        return FinalBoard(quiz=quiz, bank=bank, asked=asked, standings=tuple(rank(scores)), traps=tuple(known))

    async def _refused(self, quiz: Quiz, failure: PublishFailed) -> None:
        logger.warning("quiz %d: %s", quiz.id, failure)
        match failure.why:
            case Refusal.CHANNEL_GONE | Refusal.FORBIDDEN | Refusal.POST_GONE:
                await self.fail(quiz, failure.why)
            case Refusal.UNAVAILABLE:
                await self._wait(quiz)
            case Refusal.REJECTED:
                await self._failed(quiz)
            case _:
                assert_never(failure.why)

    async def _failed(self, quiz: Quiz) -> None:
        """Try a step again that failed by itself; after some times end the quiz."""
        if quiz.attempts < _TRIES:
            await self._wait(quiz)
        else:
            await self.fail(quiz, Refusal.REJECTED)

    async def _wait(self, quiz: Quiz) -> None:
        wait = min(_FIRST_WAIT * 2 ** min(quiz.attempts - 1, 10), _LONGEST_WAIT)
        async with self._store.write() as tx:
            await quizzes.mark(tx, quiz, attempts=quiz.attempts, step_at=self._clock() + wait)

    async def _mark(self, quiz: Quiz, **values: object) -> None:
        async with self._store.write() as tx:
            await quizzes.mark(tx, quiz, **values)

    async def _void(self, asked: Round, reason: str) -> bool:
        return await void(self._store, self._answering, asked, reason, now=self._clock())
