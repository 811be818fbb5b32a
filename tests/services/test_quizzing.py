"""Live quizzes: from the lobby to the final board, and what hosts and pauses do to them."""

from dataclasses import replace
from datetime import timedelta

import pytest

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
    TrapwiseError,
    UnknownTopic,
    UnknownTrap,
)
from bot.domain.item import Difficulty
from bot.domain.quiz import LOBBY, LONGEST_PAUSE, READING, Ending, QuizState
from bot.domain.rounds import Round, RoundState
from bot.services.ports import PublishFailed, Refusal
from bot.services.quizzing import QuizWish
from tests.services.house import House, right, until, wrong
from tests.services.quiz_house import HOST, OLIVE, SECOND, WISH, asked, finish, items, start, stored, wait


async def test_the_whole_life_of_a_quiz(house: House) -> None:
    """Lobby, three items with a reveal each, time to read between them, and the board; then the channel is free."""
    chat, quiz = house.publisher, await start(house)
    assert [each.quiz.begins_at for each in chat.lobbies] == [house.clock.now + LOBBY] == [quiz.begins_at]
    await wait(house, LOBBY - SECOND)
    assert chat.posts == []
    await wait(house, SECOND)
    for number in (1, 2, 3):
        *earlier, item = await items(house)
        assert (item.number, item.state, item.closes_at) == (number, RoundState.OPEN, house.clock.now + 30 * SECOND)
        assert item.posed.item.id not in {each.posed.item.id for each in earlier}
        await house.tap(item, 1, right(item))
        await house.tap(item, 2, wrong(item)[0] if number < 3 else right(item))
        await wait(house, 30 * SECOND)
        assert (await house.round(item.id)).state is RoundState.EXPLAINED
        if number < 3:
            await wait(house, READING - SECOND)
            assert len(chat.posts) == number
            await wait(house, SECOND)
    (board,) = chat.boards
    assert [(each.rank, each.score.name, each.score.units) for each in board.standings] == [
        (1, "Member 1", 3 * 5040),
        (2, "Member 2", 5040),
    ]
    assert (board.asked, [(trap.id, count) for trap, count in board.traps]) == (3, [("door-as-lock", 1)])
    done = await stored(house)
    assert (done.state, done.ending, done.step_at, done.board_id) == (QuizState.OVER, Ending.FINISHED, None, 9801)
    assert chat.named("invite", "post", "explain", "conclude") == ["invite", *["post", "explain"] * 3, "conclude"]
    await start(house)


async def test_reveals_carry_the_running_board(house: House) -> None:
    """Each reveal tells how the members stand in the quiz so far, not the top of the day."""
    item = await asked(house)
    await house.tap(item, 1, right(item))
    second = await finish(house, item)
    assert second is not None
    await house.tap(second, 2, right(second))
    await house.tap(second, 1, right(second))
    await finish(house, second)
    first, later = house.publisher.reveals
    assert first.quiz is not None
    assert [(each.score.name, each.score.units) for each in first.top] == [("Member 1", 5040)]
    assert [(each.score.name, each.score.units) for each in later.top] == [("Member 1", 10080), ("Member 2", 5040)]
    assert later.earners == 2


async def test_points_stay_in_the_quiz_unless_an_organiser_says_otherwise(house: House) -> None:
    """A member's quiz is on no board of the server; only an organiser can let one count, and that one is."""
    await house.tap(item := await asked(house), 1, right(item))
    await finish(house, item)
    assert house.results() == [(1, 1, 5040, 0)]
    assert house.rows("SELECT * FROM totals") == []
    with pytest.raises(OrganisersOnly):
        await house.quizzing.start(replace(HOST, channel_id=201), replace(WISH, counts=True))
    quiz = await start(house, replace(OLIVE, channel_id=201), counts=True)
    await wait(house, LOBBY)
    counted = (await items(house, quiz.id))[-1]
    await house.tap(counted, 2, right(counted))
    await finish(house, counted)
    assert house.rows("SELECT member_id, units FROM totals WHERE period = 'all'") == [(2, 5040)]


