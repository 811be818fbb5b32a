"""Stepping: the life of a round from plan to reveal, and what it leaves on the boards."""

from datetime import timedelta

import pytest

from bot.domain.item import ItemKind
from bot.domain.rounds import Round, RoundState
from bot.services.ports import PublishFailed, Refusal
from bot.storage import results, rounds
from tests.builders import NOW, make_bank, make_item
from tests.services.house import MINUTE, House, right, times, until, wrong

DUE = NOW + timedelta(hours=22, minutes=30)


async def ask(house: House, asked: Round) -> None:
    """Let three members answer: right, wrong by the trap, and wrong after having been right."""
    await house.tap(asked, 1, right(asked))
    await house.tap(asked, 2, wrong(asked)[0])
    await house.tap(asked, 3, right(asked) + wrong(asked)[1])


async def close(house: House, asked: Round) -> Round:
    """Move on to the close of a round and do what is due."""
    house.clock.now = max(house.clock.now, asked.closes_at)
    await house.work()
    return await house.round(asked.id)


async def test_the_whole_life_of_a_round(group: House) -> None:
    """A round is posted, seeded, closed at its minute, graded, revealed, and then nothing is left to do."""
    chat = group.publisher
    group.clock.now = DUE
    await group.work(1)
    asked = await group.round()
    assert (asked.state, asked.message_id, asked.seeded) == (RoundState.OPEN, 9000, True)
    assert asked.step_at == asked.closes_at == DUE + timedelta(hours=23)
    assert chat.named("post", "seed", "collect", "explain") == ["post", "seed"]
    await ask(group, asked)
    group.clock.now = asked.closes_at - timedelta(seconds=1)
    await group.work()
    assert (await group.round()).state is RoundState.OPEN
    group.clock.now = asked.closes_at
    await group.work(1)
    done = await group.round()
    assert (done.state, done.reveal_id, done.step_at) == (RoundState.EXPLAINED, 9501, None)
    assert (done.closing_at, done.closed_late) == (asked.closes_at, False)
    assert chat.named("post", "seed", "collect", "explain") == ["post", "seed", "collect", "explain"]
    assert times(chat.named("find_post", "find_reveal"), "find_post") == 0
    assert group.results() == [(1, 1, 5040, 1), (1, 2, 0, 1), (1, 3, 0, 1)]
    assert group.rows("SELECT member_id, trap FROM slips") == [(2, "door-as-lock")]
    assert group.answering.all_held(1) is None


async def test_the_reveal_has_what_it_tells(group: House) -> None:
    """The reveal carries tally, trap, source, lesson and the day's best, and whether it closed late."""
    asked = await group.posted()
    await ask(group, asked)
    await close(group, asked)
    (told,) = group.publisher.reveals
    assert (told.tally.participants, told.tally.fully_right) == (3, 1)
    assert {letter: count for letter, count in told.tally.chosen.items() if count} == {
        right(asked): 1,
        wrong(asked)[0]: 1,
        wrong(asked)[1]: 1,
    }
    assert (list(told.traps), [each.id for each in told.sources]) == (["door-as-lock"], ["LOCK"])
    assert (told.bank_title, told.lesson_id, told.lesson_title) == ("Sample", "1.1", "Lesson 1.1")
    assert [(each.rank, each.score.member_id, each.score.name) for each in told.top] == [(1, 1, "Member 1")]
    assert not told.round.closed_late


async def test_a_reveal_without_its_bank_still_tells_the_key(group: House) -> None:
    """A bank that was taken away meanwhile leaves what the round kept: the item itself."""
    asked = await group.posted()
    await ask(group, asked)
    group.banks = ()
    await group.restart()
    await close(group, asked)
    (told,) = group.publisher.reveals
    assert (told.bank_title, told.lesson_title, told.traps, told.sources) == ("sample", "1.1", {}, ())
    assert told.tally.fully_right == 1


async def test_results_are_exact(house: House) -> None:
    """A third of a multi-select mark is stored as a third: 1680 of 5040 units, never rounded."""
    house.banks = (make_bank([make_item(kind=ItemKind.MULTIPLE, key="ABC", options=6)]),)
    await house.restart()
    await house.schedule()
    asked = await house.posted()
    keyed = sorted(asked.posed.key)
    await house.tap(asked, 1, keyed[0])
    await house.tap(asked, 2, "".join(keyed[:2]))
    await house.tap(asked, 3, "".join(keyed))
    await house.tap(asked, 4, asked.posed.letters)
    await close(house, asked)
    assert [row[2] for row in house.results()] == [1680, 3360, 5040, 0]


