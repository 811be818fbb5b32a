"""What tests of live quizzes share: starting one, letting time pass, and looking at its items."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.quiz import LOBBY, READING, Quiz
from bot.domain.rounds import Round
from bot.services.quizzing import Actor, QuizWish
from bot.storage import quizzes, rounds
from tests.services.house import House

HOST = Actor(guild_id=100, channel_id=200, member_id=300, organiser=False)
OLIVE = replace(HOST, member_id=301, organiser=True)
WISH = QuizWish(count=3, seconds=30)
SECOND = timedelta(seconds=1)


async def start(house: House, actor: Actor = HOST, **changes: Any) -> Quiz:  # noqa: ANN401 - any field of a wish
    """Start a quiz and show its lobby."""
    quiz = await house.quizzing.start(actor, replace(WISH, **changes))
    await house.work(1)
    return await stored(house, quiz.id)


async def stored(house: House, quiz_id: int = 1) -> Quiz:
    """Give a quiz as it is stored."""
    async with house.store.read() as tx:
        found = await quizzes.by_id(tx, quiz_id)
    assert found is not None
    return found


async def items(house: House, quiz_id: int = 1) -> list[Round]:
    """Give the rounds of a quiz, oldest first."""
    async with house.store.read() as tx:
        return await rounds.of_quiz(tx, quiz_id)


async def wait(house: House, much: timedelta) -> None:
    """Let time pass, and do what is due then."""
    house.clock.now += much
    await house.work(4)


async def asked(house: House, actor: Actor = HOST, **changes: Any) -> Round:  # noqa: ANN401 - any field of a wish
    """Start a quiz and give its first item, open."""
    quiz = await start(house, actor, **changes)
    await wait(house, LOBBY)
    return (await items(house, quiz.id))[-1]


async def being_sent(house: House, **changes: Any) -> asyncio.Event:  # noqa: ANN401 - any field of a wish
    """Start a quiz whose first item is being sent until the event given back is set."""
    await start(house, **changes)
    sent = house.publisher.hang("post")
    house.clock.now += LOBBY
    async with asyncio.timeout(5):
        while not house.publisher.named("post"):
            await house.daily.tick()
            await asyncio.sleep(0.005)
    return sent


async def finish(house: House, item: Round) -> Round | None:
    """Let an item close by itself, and give the next one when there was time to read."""
    house.clock.now = max(house.clock.now, (await house.round(item.id)).closes_at)
    await house.work(4)
    await wait(house, READING)
    latest = (await items(house, item.quiz_id or 0))[-1]
    return latest if latest.id != item.id else None
