"""Live quizzes in trouble: lost channels and posts, Discord away, restarts and crashes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.quiz import LOBBY, LONGEST_AWAY, LONGEST_PAUSE, Ending, QuizState
from bot.domain.rounds import RoundState
from bot.services.ports import PublishFailed, Refusal
from bot.storage import quizzes
from tests.services.house import House, Killed, right
from tests.services.quiz_house import HOST, SECOND, WISH, asked, being_sent, finish, items, start, stored, wait


async def test_a_lost_channel_ends_the_quiz(house: House) -> None:
    """Without its channel, or what it needs there, a quiz is over: its item counts for nobody, and the host is told."""
    for number, why in enumerate((Refusal.CHANNEL_GONE, Refusal.FORBIDDEN), start=1):
        item = await asked(house)
        house.publisher.fail("explain", PublishFailed(why))
        await house.tap(item, 1, right(item))
        await finish(house, item)
        quiz = await stored(house, number)
        assert (quiz.state, quiz.ending, quiz.step_at) == (QuizState.OVER, Ending.TROUBLE, None)
        assert (await house.round(item.id)).state is RoundState.VOID
    assert house.results() == []
    assert [user for user, _ in house.publisher.told] == [300, 300]
    assert "the channel was deleted" in house.publisher.told[0][1]
    assert house.publisher.boards == []


@pytest.mark.parametrize("method", ["invite", "post", "conclude"])
async def test_what_may_not_be_shown_ends_the_quiz(house: House, method: str) -> None:
    """A lobby, item or board that may not be sent ends the quiz, and the host is told once."""
    house.publisher.fail(method, PublishFailed(Refusal.FORBIDDEN))
    await start(house, count=1)
    await wait(house, LOBBY)
    await wait(house, 30 * SECOND)
    assert (await stored(house)).ending is Ending.TROUBLE
    assert len(house.publisher.told) == 1
    assert await house.states() == {"invite": [], "post": ["void"], "conclude": ["explained"]}[method]


async def test_a_lost_post_costs_one_item(house: House) -> None:
    """When an item's post is deleted it is void, and the quiz goes on with the next one."""
    item = await asked(house)
    house.publisher.fail("collect", PublishFailed(Refusal.POST_GONE))
    following = await finish(house, item)
    assert (await house.round(item.id)).state is RoundState.VOID
    assert following is not None
    assert following.number == 2
    assert "its post in <#200> is gone" in house.notices()[0]


async def test_an_item_that_discord_rejects_is_dropped(house: House) -> None:
    """After five tries in vain an item is void, the quiz goes on, and the host is told."""
    house.publisher.fail("post", PublishFailed(Refusal.REJECTED), times=5)
    await start(house)
    await wait(house, LOBBY)
    for _ in range(6):
        await wait(house, timedelta(minutes=5))
    assert (await items(house))[0].state is RoundState.VOID
    assert "goes on without question 1" in house.notices()[0]


async def test_discord_away_for_a_moment_costs_nothing(house: House) -> None:
    """A lobby, question, reveal or board that Discord does not take at first is tried again."""
    for method in ("invite", "post", "explain", "conclude"):
        house.publisher.fail(method, PublishFailed(Refusal.UNAVAILABLE))
    await house.quizzing.start(HOST, replace(WISH, count=1))
    for _ in range(20):
        await wait(house, 10 * SECOND)
    chat = house.publisher
    assert (len(chat.lobbies), len(chat.posts), len(chat.reveals), len(chat.boards)) == (1, 1, 1, 1)


async def test_a_deleted_channel_ends_a_lobby(house: House) -> None:
    """Between items, too, a quiz ends with its channel."""
    await start(house)
    await house.conductor.channel_gone(200)
    await house.conductor.channel_gone(999)
    await wait(house, LOBBY)
    assert ((await stored(house)).ending, house.publisher.posts) == (Ending.TROUBLE, [])


async def test_a_restart_goes_on_with_fair_time(house: House) -> None:
    """Away for five minutes in the middle of an item, the bot gives it the time back that nobody could use."""
    item = await asked(house)
    await house.tap(item, 1, right(item))
    await wait(house, 12 * SECOND)
    house.clock.now += timedelta(minutes=5)
    await house.restart()
    await house.work()
    going_on = await house.round(item.id)
    assert (going_on.state, going_on.closes_at) == (RoundState.OPEN, house.clock.now + 18 * SECOND)
    assert [each.round.closes_at for each in house.publisher.retold] == [going_on.closes_at]
    await house.tap(item, 2, right(item))
    following = await finish(house, item)
    assert [row[1] for row in house.results()] == [1, 2]
    assert not house.publisher.reveals[0].round.closed_late
    assert following is not None