async def test_slips_in_a_quiz_count_for_the_traps(house: House) -> None:
    """Whoever falls for a trap in a quiz has it in their profile, as from any question."""
    await house.tap(item := await asked(house), 1, wrong(item)[0])
    await finish(house, item)
    (found,) = await house.profiles.repeated(100, 1)
    assert found.trap.id == "door-as-lock"


async def test_private_answers_only(house: House) -> None:
    """In a quiz by button, letters under the post are neither put there nor counted; private answers are."""
    item = await asked(house, by_letter=False)
    assert house.publisher.named("seed", "collect") == []
    house.publisher.marks[item.message_id or 0][1] = right(item)
    await house.tap(item, 2, right(item))
    await house.answering.choose(item.id, 3, right(item), name="Member 3")
    await finish(house, item)
    assert [row[1] for row in house.results()] == [3]


async def test_one_quiz_a_channel_and_some_a_server(house: House) -> None:
    """A channel has one quiz, a member hosts two at most, and a server has five."""
    await start(house)
    with pytest.raises(QuizRunning):
        await house.quizzing.start(replace(HOST, member_id=9), WISH)
    await start(house, replace(HOST, channel_id=201))
    with pytest.raises(TooManyQuizzes):
        await house.quizzing.start(replace(HOST, channel_id=202), WISH)
    for number in (3, 4, 5):
        await start(house, replace(HOST, channel_id=200 + number, member_id=number))
    with pytest.raises(TooManyQuizzes):
        await house.quizzing.start(replace(HOST, channel_id=299, member_id=9), WISH)
    await start(house, replace(HOST, guild_id=101, channel_id=300))


async def test_two_quizzes_at_once(house: House) -> None:
    """Two quizzes in different channels go their own ways, with different items, and neither waits for the other."""
    await start(house)
    await start(house, replace(HOST, channel_id=201))
    gate = house.publisher.hang("post")
    house.clock.now += LOBBY
    await house.work(1)
    await house.daily.tick()
    await until(lambda: house.publisher.posts != [])
    assert len(house.publisher.posts) == 1, "one hangs, the other goes on"
    gate.set()
    await house.daily.idle()
    await house.work(2)
    one, other = (await items(house, 1))[0], (await items(house, 2))[0]
    assert (one.state, other.state) == (RoundState.OPEN, RoundState.OPEN)
    assert one.posed.item.id != other.posed.item.id


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (replace(WISH, topic="9.9"), UnknownTopic),
        (replace(WISH, trap="nonsense"), UnknownTrap),
        (replace(WISH, difficulty=Difficulty.HARD), NothingToAsk),
    ],
)
async def test_what_cannot_be_asked_is_refused(house: House, wish: QuizWish, error: type[TrapwiseError]) -> None:
    """A topic or trap that is not there, or a difficulty without items, is refused before anything is shown."""
    with pytest.raises(error):
        await house.quizzing.start(HOST, wish)
    await house.work()
    assert house.publisher.calls == []


async def test_a_quiz_has_no_more_items_than_there_are(house: House) -> None:
    """Items in an open round are not asked; a quiz is told at its start how many are left."""
    await house.schedule()
    open_already = await house.posted()
    quiz = await start(house, count=30)
    assert quiz.count == 11
    await wait(house, LOBBY)
    assert (await items(house))[0].posed.item.id != open_already.posed.item.id


async def test_the_next_quiz_asks_other_items(house: House) -> None:
    """A quiz begins with items that no quiz of the server has asked."""
    asked_before = set[str]()
    for quiz_id in (1, 2, 3, 4):
        item: Round | None = await asked(house)
        while item is not None:
            assert item.posed.item.id not in asked_before
            asked_before.add(item.posed.item.id)
            await house.tap(item, 1, right(item))
            item = await finish(house, item)
        assert (await stored(house, quiz_id)).ending is Ending.FINISHED
    assert len(asked_before) == 12


