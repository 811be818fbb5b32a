"""Refusals: what becomes of a round and its schedule when the chat will not do something."""

import asyncio
from datetime import date, time, timedelta

import pytest

from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import Pause
from bot.services.organising import Wish
from bot.services.ports import PublishFailed, Refusal
from bot.storage import rounds
from tests.builders import NOW, PRAGUE
from tests.services.house import MINUTE, House, right, until, wrong

HOUR = timedelta(hours=1)


async def open_round(house: House) -> Round:
    """Post a question for an hour, which two members answer."""
    asked = await house.posted(open_for=HOUR)
    await house.tap(asked, 1, right(asked))
    await house.tap(asked, 2, wrong(asked)[0])
    return asked


async def after(house: House, span: timedelta, *, ticks: int = 3) -> str:
    """Let time pass, do what is due, and give the state of the first round."""
    house.clock.now += span
    await house.work(ticks)
    return (await house.round()).state


def told(house: House) -> list[str]:
    """Give what organisers were told, after checking that messages and notices agree."""
    assert [text for _, text in house.publisher.told] == house.notices()
    assert {user for user, _ in house.publisher.told} <= {300}
    return house.notices()


@pytest.mark.parametrize("method", ["collect", "explain"])
async def test_a_deleted_post_makes_its_round_void(group: House, method: str) -> None:
    """Found at the close or at the reveal: the round gives nothing to anyone, keeps its answers, and is told once."""
    asked = await open_round(group)
    group.publisher.fail(method, PublishFailed(Refusal.POST_GONE))
    assert await after(group, HOUR) == RoundState.VOID
    dropped = await group.round()
    assert (dropped.void_reason, dropped.step_at) == ("its post is gone", None)
    assert group.results() == group.rows("SELECT * FROM slips") == []
    assert group.stored(asked) == {1: right(asked), 2: wrong(asked)[0]}
    assert told(group) == ["A question of **Daily question** is void: its post in <#200> is gone."]
    assert (await group.schedule_now()).paused is None
    assert group.answering.round_of(9000) is None


async def test_a_post_that_is_deleted_before_its_letters_are_there(group: House) -> None:
    """Found while seeding: void, and the schedule goes on."""
    group.publisher.fail("seed", PublishFailed(Refusal.POST_GONE))
    await group.planned()
    assert await after(group, timedelta(0)) == RoundState.VOID
    assert (await group.posted()).number == 2


async def test_a_deleted_post_is_found_at_catch_up(group: House) -> None:
    """Found at the start or after a lost connection: void at once, and told once, whoever else finds it, too."""
    asked = await open_round(group)
    for _ in range(2):
        group.publisher.fail("collect", PublishFailed(Refusal.POST_GONE))
        await asyncio.gather(group.stepper.reconcile(asked), group.daily.catch_up())
    group.publisher.faults.clear()
    assert (await group.round()).state is RoundState.VOID
    assert len(told(group)) == 1


@pytest.mark.parametrize("method", ["post", "seed", "collect", "explain"])
async def test_a_deleted_channel_pauses_and_makes_void(group: House, method: str) -> None:
    """Wherever it is found: the round is void, the schedule paused, the organiser told how to go on, once."""
    group.publisher.fail(method, PublishFailed(Refusal.CHANNEL_GONE), times=2)
    await group.planned(open_for=HOUR)
    await group.planned(open_for=HOUR)
    await group.work()
    await after(group, HOUR)
    assert await group.states() == ["void", "void"]
    paused = await group.schedule_now()
    assert (paused.paused, paused.next_run, paused.channel_id) == (Pause.CHANNEL_GONE, None, 200)
    text = "its channel was deleted. Choose another with `/schedule edit`, then `/schedule resume`."
    assert told(group) == [f"**Daily question** is paused: {text}"]


async def test_a_missing_permission_to_post_waits_for_the_organiser(group: House) -> None:
    """Nothing is tried again by itself, nothing is lost; resuming in time posts the question."""
    group.publisher.fail("post", PublishFailed(Refusal.FORBIDDEN))
    await group.planned()
    assert await after(group, timedelta(0)) == RoundState.PLANNED
    assert await after(group, HOUR) == RoundState.PLANNED
    assert len(group.publisher.named("post")) == 1
    paused = await group.schedule_now()
    assert (paused.paused, paused.next_run) == (Pause.FORBIDDEN, None)
    (text,) = told(group)
    assert text.startswith("**Daily question** is paused: I may no longer post in <#200>. `/setup` names the permis")
    await group.organising.resume(100, "daily question")
    assert await after(group, timedelta(0)) == RoundState.OPEN
    assert (await group.schedule_now()).next_run == NOW + timedelta(hours=22, minutes=30)