async def test_a_restart_in_a_pause_changes_nothing(house: House) -> None:
    """A paused quiz is paused after a restart, with the time that it had left."""
    item = await asked(house)
    await wait(house, 10 * SECOND)
    await house.quizzing.pause(HOST)
    await house.work()
    house.clock.now += timedelta(minutes=5)
    await house.restart()
    await house.work()
    await house.quizzing.resume(HOST)
    await house.work()
    assert (await house.round(item.id)).closes_at == house.clock.now + 20 * SECOND


async def test_a_clock_that_was_ahead_holds_no_quiz_up(house: House) -> None:
    """Set back by a day, the clock lets a lobby begin and the next item come all the same."""
    await start(house)
    house.clock.now -= timedelta(days=1)
    await house.restart()
    await wait(house, SECOND)
    assert [each.number for each in await items(house)] == [1]


async def test_a_long_absence_ends_the_quiz(house: House) -> None:
    """After hours away the open item is explained and the board shown: nobody waits for the next item."""
    await house.tap(item := await asked(house), 1, right(item))
    await house.work()
    house.clock.now += LONGEST_AWAY + SECOND
    await house.restart()
    await house.work(4)
    assert (await house.round(item.id)).state is RoundState.EXPLAINED
    assert ((await stored(house)).ending, len(house.publisher.boards)) == (Ending.AWAY, 1)


@pytest.mark.parametrize("method", ["invite", "post", "explain", "conclude"])
@pytest.mark.parametrize("after", [False, True])
async def test_a_crash_shows_nothing_twice(house: House, method: str, *, after: bool) -> None:
    """Killed before or after any sending, the bot shows lobby, question, reveal and board once each."""
    house.publisher.fail(method, Killed(), after=after)
    await house.quizzing.start(HOST, replace(WISH, count=1))
    for _ in range(30):
        await house.daily.tick()
        ends = await asyncio.gather(*house.daily._workers.values(), return_exceptions=True)
        if any(isinstance(end, Killed) for end in ends):
            await house.restart()
        house.clock.now += 10 * SECOND
    chat = house.publisher
    assert (len(chat.lobbies), len(chat.posts), len(chat.reveals), len(chat.boards)) == (1, 1, 1, 1)
    assert (await stored(house)).ending is Ending.FINISHED


async def test_a_question_that_is_sent_slowly_has_its_time(house: House) -> None:
    """When Discord takes longer than an item is open for, it opens for as long as it was to, and its post says so."""
    sent = await being_sent(house, seconds=10)
    house.clock.now += 15 * SECOND
    sent.set()
    await house.daily.idle()
    await house.work()
    (item,) = await items(house)
    assert (item.state, item.closes_at) == (RoundState.OPEN, house.clock.now + 10 * SECOND)
    assert [each.round.closes_at for each in house.publisher.retold] == [item.closes_at]


async def test_a_crash_after_sending_a_question_costs_it_no_time(house: House) -> None:
    """Found again after the crashed step's lease, the question opens for as long as it was to."""
    await start(house)
    house.publisher.fail("post", Killed(), after=True)
    house.clock.now += LOBBY
    while not any(isinstance(end, Killed) for end in await _ends(house)):
        await house.daily.tick()
    await house.restart()
    house.clock.now += 61 * SECOND
    await house.work(4)
    (item,) = await items(house)
    assert (item.state, item.closes_at) == (RoundState.OPEN, house.clock.now + 30 * SECOND)
    assert len(house.publisher.posts) == 1


async def test_stopped_while_a_question_is_being_sent(house: House) -> None:
    """The question that nobody could hold back any more is explained at once, and the board follows."""
    sent = await being_sent(house, seconds=300)
    await house.quizzing.stop(HOST)
    sent.set()
    await house.daily.idle()
    await house.work(4)
    assert await house.states() == ["explained"]
    assert [board.quiz.ending for board in house.publisher.boards] == [Ending.STOPPED]