async def test_a_withdrawn_answer_takes_no_part(group: House) -> None:
    """Who withdrew everything is not graded; who holds several letters unresolved is, with nothing."""
    asked = await group.posted()
    await group.tap(asked, 1, "A")
    await group.answering.lift(9000, 1, "A")
    group.unheard(asked, 1, "")
    group.unheard(asked, 2, "AB")
    await close(group, asked)
    assert group.results() == [(1, 2, 0, 1)]
    assert group.publisher.reveals[0].tally.unresolved == 1


async def test_the_closing_snapshot_counts(group: House) -> None:
    """What was missed is found at the close: new answers, changed ones and withdrawals."""
    asked = await group.posted()
    await ask(group, asked)
    group.unheard(asked, 1, "")
    group.unheard(asked, 2, right(asked))
    group.unheard(asked, 4, right(asked))
    await close(group, asked)
    assert group.results() == [(1, 2, 5040, 1), (1, 3, 0, 1), (1, 4, 5040, 1)]


async def test_letters_after_the_close_do_not_count_however_long_grading_takes(group: House) -> None:
    """A letter added once the round is closing earns nothing, even if the snapshot has to be read again later."""
    asked = await group.posted()
    await group.tap(asked, 1, right(asked))
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE))
    await close(group, asked)
    assert (await group.round()).state is RoundState.CLOSING
    await group.tap(asked, 1, wrong(asked)[0])
    await group.tap(asked, 2, right(asked))
    group.clock.advance(minutes=1)
    await group.work()
    assert group.results() == [(1, 1, 5040, 1)]


async def test_a_close_after_an_outage_says_that_it_is_late(group: House) -> None:
    """A round that should have closed hours ago closes at the next start, counts what it finds, and says so."""
    asked = await group.posted()
    group.unheard(asked, 1, right(asked))
    group.clock.now = asked.closes_at + timedelta(hours=5)
    await group.restart()
    await group.work()
    assert (await group.round()).closed_late
    assert group.publisher.reveals[0].round.closed_late
    assert group.results() == [(1, 1, 5040, 1)]


@pytest.mark.parametrize(("waited", "late"), [(1, False), (3, True)])
async def test_a_closing_snapshot_that_comes_late_is_told(group: House, waited: int, *, late: bool) -> None:
    """Closed in time, but read minutes later: letters added meanwhile count, so the reveal says that it closed late."""
    asked = await group.posted()
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE))
    await close(group, asked)
    group.unheard(asked, 1, right(asked))
    group.clock.advance(minutes=waited)
    await group.work()
    assert (await group.round()).closed_late is late
    assert group.publisher.reveals[0].round.closed_late is late
    assert group.results() == [(1, 1, 5040, 1)]


async def test_a_close_within_two_minutes_is_in_time(group: House) -> None:
    """A tick that comes a little late is not called an outage."""
    asked = await group.posted()
    group.clock.now = asked.closes_at + 2 * MINUTE
    await group.work()
    assert not (await group.round()).closed_late


async def test_open_rounds_close_and_are_revealed_before_the_next_scheduled_post(house: House) -> None:
    """When the schedule's time comes its open rounds, by hand or not, are revealed first; then the next is asked."""
    await house.schedule(open_for=timedelta(days=3))
    house.clock.now = DUE
    await house.work(1)
    house.clock.advance(hours=1)
    await house.planned()
    await house.work(1)
    house.clock.now = DUE + timedelta(days=1)
    house.publisher.calls.clear()
    await house.work(1)
    assert await house.states() == ["explained", "explained", "open"]
    expected = ["collect", "explain", "collect", "explain", "post", "seed"]
    assert house.publisher.named("post", "seed", "collect", "explain") == expected
    assert (await house.round(1)).closes_at == DUE + timedelta(days=1)


async def test_a_post_waits_for_a_reveal_that_fails_but_not_for_ever(house: House) -> None:
    """A reveal that must be tried again comes first; one that fails for half the catch-up limit holds up no longer."""
    await house.schedule(open_for=timedelta(days=3))
    house.clock.now = DUE
    await house.work(1)
    house.clock.advance(days=1)
    house.publisher.fail("explain", PublishFailed(Refusal.UNAVAILABLE), times=100)
    await house.work(3)
    assert await house.states() == ["closed", "planned"]
    for _ in range(8):
        house.clock.advance(minutes=10)
        await house.work(3)
    assert await house.states() == ["closed", "planned"]
    house.clock.advance(minutes=11)
    await house.work(3)
    assert await house.states() == ["closed", "open"]
    house.publisher.faults.clear()
    house.clock.advance(minutes=11)
    await house.work(3)
    assert await house.states() == ["explained", "open"]
    assert len(house.publisher.reveals) == 1