async def test_resuming_too_late_drops_the_question(group: House) -> None:
    """A question blocked for longer than the catch-up limit is dropped when its schedule runs again, and told."""
    group.publisher.fail("post", PublishFailed(Refusal.FORBIDDEN))
    await group.planned()
    await after(group, timedelta(0))
    await after(group, timedelta(hours=4))
    await group.organising.resume(100, "daily question")
    assert await after(group, timedelta(0)) == RoundState.VOID
    assert told(group)[1] == "**Daily question** skipped a question: I could not post it in time."


async def test_setting_up_again_wakes_what_was_blocked(group: House) -> None:
    """`/setup`, which the sentence about a missing permission names, does what `/schedule resume` does."""
    await open_round(group)
    group.publisher.fail("explain", PublishFailed(Refusal.FORBIDDEN))
    assert await after(group, HOUR) == RoundState.CLOSED
    wish = Wish(guild_id=100, member_id=300, channel_id=200, at=time(8, 30), zone=PRAGUE, bank="sample")
    await group.organising.set_up(wish)
    assert await after(group, timedelta(0)) == RoundState.EXPLAINED
    assert (await group.schedule_now()).paused is None


async def test_letters_that_may_not_be_added_never_keep_a_round_open(group: House) -> None:
    """Without Add Reactions the schedule pauses, but the question that stands there closes and is revealed in time."""
    group.publisher.fail("seed", PublishFailed(Refusal.FORBIDDEN))
    asked = await group.posted(open_for=HOUR)
    assert not asked.seeded
    assert (await group.schedule_now()).paused is Pause.FORBIDDEN
    await group.answering.choose(asked.id, 1, right(asked))
    assert await after(group, HOUR) == RoundState.EXPLAINED
    assert group.results() == [(1, 1, 5040, 1)]


async def test_resuming_puts_the_letters_there(group: House) -> None:
    """Once the permission is back and the schedule resumed, an open question gets the letters it lacks."""
    group.publisher.fail("seed", PublishFailed(Refusal.FORBIDDEN))
    await group.posted(open_for=HOUR)
    await group.organising.resume(100, "daily question")
    await after(group, MINUTE)
    assert (await group.round()).seeded
    assert group.publisher.seeds[9000] == "ABCD"


async def test_an_open_round_that_may_not_be_read_still_closes(group: House) -> None:
    """A permission found missing at catch-up pauses the schedule and blocks no open round."""
    await open_round(group)
    group.publisher.fail("collect", PublishFailed(Refusal.FORBIDDEN))
    await group.daily.catch_up()
    assert (await group.schedule_now()).paused is Pause.FORBIDDEN
    assert await after(group, HOUR) == RoundState.EXPLAINED


async def test_a_close_that_may_not_read_the_post_grades_what_was_received(group: House) -> None:
    """Without the history the answers heard live count; the reveal waits for the permission, then is sent once."""
    await open_round(group)
    group.publisher.fail("collect", PublishFailed(Refusal.FORBIDDEN))
    group.publisher.fail("explain", PublishFailed(Refusal.FORBIDDEN))
    assert await after(group, HOUR) == RoundState.CLOSED
    assert group.results() == [(1, 1, 5040, 1), (1, 2, 0, 1)]
    assert await after(group, HOUR) == RoundState.CLOSED
    assert len(told(group)) == 1
    await group.organising.resume(100, "daily question")
    assert await after(group, timedelta(0)) == RoundState.EXPLAINED
    assert len(group.publisher.reveals) == 1


@pytest.mark.parametrize("method", ["post", "seed", "collect", "explain"])
async def test_discord_being_away_is_waited_for(group: House, method: str) -> None:
    """An outage pauses nothing and tells nobody: the step is tried again, and all ends well."""
    group.publisher.fail(method, PublishFailed(Refusal.UNAVAILABLE), times=3)
    await group.planned(open_for=HOUR)
    for _ in range(30):
        await after(group, 3 * MINUTE, ticks=1)
    assert await group.states() == ["explained"]
    assert (len(group.publisher.posts), len(group.publisher.reveals)) == (1, 1)
    assert told(group) == []
    assert (await group.schedule_now()).paused is None