async def test_only_host_and_organisers_decide(house: House) -> None:
    """Others may not begin, skip, pause, resume or stop; the host may, and organisers also when the host left."""
    await asked(house)
    quizzing, other = house.quizzing, replace(HOST, member_id=9)
    for deed in (quizzing.skip, quizzing.pause, quizzing.resume, quizzing.stop):
        with pytest.raises(HostsOnly):
            await deed(other)
        with pytest.raises(NoQuiz):
            await deed(replace(HOST, channel_id=999))
        with pytest.raises(NoQuiz):
            await deed(replace(OLIVE, guild_id=101), 1)
    with pytest.raises(HostsOnly):
        await quizzing.begin(other, 1)
    await quizzing.stop(OLIVE)
    with pytest.raises(NoQuiz):
        await quizzing.stop(HOST)


async def test_the_lobby_can_be_cut_short(house: House) -> None:
    """Begun now, the first item comes without waiting for the end of the lobby."""
    await start(house)
    await house.quizzing.begin(HOST, 1)
    await house.work()
    assert [each.state for each in await items(house)] == [RoundState.OPEN]


async def test_a_lobby_begins_before_its_sending_is_known(house: House) -> None:
    """Begun from a lobby of which the bot has not learnt that it was sent, the quiz begins at once all the same."""
    house.publisher.fail("invite", PublishFailed(Refusal.UNAVAILABLE), after=True)
    await start(house)
    await house.quizzing.begin(HOST, 1)
    await house.work(4)
    assert [each.state for each in await items(house)] == [RoundState.OPEN]
    assert len(house.publisher.lobbies) == 1


async def test_skipping_closes_and_explains(house: House) -> None:
    """A skipped item closes at once with the answers it has; skipped again while it is read, the next one comes."""
    await house.tap(item := await asked(house), 1, right(item))
    await house.quizzing.skip(HOST)
    await house.work()
    assert (await house.round(item.id)).state is RoundState.EXPLAINED
    assert house.results() == [(1, 1, 5040, 0)]
    await house.quizzing.skip(HOST)
    await house.work()
    assert (await items(house))[-1].number == 2


async def test_a_skip_is_about_one_item(house: House) -> None:
    """Pressed twice, or under a question that is over, a button neither costs the time to read nor the next item."""
    item = await asked(house)
    with pytest.raises(QuestionOver):
        await house.quizzing.skip(HOST, 1, read_item=1)
    await house.quizzing.skip(HOST, 1, open_item=1)
    await house.work()
    with pytest.raises(QuestionOver):
        await house.quizzing.skip(HOST, 1, open_item=1)
    await house.quizzing.skip(HOST, 1, read_item=1)
    await house.work()
    for stale in ({"open_item": 1}, {"read_item": 1}):
        with pytest.raises(QuestionOver):
            await house.quizzing.skip(HOST, 1, **stale)
    assert [each.state for each in await items(house)] == [RoundState.EXPLAINED, RoundState.OPEN]
    assert item.number == 1


async def test_an_item_on_its_way_is_not_skipped(house: House) -> None:
    """Between planning and posting there is nothing to skip."""
    await start(house)
    gate = house.publisher.hang("post")
    house.clock.now += LOBBY
    await house.work(1)
    await house.daily.tick()
    await until(lambda: house.publisher.named("post") != [])
    with pytest.raises(NothingToSkip):
        await house.quizzing.skip(HOST)
    gate.set()
    await house.daily.idle()