async def test_a_reveal_that_fails_does_not_cost_a_question_that_is_open_for_an_hour(house: House) -> None:
    """However long it may be caught up, a question waits for an earlier reveal for half of its own time at most."""
    await house.schedule(open_for=timedelta(hours=1))
    house.clock.now = DUE
    await house.work(1)
    house.publisher.fail("explain", PublishFailed(Refusal.UNAVAILABLE), times=1000)
    house.clock.advance(days=1)
    await house.work(3)
    assert await house.states() == ["closed", "planned"]
    for _ in range(4):
        house.clock.advance(minutes=10)
        await house.work(3)
    assert await house.states() == ["closed", "open"]


async def test_posting_by_hand_closes_no_other_round(group: House) -> None:
    """`/round post` adds a question; the ones that are open stay open."""
    await group.posted()
    await group.posted()
    assert await group.states() == ["open", "open"]
    assert group.publisher.named("explain") == []


async def test_a_planned_round_that_could_not_be_posted_in_time_is_void(group: House) -> None:
    """When Discord is away for longer than the catch-up limit the question is dropped, and the organiser told."""
    await group.planned()
    group.publisher.fail("post", PublishFailed(Refusal.UNAVAILABLE), times=99)
    group.publisher.fail("find_post", PublishFailed(Refusal.UNAVAILABLE), times=99)
    for _ in range(19):
        await group.work(1)
        group.clock.advance(minutes=10)
    group.publisher.faults.clear()
    await group.work()
    dropped = await group.round()
    assert (dropped.state, dropped.void_reason) == (RoundState.VOID, "it could not be posted in time")
    assert group.notices() == ["**Daily question** skipped a question: I could not post it in time."]
    assert group.publisher.told == [(300, group.notices()[0])]
    assert group.publisher.posts == []


async def test_a_round_whose_time_is_over_is_not_posted(group: House) -> None:
    """A question that would close as soon as it is asked is dropped, though it is within the catch-up limit."""
    await group.planned(open_for=timedelta(minutes=5))
    group.publisher.fail("post", PublishFailed(Refusal.UNAVAILABLE))
    await group.work(1)
    group.clock.advance(minutes=6)
    await group.work()
    assert await group.states() == ["void"]
    assert group.publisher.posts == []


async def test_a_removed_schedule_posts_nothing_more(group: House) -> None:
    """A question that waits to be posted goes with its schedule; one that is open closes and is revealed."""
    asked = await group.posted()
    await group.planned()
    await group.organising.remove(100, "Daily question")
    await group.work()
    assert await group.states() == ["open", "void"]
    await close(group, asked)
    assert await group.states() == ["explained", "void"]
    assert len(group.publisher.posts) == len(group.publisher.reveals) == 1


async def test_a_second_answer_within_sixty_days_is_practice(house: House) -> None:
    """Who had a ranked answer to an item within 60 days earns no rank by it again; on the 61st day they do."""
    house.banks = (make_bank([make_item()]),)
    await house.restart()
    await house.schedule()
    days = {1: NOW, 2: NOW + timedelta(days=60), 3: NOW + timedelta(days=61), 4: NOW + timedelta(days=62)}
    for number, day in days.items():
        house.clock.now = day
        asked = await house.posted(open_for=MINUTE)
        await house.tap(asked, 1, right(asked))
        if number == 3:
            await house.tap(asked, 2, wrong(asked)[0])
        house.unheard(asked, 3, "" if number < 4 else "A")
        await close(house, asked)
    ranked = [(round_id, member, bool(flag)) for round_id, member, _, flag in house.results()]
    assert ranked == [(1, 1, True), (2, 1, False), (3, 1, True), (3, 2, True), (4, 1, False), (4, 3, True)]