@pytest.mark.parametrize("resumed", [False, True])
async def test_paused_while_a_question_is_being_sent(house: House, *, resumed: bool) -> None:
    """The post says that it is paused; resumed, before or after it is there, the question has all of its time."""
    sent = await being_sent(house)
    await house.quizzing.pause(HOST)
    if resumed:
        await house.quizzing.resume(HOST)
    sent.set()
    await house.daily.idle()
    await house.work()
    if not resumed:
        assert [each.quiz is not None and each.quiz.paused_at for each in house.publisher.retold] == [house.clock.now]
        await wait(house, LONGEST_PAUSE / 2)
        await house.quizzing.resume(HOST)
        await house.work()
    (item,) = await items(house)
    assert (item.state, item.closes_at) == (RoundState.OPEN, house.clock.now + 30 * SECOND)


async def _ends(house: House) -> list[object]:
    """Wait for the steps under way, and tell how they ended."""
    return await asyncio.gather(*house.daily._workers.values(), return_exceptions=True)


async def test_discord_gone_gives_a_question_its_time_back(house: House) -> None:
    """While Discord is gone an open item does not close; it has as much time left afterwards as it had before."""
    item = await asked(house, by_letter=False)
    await wait(house, 12 * SECOND)
    house.daily.went_away()
    await wait(house, timedelta(minutes=5))
    assert (await house.round(item.id)).state is RoundState.OPEN
    await house.daily.catch_up()
    await house.work()
    going_on = await house.round(item.id)
    assert (going_on.state, going_on.closes_at) == (RoundState.OPEN, house.clock.now + 18 * SECOND)
    assert [each.round.closes_at for each in house.publisher.retold] == [going_on.closes_at]
    await finish(house, item)
    assert (await house.round(item.id)).state is RoundState.EXPLAINED


async def test_discord_gone_for_a_blink_changes_nothing(house: House) -> None:
    """A connection that is resumed within seconds leaves an item's time alone; one that breaks again does not."""
    item = await asked(house)
    for _ in range(2):
        house.daily.went_away()
        await wait(house, 2 * SECOND)
        house.daily.caught_up()
        await house.work()
    assert (await house.round(item.id)).closes_at == item.closes_at
    house.daily.went_away()
    await wait(house, 2 * SECOND)
    house.daily.caught_up()
    house.daily.went_away()
    await wait(house, 30 * SECOND)
    house.daily.caught_up()
    await house.work()
    assert (await house.round(item.id)).closes_at == house.clock.now + 26 * SECOND


async def test_discord_gone_for_hours_ends_the_quiz(house: House) -> None:
    """As after hours away: the open item is explained, the board shown."""
    item = await asked(house)
    house.daily.went_away()
    await wait(house, LONGEST_AWAY + SECOND)
    house.daily.caught_up()
    await house.work(4)
    assert (await house.round(item.id)).state is RoundState.EXPLAINED
    assert (await stored(house)).ending is Ending.AWAY


@pytest.mark.parametrize("away", [False, True])
async def test_paused_before_a_question_was_sent_and_never_resumed(house: House, *, away: bool) -> None:
    """The question that was planned is dropped, so that its item is free again, and the board is shown."""
    await start(house)
    house.clock.now += LOBBY
    async with house.store.read() as tx:
        (due,) = await quizzes.due(tx, house.clock.now)
    await house.conductor.step(due)
    await house.quizzing.pause(HOST)
    await house.work()
    assert await house.states() == ["planned"]
    house.clock.now += LONGEST_AWAY + SECOND if away else LONGEST_PAUSE
    if away:
        await house.restart()
    await house.work(4)
    assert await house.states() == ["void"]
    assert [board.quiz.ending for board in house.publisher.boards] == [Ending.AWAY if away else Ending.NOT_RESUMED]


async def test_paused_while_discord_takes_no_question(house: House) -> None:
    """However long a question waited to be sent, it comes when the quiz is resumed, with all of its time."""
    house.publisher.fail("post", PublishFailed(Refusal.UNAVAILABLE))
    await start(house, seconds=10)
    await wait(house, LOBBY)
    await wait(house, 15 * SECOND)
    await house.quizzing.pause(HOST)
    await wait(house, timedelta(minutes=5))
    assert await house.states() == ["planned"]
    await house.quizzing.resume(HOST)
    await house.work()
    (item,) = await items(house)
    assert (item.state, item.closes_at) == (RoundState.OPEN, house.clock.now + 10 * SECOND)