async def test_a_pause_stops_the_clock(house: House) -> None:
    """Paused ten seconds in, an item takes answers on, closes never, and has twenty seconds left when it goes on."""
    item = await asked(house)
    await wait(house, 10 * SECOND)
    await house.quizzing.pause(HOST)
    await wait(house, timedelta(minutes=20))
    assert (await house.round(item.id)).state is RoundState.OPEN
    await house.tap(item, 1, right(item))
    with pytest.raises(QuizPaused):
        await house.quizzing.skip(HOST)
    with pytest.raises(QuizPaused):
        await house.quizzing.pause(HOST)
    await house.quizzing.resume(HOST)
    await house.work()
    assert (await house.round(item.id)).closes_at == house.clock.now + 20 * SECOND
    paused, resumed = house.publisher.retold
    assert paused.quiz is not None
    assert paused.quiz.paused_at is not None
    assert (resumed.round.closes_at, resumed.quiz and resumed.quiz.paused_at) == (house.clock.now + 20 * SECOND, None)
    await wait(house, 20 * SECOND)
    assert (await house.round(item.id)).state is RoundState.EXPLAINED
    assert house.results() == [(1, 1, 5040, 0)]


async def test_a_pause_while_reading_holds_the_next_item_back(house: House) -> None:
    """Paused between two items, the next one comes when the quiz is resumed."""
    item = await asked(house)
    await wait(house, 30 * SECOND)
    await house.quizzing.pause(HOST)
    await wait(house, timedelta(minutes=5))
    assert len(await items(house)) == 1
    await house.quizzing.resume(HOST)
    await house.work()
    assert [each.number for each in await items(house)] == [1, 2]
    assert item.number == 1


async def test_a_lobby_is_not_paused(house: House) -> None:
    """Before the first item there is nothing to pause."""
    await start(house)
    with pytest.raises(QuizWaits):
        await house.quizzing.pause(HOST)


async def test_a_quiz_that_nobody_resumes_ends(house: House) -> None:
    """After half an hour of pause the open item is explained, and the board follows."""
    await house.tap(item := await asked(house), 1, right(item))
    await house.quizzing.pause(HOST)
    await house.work()
    await wait(house, LONGEST_PAUSE)
    assert (await house.round(item.id)).state is RoundState.EXPLAINED
    assert ((await stored(house)).ending, len(house.publisher.boards)) == (Ending.NOT_RESUMED, 1)


async def test_stopping_explains_what_is_open(house: House) -> None:
    """Stopped, the open item is closed and explained, then comes the board; nothing else is asked."""
    await house.tap(item := await asked(house), 1, right(item))
    await house.quizzing.stop(HOST)
    await house.work(4)
    assert (await house.round(item.id)).state is RoundState.EXPLAINED
    (board,) = house.publisher.boards
    assert (board.asked, board.quiz.ending, len(board.standings)) == (1, Ending.STOPPED, 1)
    await wait(house, timedelta(hours=1))
    assert len(await items(house)) == 1


async def test_a_lobby_is_stopped(house: House) -> None:
    """Stopped in its lobby, a quiz asks nothing, says so, and the channel is free."""
    await start(house)
    await house.quizzing.stop(HOST)
    await wait(house, LOBBY)
    assert (house.publisher.posts, [each.asked for each in house.publisher.boards]) == ([], [0])
    await start(house)


async def test_a_quiz_that_nobody_answers_ends(house: House) -> None:
    """After three items without an answer the quiz is over, however many were to come."""
    item: Round | None = await asked(house, count=9)
    while item is not None:
        item = await finish(house, item)
    assert (len(await items(house)), (await stored(house)).ending) == (3, Ending.UNANSWERED)


async def test_another_quiz_like_it(house: House) -> None:
    """Played again, a quiz is like the last one, hosted by whoever asked for it."""
    await asked(house, trap="door-as-lock", seconds=45)
    await house.quizzing.stop(HOST)
    await house.work(4)
    again = await house.quizzing.again(replace(HOST, member_id=9), 1)
    assert (again.trap, again.seconds, again.count, again.host_id) == ("door-as-lock", 45, 3, 9)
    with pytest.raises(NoQuiz):
        await house.quizzing.again(replace(HOST, guild_id=101), 1)


async def test_closing_by_command_leaves_quizzes_alone(house: House) -> None:
    """`/round close` is for the questions of schedules: it does not see those of a quiz."""
    await asked(house)
    assert await house.organising.open_rounds(100) == []
