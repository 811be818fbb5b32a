"""Gaps: what was missed is older than what was heard since, until a post is read; whatever fails meanwhile."""

import asyncio

import pytest

from bot.domain.rounds import Round, RoundState
from bot.services.ports import PublishFailed, Refusal
from bot.services.removals import Letter
from tests.services.house import House, until


@pytest.fixture
async def asked(group: House) -> Round:
    """Post a question, and tick once more."""
    asked = await group.posted()
    await group.work(1)
    return asked


async def lose(house: House) -> None:
    """Lose the gateway, a minute later."""
    house.clock.advance(minutes=1)
    house.answering.went_away()
    house.clock.advance(minutes=1)


async def back_in_vain(house: House, why: Refusal = Refusal.UNAVAILABLE) -> None:
    """Connect again, but let the post not be read; half a minute passes, too little for another try."""
    house.publisher.fail("collect", PublishFailed(why))
    await house.daily.catch_up()
    house.clock.advance(seconds=30)


async def close(house: House, asked: Round) -> None:
    """Let the round's time come."""
    house.clock.now = max(house.clock.now, asked.closes_at)
    await house.work()


async def test_a_close_while_the_gateway_is_gone_knows_of_the_outage(group: House, asked: Round) -> None:
    """A letter tapped meanwhile, after an answer given privately, is found by the close and counts."""
    await group.answering.choose(asked.id, 1, "A")
    await lose(group)
    group.unheard(asked, 1, "B")
    await close(group, asked)
    assert group.stored(asked) == {1: "B"}


async def test_what_was_replayed_was_not_missed(group: House, asked: Round) -> None:
    """After a connection that resumed nothing is unread, and an answer given privately stands."""
    await group.answering.choose(asked.id, 1, "A")
    await lose(group)
    assert list(group.answering.unread()) == [asked.id]
    group.answering.came_back(replayed=True)
    assert group.answering.unread() == {}
    group.unheard(asked, 1, "B")
    await close(group, asked)
    assert group.stored(asked) == {1: "A"}


async def test_a_replay_does_not_repair_an_earlier_outage(group: House, asked: Round) -> None:
    """An outage that no reading repaired counts on, whatever shorter ones come and go."""
    await lose(group)
    began = group.answering.unread()
    group.unheard(asked, 1, "B")
    await back_in_vain(group)
    await lose(group)
    group.answering.came_back(replayed=True)
    assert group.answering.unread() == began
    await group.daily.catch_up()
    assert group.answering.unread() == {}
    assert group.stored(asked) == {1: "B"}


@pytest.mark.parametrize("killed", [False, True])
async def test_a_letter_heard_after_an_outage_stands_against_one_missed_in_it(
    group: House, asked: Round, *, killed: bool
) -> None:
    """The repair failed: what it would have found is older than what was heard since, also for the next process."""
    await group.tap(asked, 1, "A")
    await lose(group)
    group.unheard(asked, 1, "AB")
    await back_in_vain(group)
    await group.tap(asked, 1, "C")
    await group.work(1)
    if killed:
        await group.restart()
    await close(group, asked)
    assert group.stored(asked) == {1: "C"}
    assert group.rows("SELECT seen FROM answers") == [("ABC",)]


async def test_a_letter_withdrawn_after_an_outage_stands_against_nothing(group: House, asked: Round) -> None:
    """Who takes away the letter that was tapped since has the one that was missed as the latest that is left."""
    await lose(group)
    group.unheard(asked, 1, "B")
    await back_in_vain(group)
    await group.tap(asked, 1, "C")
    group.unheard(asked, 1, "B")
    await group.answering.lift(asked.message_id or 0, 1, "C")
    await close(group, asked)
    assert group.stored(asked) == {1: "B"}


async def test_a_letter_withdrawn_and_tapped_again_unheard_is_new(group: House, asked: Round) -> None:
    """That it was heard before it was taken away says nothing about when it came again."""
    await lose(group)
    await back_in_vain(group)
    await group.tap(asked, 1, "C")
    group.unheard(asked, 1, "")
    await group.answering.lift(asked.message_id or 0, 1, "C")
    group.unheard(asked, 1, "C")
    await close(group, asked)
    assert group.stored(asked) == {1: "C"}


async def test_a_letter_tapped_since_stands_while_another_sort_of_reaction_holds_it(group: House, asked: Round) -> None:
    """Taking away one of two reactions with the letter withdraws nothing, and what was missed stays older."""
    await group.tap(asked, 1, "b")
    await lose(group)
    group.unheard(asked, 1, "bC")
    await back_in_vain(group)
    await group.tap(asked, 1, "B")
    group.unheard(asked, 1, "bC")
    await group.answering.lift(asked.message_id or 0, 1, "B")
    await close(group, asked)
    assert group.stored(asked) == {1: "B"}