async def test_letters_that_fail_do_not_delay_the_close(group: House) -> None:
    """While seeding is tried again every ten minutes the round closes at its minute, not ten minutes later."""
    group.publisher.fail("seed", PublishFailed(Refusal.UNAVAILABLE), times=99)
    await group.planned(open_for=HOUR)
    for _ in range(60):
        await after(group, MINUTE, ticks=1)
    found = await group.round()
    assert (found.state, found.closed_late) == (RoundState.EXPLAINED, False)
    assert found.closing_at == found.closes_at


@pytest.mark.parametrize("method", ["collect", "explain"])
async def test_void_while_closing_gives_nothing_to_anyone(group: House, method: str) -> None:
    """A channel deleted while its round is being read or revealed leaves no results, and nothing to be done."""
    asked = await open_round(group)
    gate = group.publisher.hang(method)
    group.clock.now += HOUR
    await group.daily.tick()
    await until(lambda: bool(group.publisher.named(method)))
    assert await group.stepper.void(asked, "its channel was deleted")
    assert not await group.stepper.void(asked, "once more")
    gate.set()
    await group.daily.idle()
    await after(group, HOUR)
    assert await group.states() == ["void"]
    assert group.results() == []
    assert (await group.round()).step_at is None
    assert group.answering.all_held(asked.id) is None
    assert len(group.stored(asked)) == 2


async def test_void_while_posting_leaves_nothing_open(group: House) -> None:
    """A round dropped while it is being sent stays dropped: nobody waits for its close."""
    gate = group.publisher.hang("post")
    planned = await group.planned()
    await group.daily.tick()
    await until(lambda: bool(group.publisher.named("post")))
    await group.stepper.void(planned, "its channel was deleted")
    gate.set()
    await group.daily.idle()
    assert await group.states() == ["void"]
    assert group.answering.open_rounds() == []


async def test_an_explained_round_is_never_void(group: House) -> None:
    """What was revealed stays: a post deleted later takes no marks away."""
    asked = await open_round(group)
    await after(group, HOUR)
    assert not await group.stepper.void(asked, "its post was deleted")
    assert await group.states() == ["explained"]
    assert len(group.results()) == 2


async def test_two_findings_pause_and_tell_once(group: House) -> None:
    """The event of a deleted channel and a refused step at the same moment make one pause and one message."""
    schedule = await group.schedule_now()
    await asyncio.gather(*(group.stepper.pause(schedule, Pause.CHANNEL_GONE) for _ in range(5)))
    assert len(told(group)) == 1
    await group.stepper.pause(schedule, Pause.BANK_GONE)
    await group.stepper.pause(schedule, Pause.ORGANISER)
    assert [text.rsplit(": ")[1] for text in told(group)[1:]] == [
        "its bank `sample` is no longer installed.",
        "an organiser asked for it.",
    ]


async def test_an_organisers_pause_outlives_trouble(group: House) -> None:
    """A permission found missing while an organiser's pause runs blocks the round; the pause ends on its date."""
    await open_round(group)
    group.publisher.fail("explain", PublishFailed(Refusal.FORBIDDEN))
    await group.organising.pause(100, "Daily question", until=date(2026, 11, 27))
    before = await group.schedule_now()
    assert await after(group, HOUR) == RoundState.CLOSED
    assert await group.schedule_now() == before
    assert (await group.round()).step_at is None
    assert told(group) == []


async def test_catching_up_repairs_an_open_round(group: House) -> None:
    """At the start and after a lost connection letters added, changed and taken off meanwhile are put right."""
    asked = await open_round(group)
    group.publisher.seeds[9000] = "ABC"
    group.unheard(asked, 1, wrong(asked)[0])
    group.unheard(asked, 3, right(asked))
    await group.daily.catch_up()
    assert group.stored(asked)[1] == wrong(asked)[0]
    assert group.stored(asked)[3] == right(asked)
    assert group.publisher.seeds[9000] == "ABCD"
    group.publisher.fail("collect", PublishFailed(Refusal.UNAVAILABLE))
    await group.daily.catch_up()
    assert (await group.round()).state is RoundState.OPEN
    group.publisher.fail("collect", RuntimeError("a fault of ours"))
    await group.daily.catch_up()
    assert (await group.round()).state is RoundState.OPEN


async def test_a_private_answer_gives_way_only_to_what_was_tapped_in_a_later_outage(group: House) -> None:
    """Chosen privately after an outage began it stands against the snapshot; chosen before, a new letter beats it."""
    asked = await group.posted(open_for=HOUR)
    await group.answering.choose(asked.id, 1, "A")
    group.answering.went_away()
    await group.answering.choose(asked.id, 2, "A")
    group.unheard(asked, 1, "B")
    group.unheard(asked, 2, "B")
    await group.daily.catch_up()
    assert group.stored(asked) == {1: "B", 2: "A"}