async def test_a_round_can_be_graded_again(group: House) -> None:
    """Grading twice gives the same results, and a later round of the item does not turn the first into practice."""
    asked = await group.posted()
    await ask(group, asked)
    await close(group, asked)
    before = group.results()
    tally = group.publisher.reveals[0].tally
    later = await group.posted()
    async with group.store.write() as tx:
        await results.keep(tx, later, tally.results, used_up_since=later.opened_on)
        closed = await rounds.by_id(tx, asked.id)
        assert closed is not None
        await results.keep(tx, closed, tally.results, used_up_since=closed.opened_on)
    assert [row for row in group.results() if row[0] == asked.id] == before


async def test_a_post_that_cannot_be_written_to_stays_as_it_is(group: House) -> None:
    """Saying on the post that it is over is a courtesy: when Discord refuses, the round is explained all the same."""
    group.publisher.fail("retell", PublishFailed(Refusal.FORBIDDEN))
    await close(group, await group.posted(open_for=MINUTE))
    assert await group.states() == ["explained"]
    assert group.publisher.retold == []
    await close(group, await group.posted(open_for=MINUTE))
    [told] = group.publisher.retold
    assert (told.round.state, told.round.reveal_id) == (RoundState.EXPLAINED, 9502)


async def test_a_post_that_is_written_to_slowly_holds_nothing_up(group: House) -> None:
    """Saying that a question is over may have to wait for long: the server's other questions do not wait for it."""
    first, second = await group.posted(open_for=MINUTE), await group.posted(open_for=MINUTE)
    gate = group.publisher.hang("retell")
    group.clock.advance(minutes=1)
    await group.daily.tick()
    await until(lambda: len(group.publisher.reveals) == 2)
    gate.set()
    await group.daily.idle()
    assert {each.round.id for each in group.publisher.retold} == {first.id, second.id}


async def test_a_thread_opens_when_the_schedule_asks_for_it(house: House) -> None:
    """The reveal gets a discussion thread; when that fails the organiser is told and the round is done all the same."""
    await house.schedule(thread=True)
    await close(house, await house.posted(open_for=MINUTE))
    assert house.publisher.threads == [1]
    house.publisher.fail("discuss", PublishFailed(Refusal.FORBIDDEN))
    await close(house, await house.posted(open_for=MINUTE))
    house.publisher.fail("discuss", RuntimeError("a fault of ours"))
    await close(house, await house.posted(open_for=MINUTE))
    assert await house.states() == ["explained"] * 3
    assert [text for text in house.notices() if "thread" in text] == [
        "**Daily question**: I could not open a discussion thread, for a permission is missing."
    ]
    assert (await house.schedule_now()).paused is None


async def test_closing_by_hand_while_the_letters_are_put_there(group: House) -> None:
    """`/round close` during slow seeding is not forgotten: the round closes when that is done."""
    gate = group.publisher.hang("seed")
    await group.planned()
    await group.daily.tick()
    await until(lambda: bool(group.publisher.named("seed")))
    await group.organising.close_now(100, None)
    gate.set()
    await group.daily.idle()
    await group.work()
    assert await group.states() == ["explained"]


async def test_members_may_answer_before_the_letters_are_there(group: House) -> None:
    """Answers count from the moment the post is known, however long its letters take."""
    gate = group.publisher.hang("seed")
    planned = await group.planned()
    await group.daily.tick()
    await until(lambda: bool(group.publisher.named("seed")))
    await group.tap(await group.round(planned.id), 1, "A")
    gate.set()
    await group.daily.idle()
    assert group.stored(planned) == {1: "A"}


async def test_a_fault_of_ours_is_tried_again_later(group: House) -> None:
    """An unexpected exception in a step is logged and waits 20 seconds, then 40; nothing is lost by it."""
    group.publisher.fail("seed", RuntimeError("a fault of ours"), times=2)
    asked = await group.posted()
    assert asked.step_at == NOW + timedelta(seconds=20)
    group.clock.advance(seconds=20)
    await group.work(1)
    assert (await group.round()).step_at == NOW + timedelta(seconds=20 + 20)
    group.clock.advance(seconds=20)
    await group.work(1)
    assert (await group.round()).seeded


async def test_waits_grow_to_ten_minutes(group: House) -> None:
    """A step that fails for long is tried every ten minutes: Discord is not asked in a loop."""
    group.publisher.fail("post", PublishFailed(Refusal.UNAVAILABLE), times=99)
    await group.planned()
    waits = []
    for _ in range(9):
        await group.work(1)
        step_at = (await group.round()).step_at
        assert step_at is not None
        waits.append((step_at - group.clock()).total_seconds())
        group.clock.now = step_at
    assert waits == [20, 40, 80, 160, 320, 600, 600, 600, 600]