async def test_tidying_away_an_earlier_letter_keeps_the_later_one(group: House, asked: Round) -> None:
    """A letter that the bot itself removes is no last word any more; the one tapped after it is."""
    await lose(group)
    group.unheard(asked, 1, "B")
    await back_in_vain(group)
    await group.tap(asked, 1, "CD")
    letter = Letter(asked.message_id or 0, 1, "C")
    group.answering.removals.begin(letter)
    await group.answering.lift(letter.message_id, 1, "C")
    group.answering.removals.end(letter, gone=True)
    group.unheard(asked, 1, "BD")
    await close(group, asked)
    assert group.stored(asked) == {1: "D"}


async def test_who_taps_while_a_post_is_read_is_read_later(group: House, asked: Round) -> None:
    """A reading passes over whoever taps meanwhile: what it would have found does not count over that tap later."""
    await lose(group)
    group.unheard(asked, 1, "B")
    gate = group.publisher.hang("collect")
    catching = asyncio.create_task(group.daily.catch_up())
    await until(lambda: bool(group.publisher.named("collect")))
    await group.tap(asked, 1, "C")
    gate.set()
    await catching
    assert list(group.answering.unread()) == [asked.id]
    await close(group, asked)
    assert group.stored(asked) == {1: "C"}


async def test_who_was_passed_over_is_read_after_a_while(group: House, asked: Round) -> None:
    """The post is read once more by itself: then nothing of the outage is left that a later one could be taken for."""
    await lose(group)
    gate = group.publisher.hang("collect")
    catching = asyncio.create_task(group.daily.catch_up())
    await until(lambda: bool(group.publisher.named("collect")))
    await group.tap(asked, 1, "C")
    gate.set()
    await catching
    group.clock.advance(minutes=1)
    await group.work(1)
    assert group.answering.unread() == {}
    await lose(group)
    group.unheard(asked, 1, "CB")
    await close(group, asked)
    assert group.stored(asked) == {1: "B"}


@pytest.mark.parametrize("killed", [False, True])
async def test_a_repair_given_up_leaves_the_outage_open(group: House, asked: Round, *, killed: bool) -> None:
    """A post that must not be read stays unread: what was answered since stands when it is read after a later outage.

    So it does for the next process, and another post that was read knows of the later outage only.
    """
    other = await group.posted()
    await lose(group)
    group.unheard(asked, 1, "B")
    group.unheard(asked, 2, "B")
    await back_in_vain(group, Refusal.FORBIDDEN)
    assert list(group.answering.unread()) == [asked.id]
    for round_ in (asked, other):
        await group.answering.choose(round_.id, 1, "A")
    await group.tap(asked, 2, "C")
    group.clock.advance(minutes=1)
    await group.work(1)
    if killed:
        group.clock.advance(minutes=1)
        await group.restart()
    else:
        await lose(group)
    group.unheard(other, 1, "B")
    await group.daily.catch_up()
    assert group.stored(asked) == {1: "A", 2: "C"}
    assert group.stored(other) == {1: "B"}
    await group.work(1)
    assert group.rows("SELECT * FROM process WHERE key LIKE 'unread%'") == []


async def test_no_number_of_kills_makes_an_outage_forgotten(group: House, asked: Round) -> None:
    """Until a post is read, what was answered since the first outage stands: on every post, whoever reads it."""
    both = [asked, await group.posted()]
    await lose(group)
    for each in both:
        group.unheard(each, 1, "B")
        group.unheard(each, 2, "B")
        group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE))
    await group.daily.catch_up()
    for each in both:
        await group.answering.choose(each.id, 1, "A")
        await group.tap(each, 2, "C")
    await group.daily.tick()
    began = group.answering.unread()
    for _ in range(3):
        group.clock.advance(seconds=20)
        await group.restart()
        await group.daily.tick()
        assert group.answering.unread() == began
    await group.daily.catch_up()
    for each in both:
        assert group.stored(each) == {1: "A", 2: "C"}


@pytest.mark.parametrize("back", [0, 60])
async def test_a_private_answer_after_the_last_tick_survives_a_kill(group: House, asked: Round, back: int) -> None:
    """Confirmed, it stands whatever letters the next process finds, though the clock was set back before it."""
    group.clock.advance(seconds=1 - 60 * back)
    await group.answering.choose(asked.id, 1, "A")
    group.clock.advance(seconds=1)
    group.unheard(asked, 1, "B")
    await group.restart()
    await group.daily.catch_up()
    assert group.stored(asked) == {1: "A"}


async def test_a_clock_set_back_between_two_outages_makes_the_first_no_longer(group: House, asked: Round) -> None:
    """The post is unread since the first, whatever the clock showed in the second, also for the next process."""
    await group.answering.choose(asked.id, 1, "A")
    group.clock.advance(minutes=10)
    await group.work(1)
    await lose(group)
    began = group.answering.unread()
    group.unheard(asked, 1, "B")
    await back_in_vain(group)
    group.clock.advance(hours=-1)
    await lose(group)
    assert group.answering.unread() == began
    await group.work(1)
    await group.restart()
    await group.daily.catch_up()
    assert group.stored(asked) == {1: "B"}