async def test_a_restart_learns_when_the_outage_began(group: House) -> None:
    """The last sign of life before the stop is the beginning of the outage."""
    asked = await group.posted(open_for=HOUR)
    await group.answering.choose(asked.id, 1, "A")
    group.clock.now += MINUTE
    await group.work(1)
    group.unheard(asked, 1, "B")
    group.clock.now += MINUTE
    await group.restart()
    assert group.answering.unread() == {asked.id: NOW + MINUTE}
    await group.daily.catch_up()
    assert group.stored(asked) == {1: "B"}


async def test_a_round_unknown_here_is_taken_up_when_it_closes(group: House) -> None:
    """A round that another process posted, or that a fault left unknown, is graded from what is stored."""
    asked = await open_round(group)
    group.answering.dropped(asked.id)
    assert await after(group, HOUR) == RoundState.EXPLAINED
    assert group.results() == [(1, 1, 5040, 1), (1, 2, 0, 1)]


async def test_a_step_that_someone_else_has_taken_is_left_alone(group: House) -> None:
    """A worker that comes second does nothing at all."""
    planned = await group.planned()
    async with group.store.write() as tx:
        await rounds.lease(tx, planned, until=NOW + MINUTE)
    await group.stepper.step(planned)
    assert group.publisher.calls == []


@pytest.mark.parametrize("why", [Refusal.FORBIDDEN, Refusal.CHANNEL_GONE])
async def test_trouble_in_an_old_channel_does_not_pause_a_schedule_that_moved_on(group: House, why: Refusal) -> None:
    """Only the round left behind is blocked or void, and the sentence, said once, names the channel it stands in."""
    asked = await open_round(group)
    await group.organising.edit(100, "Daily question", {"channel_id": 201})
    group.publisher.fail("collect", PublishFailed(why))
    await group.daily.catch_up()
    group.publisher.fail("explain", PublishFailed(why))
    state = await after(group, HOUR)
    assert state == (RoundState.CLOSED if why is Refusal.FORBIDDEN else RoundState.VOID)
    assert (await group.round()).step_at is None
    moved = await group.schedule_now()
    assert (moved.paused, moved.next_run) == (None, NOW + timedelta(hours=22, minutes=30))
    (text,) = told(group)
    assert f"<#{asked.channel_id}>" in text
    assert "201" not in text


async def test_a_question_not_posted_yet_moves_with_its_schedule(group: House) -> None:
    """Planned before an edit or refused before it, a question is posted where its schedule posts now."""
    planned = await group.planned()
    await group.organising.edit(100, "Daily question", {"channel_id": 201})
    assert (await group.round()).channel_id == 201
    await group.stepper.step(planned)
    assert group.publisher.calls == []
    group.publisher.fail("post", PublishFailed(Refusal.FORBIDDEN))
    await group.work()
    wish = Wish(guild_id=100, member_id=300, channel_id=202, at=time(8, 30), zone=PRAGUE, bank="sample")
    await group.organising.set_up(wish)
    await group.work()
    opened = await group.round()
    assert (opened.state, opened.channel_id) == (RoundState.OPEN, 202)


async def test_a_question_that_may_have_been_sent_stays_where_it_was_sent(group: House) -> None:
    """A post that was begun and not answered is looked for in its own channel: nothing is asked twice."""
    group.publisher.fail("post", PublishFailed(Refusal.UNAVAILABLE), after=True)
    await group.planned()
    await group.work(1)
    await group.organising.edit(100, "Daily question", {"channel_id": 201})
    assert await after(group, HOUR) == RoundState.OPEN
    assert (await group.round()).channel_id == 200
    assert len(group.publisher.posts) == 1


async def test_a_round_dropped_during_its_reveal_gets_no_thread(house: House) -> None:
    """What is void by the time its reveal was sent is discussed nowhere."""
    await house.schedule(thread=True)
    asked = await house.posted(open_for=HOUR)
    gate = house.publisher.hang("explain")
    house.clock.now = asked.closes_at
    await house.daily.tick()
    await until(lambda: bool(house.publisher.named("explain")))
    await house.stepper.void(asked, "its post was deleted")
    gate.set()
    await house.daily.idle()
    assert house.publisher.threads == []
    assert await house.states() == ["void"]