async def test_a_letter_after_the_last_tick_gives_way_to_what_is_found_after_a_kill(group: House, asked: Round) -> None:
    """All letters had been heard when the process died: a new one is later."""
    group.clock.advance(seconds=1)
    await group.tap(asked, 1, "A")
    group.unheard(asked, 1, "AB")
    await group.restart()
    await group.daily.catch_up()
    assert group.stored(asked) == {1: "B"}


async def test_a_post_that_was_found_was_not_heard_before(group: House) -> None:
    """It was sent without our learning of it: what was tapped on it meanwhile is older than what is heard."""
    group.publisher.fail("post", PublishFailed(Refusal.UNAVAILABLE), after=True)
    planned = await group.planned()
    await group.work(1)
    message = group.publisher.posts[0][1]
    group.publisher.marks[message][1] = "B"
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE))
    group.clock.advance(minutes=2)
    await group.work()
    asked = await group.round(planned.id)
    await group.tap(asked, 1, "C")
    await close(group, asked)
    assert group.stored(asked) == {1: "C"}


async def test_a_failed_repair_is_tried_again_by_and_by(group: House, asked: Round) -> None:
    """It needs no other reconnect: after a minute, then after twice as long each time, up to ten minutes."""
    await lose(group)
    group.unheard(asked, 1, "B")
    group.publisher.seeds[asked.message_id or 0] = "ABC"
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE), times=6)
    began = group.clock()
    await group.daily.catch_up()
    tried = []
    while group.answering.unread():
        group.clock.advance(minutes=1)
        calls = len(group.publisher.named("collect"))
        await group.work(1)
        tried += [(group.clock() - began).total_seconds() / 60] * (len(group.publisher.named("collect")) - calls)
    assert tried == [1, 3, 7, 15, 25, 35]
    assert group.stored(asked) == {1: "B"}
    assert group.publisher.seeds[asked.message_id or 0] == "ABCD"
    group.clock.advance(minutes=30)
    calls = len(group.publisher.calls)
    await group.work(1)
    assert len(group.publisher.calls) == calls


async def test_letters_that_could_not_be_put_back_are_put_back_later(group: House, asked: Round) -> None:
    """Reading the post went well, only Discord did not take the letters."""
    await lose(group)
    group.publisher.seeds[asked.message_id or 0] = "ABC"
    group.publisher.fail("seed", PublishFailed(Refusal.UNAVAILABLE))
    await group.daily.catch_up()
    assert group.answering.unread() == {}
    assert group.publisher.seeds[asked.message_id or 0] == "ABC"
    group.clock.advance(minutes=1)
    await group.work(1)
    assert group.publisher.seeds[asked.message_id or 0] == "ABCD"


async def test_a_failed_repair_waits_no_longer_when_discord_answers_again(group: House, asked: Round) -> None:
    """Whatever it was put off to, it is tried with the next tick, and so after the clock was set back."""
    await lose(group)
    group.unheard(asked, 1, "B")
    await back_in_vain(group)
    group.clock.advance(hours=-1)
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE))
    await group.work(1)
    assert group.stored(asked) == {}
    group.daily.hurry()
    await group.work(1)
    assert group.stored(asked) == {1: "B"}


async def test_no_repair_is_tried_while_the_gateway_is_gone(group: House, asked: Round) -> None:
    """When it is back the post is read anyway, once."""
    await lose(group)
    await back_in_vain(group)
    await lose(group)
    calls = len(group.publisher.named("collect"))
    group.clock.advance(minutes=5)
    await group.work(1)
    assert len(group.publisher.named("collect")) == calls
    gate = group.publisher.hang("collect")
    catching = asyncio.create_task(group.daily.catch_up())
    await until(lambda: len(group.publisher.named("collect")) > calls)
    await group.work(1)
    gate.set()
    await catching
    assert len(group.publisher.named("collect")) == calls + 1
    assert group.answering.unread() == {}
    assert (await group.round(asked.id)).state is RoundState.OPEN


async def test_a_repair_that_hangs_is_not_begun_again(group: House, asked: Round) -> None:
    """However many ticks pass meanwhile, one reading of a post is under way, and a stop waits for it."""
    await lose(group)
    group.unheard(asked, 1, "B")
    await back_in_vain(group)
    calls = len(group.publisher.named("collect"))
    gate = group.publisher.hang("collect")
    for _ in range(3):
        await group.daily.tick()
        group.clock.advance(minutes=20)
    await until(lambda: len(group.publisher.named("collect")) == calls + 1)
    stopping = asyncio.create_task(group.daily.stop())
    gate.set()
    await asyncio.wait_for(stopping, timeout=5)
    assert len(group.publisher.named("collect")) == calls + 1
    assert group.stored(asked) == {1: "B"}
