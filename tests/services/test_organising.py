"""Organising: schedules and rounds as organisers handle them, and everything they may get wrong."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import (
    NameTaken,
    NothingToChange,
    NotSetUp,
    PausedByTrouble,
    TooManySchedules,
    UnknownBank,
    UnknownRound,
    UnknownSchedule,
    UnknownTopic,
)
from bot.domain.rounds import RoundState
from bot.domain.schedule import MAX_SCHEDULES, Pause
from bot.services.organising import Settings, Wish
from bot.services.ports import PublishFailed, Refusal
from tests.builders import NOW, PRAGUE, make_bank, make_item
from tests.services.house import House, sample_bank

DUE = NOW + timedelta(hours=22, minutes=30)


def wish(
    *,
    guild_id: int = 100,
    member_id: int = 300,
    channel_id: int = 200,
    at: time = time(8, 30),
    zone: ZoneInfo = PRAGUE,
    bank: str = "sample",
) -> Wish:
    return Wish(guild_id=guild_id, member_id=member_id, channel_id=channel_id, at=at, zone=zone, bank=bank)


async def test_setting_up_makes_the_first_schedule_and_the_servers_zone(house: House) -> None:
    """A first `/setup` gives a daily schedule that is due at the next such time, in the zone of the server's days."""
    assert await house.organising.zone_of(100) is None
    made = await house.organising.set_up(wish())
    assert (made.name, made.channel_id, made.created_by, made.next_run) == ("Daily question", 200, 300, DUE)
    assert await house.organising.zone_of(100) == PRAGUE
    assert await house.organising.schedules_of(100) == [made]


async def test_setting_up_again_changes_that_schedule(house: House) -> None:
    """A second `/setup` moves the same schedule, ends its pause, and keeps what it does not ask for."""
    house.banks = (sample_bank(), make_bank([make_item("b")], bank_id="other"))
    await house.restart()
    first = await house.organising.set_up(wish())
    await house.organising.edit(100, "Daily question", {"per_day": 3, "topic": "1.1", "name": "DAILY question"})
    await house.organising.pause(100, "Daily question")
    again = await house.organising.set_up(wish(channel_id=201, at=time(18), zone=ZoneInfo("UTC"), member_id=301))
    assert (again.id, again.channel_id, again.at, again.created_by) == (first.id, 201, time(18), 301)
    assert (again.per_day, again.topic, again.paused, again.next_run) == (3, "1.1", None, NOW + timedelta(hours=9))
    assert await house.organising.zone_of(100) == ZoneInfo("UTC")
    assert (await house.organising.set_up(wish(bank="other"))).topic is None
    assert len(await house.organising.schedules_of(100)) == 1


async def test_setting_up_after_a_rename_makes_no_second_schedule(house: House) -> None:
    """A server's only schedule is the one that `/setup` changes, whatever it is called; of several, the first made."""
    made = await house.organising.set_up(wish())
    await house.organising.edit(100, "Daily question", {"name": "Mornings"})
    again = await house.organising.set_up(wish(channel_id=201))
    assert (again.id, again.name, again.channel_id) == (made.id, "Mornings", 201)
    await house.organising.add("Evenings", wish(), {})
    third = await house.organising.set_up(wish())
    assert (third.id, third.name) == (3, "Daily question")
    assert (await house.organising.set_up(wish(channel_id=202))).id == 3


async def test_setting_up_refuses_an_unknown_bank(house: House) -> None:
    """A bank that is not there leaves everything as it was, the server's zone included."""
    with pytest.raises(UnknownBank, match="`gone`"):
        await house.organising.set_up(wish(bank="gone"))
    assert await house.organising.zone_of(100) is None
    with pytest.raises(NotSetUp):
        await house.organising.find(100, None)


async def test_adding_schedules(house: House) -> None:
    """More schedules may be made, with settings of their own; the first one sets the server's zone, later ones not."""
    extra: Settings = {"per_day": 2, "weekdays": frozenset({0}), "thread": True, "topic": "1.1"}
    first = await house.organising.add("Mondays", wish(), extra)
    second = await house.organising.add("Evenings", wish(zone=ZoneInfo("UTC")), {})
    assert (first.per_day, first.weekdays, first.thread, first.topic) == (2, frozenset({0}), True, "1.1")
    assert first.next_run == DUE + timedelta(days=6)
    assert first.seed != second.seed
    assert await house.organising.zone_of(100) == PRAGUE
    assert [each.name for each in await house.organising.schedules_of(100)] == ["Evenings", "Mondays"]


async def test_adding_refuses_what_cannot_be(group: House) -> None:
    """A taken name in any case, an unknown bank or topic, and one schedule too many change nothing."""
    add = group.organising.add
    with pytest.raises(NameTaken, match="`daily QUESTION`"):
        await add("daily QUESTION", wish(), {})
    with pytest.raises(UnknownBank):
        await add("Other", wish(bank="gone"), {})
    with pytest.raises(UnknownTopic, match=r"`9\.9`"):
        await add("Other", wish(), {"topic": "9.9"})
    for number in range(MAX_SCHEDULES - 1):
        await add(f"Schedule {number}", wish(), {})
    with pytest.raises(TooManySchedules, match="25 schedules"):
        await add("One more", wish(), {})
    assert len(await group.organising.schedules_of(100)) == MAX_SCHEDULES
    assert await group.organising.schedules_of(101) == []


async def test_editing(group: House) -> None:
    """Every setting can be changed; the next time follows from the new ones; the change is found by its new name."""
    changed = await group.organising.edit(100, " daily QUESTION ", {"name": "Evenings", "at": time(18)})
    assert (changed.name, changed.next_run) == ("Evenings", NOW + timedelta(hours=8))
    assert await group.organising.find(100, "evenings") == changed
    same = await group.organising.edit(100, "Evenings", {"name": "EVENINGS"})
    assert same.id == changed.id


async def test_editing_refuses_what_cannot_be(group: House) -> None:
    """Nothing to change, an unknown schedule, a taken name, an unknown bank or topic leave the schedule as it was."""
    before = await group.schedule_now()
    await group.schedule(name="Other")
    edit = group.organising.edit
    with pytest.raises(NothingToChange):
        await edit(100, "Daily question", {})
    with pytest.raises(UnknownSchedule, match="`nothing`"):
        await edit(100, "nothing", {"per_day": 2})
    with pytest.raises(NotSetUp):
        await edit(101, "Daily question", {"per_day": 2})
    with pytest.raises(NameTaken, match="`OTHER`"):
        await edit(100, "Daily question", {"name": "OTHER"})
    with pytest.raises(UnknownBank):
        await edit(100, "Daily question", {"bank": "gone"})
    with pytest.raises(UnknownTopic):
        await edit(100, "Daily question", {"topic": "9.9"})
    assert await group.schedule_now() == before


async def test_another_bank_lifts_the_topic(house: House) -> None:
    """A topic of the old bank does not stay with a new one, unless it is asked for."""
    house.banks = (sample_bank(), make_bank([make_item("b")], bank_id="other"))
    await house.restart()
    await house.schedule(topic="1.1")
    assert (await house.organising.edit(100, "Daily question", {"bank": "sample"})).topic == "1.1"
    assert (await house.organising.edit(100, "Daily question", {"bank": "other"})).topic is None
    both = await house.organising.edit(100, "Daily question", {"bank": "sample", "topic": "1.1"})
    assert both.topic == "1.1"


async def test_editing_leaves_open_rounds_alone(group: House) -> None:
    """An open question keeps its channel, its length and its settings, whatever becomes of its schedule."""
    asked = await group.posted()
    await group.organising.edit(100, "Daily question", {"channel_id": 201, "open_for": timedelta(hours=1)})
    assert await group.round() == asked


async def test_an_edit_at_the_very_time_does_not_lose_the_question(group: House) -> None:
    """A change between the schedule's instant and the tick after it keeps that question, unless it changes the time."""
    group.clock.now = DUE
    changed = await group.organising.edit(100, "Daily question", {"silent": True})
    assert changed.next_run == DUE
    await group.work()
    assert (await group.round()).silent
    group.clock.now = DUE + timedelta(days=1)
    moved = await group.organising.edit(100, "Daily question", {"at": time(18)})
    assert moved.next_run == DUE + timedelta(days=1, hours=9, minutes=30)


async def test_pausing_and_resuming(group: House) -> None:
    """A paused schedule has no next time until it is resumed; one paused until a date runs from that date on."""
    paused = await group.organising.pause(100, "daily question")
    assert (paused.paused, paused.next_run) == (Pause.ORGANISER, None)
    dated = await group.organising.pause(100, "daily question", until=date(2026, 12, 1))
    assert (dated.paused, dated.next_run) == (Pause.ORGANISER, DUE + timedelta(days=7))
    group.clock.now = DUE
    await group.work()
    assert await group.states() == []
    resumed = await group.organising.resume(100, "daily question")
    assert (resumed.paused, resumed.resumes_on, resumed.next_run) == (None, None, DUE + timedelta(days=1))
    again = await group.organising.resume(100, "daily question")
    assert again == resumed


async def test_editing_a_paused_schedule_keeps_it_paused(group: House) -> None:
    """A new channel alone does not let a schedule run again: that is what resuming is for."""
    await group.organising.pause(100, "daily question")
    changed = await group.organising.edit(100, "daily question", {"channel_id": 201, "at": time(9)})
    assert (changed.paused, changed.next_run) == (Pause.ORGANISER, None)


async def test_a_pause_leaves_open_rounds_alone(group: House) -> None:
    """Open questions of a paused schedule close and are revealed."""
    asked = await group.posted()
    await group.organising.pause(100, "daily question")
    group.clock.now = asked.closes_at
    await group.work()
    assert await group.states() == ["explained"]


async def test_removing_and_restoring(group: House) -> None:
    """A removed schedule asks no more and is not listed; restoring brings it back with its settings, once or twice."""
    removed = await group.organising.remove(100, "DAILY QUESTION")
    assert await group.organising.schedules_of(100) == []
    with pytest.raises(NotSetUp):
        await group.organising.find(100, None)
    group.clock.now = DUE
    await group.work()
    assert await group.states() == []
    restored = await group.organising.restore(100, removed.id)
    assert restored.next_run == DUE + timedelta(days=1)
    assert await group.organising.restore(100, removed.id) == restored
    assert await group.organising.schedules_of(100) == [restored]


async def test_restoring_refuses_what_cannot_be(group: House) -> None:
    """A taken name, another server's schedule and one too many cannot come back; a paused one comes back paused."""
    schedule = await group.schedule_now()
    with pytest.raises(UnknownSchedule):
        await group.organising.restore(101, schedule.id)
    await group.organising.pause(100, "Daily question")
    await group.organising.remove(100, "Daily question")
    await group.schedule(name="daily QUESTION")
    with pytest.raises(NameTaken):
        await group.organising.restore(100, schedule.id)
    await group.organising.edit(100, "daily QUESTION", {"name": "Other"})
    assert (await group.organising.restore(100, schedule.id)).next_run is None
    await group.organising.remove(100, "Daily question")
    for number in range(MAX_SCHEDULES - 1):
        await group.schedule(name=f"Schedule {number}")
    with pytest.raises(TooManySchedules):
        await group.organising.restore(100, schedule.id)


async def test_finding(group: House) -> None:
    """A schedule is found by name in any case, by id, or as the first by name; another server's is not."""
    other = await group.schedule(name="Another")
    assert (await group.organising.find(100, None)).id == other.id
    assert (await group.organising.find(100, "  ANOTHER ")).id == other.id
    assert (await group.organising.find(100, 1)).name == "Daily question"
    with pytest.raises(UnknownSchedule):
        await group.organising.find(100, 99)
    with pytest.raises(NotSetUp):
        await group.organising.find(101, 1)
    assert [each.id for each in await group.organising.of_channel(200)] == [1, 2]
    assert await group.organising.of_channel(201) == []


async def test_a_name_is_no_id(group: House) -> None:
    """A schedule called `1` is found by that name only, and the first schedule by its id only."""
    named = await group.schedule(name="1")
    assert named.id == 2
    assert (await group.organising.find(100, 1)).id == 1
    assert (await group.organising.find(100, "1")).id == 2
    with pytest.raises(UnknownSchedule):
        await group.organising.find(100, "2")


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Pause.FORBIDDEN, "I may no longer post in its channel"),
        (Pause.CHANNEL_GONE, "its channel was deleted"),
        (Pause.BANK_GONE, "its bank is no longer installed"),
    ],
)
async def test_posting_now_promises_nothing_while_trouble_pauses(group: House, why: Pause, said: str) -> None:
    """What would not be posted is refused with the reason; a preview still shows, an organiser's own pause is none."""
    await group.stepper.pause(await group.schedule_now(), why)
    with pytest.raises(PausedByTrouble, match=f"`Daily question` is paused because {said}: mend that, then `/schedule"):
        await group.organising.post_now(100, None)
    assert await group.states() == []
    assert (await group.organising.preview(100, None)).number == 1
    await group.organising.pause(100, "Daily question")
    assert len(await group.organising.post_now(100, None)) == 1


async def test_posting_now_needs_a_schedule(house: House) -> None:
    """Before `/setup`, and with a name that no schedule has, the refusal says what to do."""
    with pytest.raises(NotSetUp, match="/setup"):
        await house.organising.post_now(100, None)
    await house.schedule()
    with pytest.raises(UnknownSchedule):
        await house.organising.post_now(100, "Other")
    assert len(await house.organising.post_now(100, "Daily question", count=3)) == 3


async def test_closing_by_hand(group: House) -> None:
    """Without a choice the oldest open question closes, else the one chosen; nothing else does."""
    first, second, third = [await group.posted() for _ in range(3)]
    assert [each.id for each in await group.organising.open_rounds(100)] == [first.id, second.id, third.id]
    assert await group.organising.open_rounds(101) == []
    group.clock.advance(minutes=1)
    assert (await group.organising.close_now(100, second.id)).id == second.id
    assert (await group.organising.close_now(100, None)).id == first.id
    await group.work()
    assert await group.states() == ["explained", "explained", "open"]
    closed = await group.round(second.id)
    assert (closed.closes_at, closed.closed_late) == (group.clock(), False)


async def test_closing_by_hand_refuses_what_is_not_open(group: House) -> None:
    """A question of another server, one that was closed, one that is not posted yet, and none at all: a sentence."""
    with pytest.raises(UnknownRound):
        await group.organising.close_now(100, None)
    asked = await group.posted()
    with pytest.raises(UnknownRound):
        await group.organising.close_now(101, asked.id)
    await group.organising.close_now(100, asked.id)
    await group.work()
    with pytest.raises(UnknownRound):
        await group.organising.close_now(100, asked.id)
    group.publisher.fail("post", PublishFailed(Refusal.UNAVAILABLE))
    planned = await group.planned()
    await group.work()
    with pytest.raises(UnknownRound):
        await group.organising.close_now(100, planned.id)
    assert (await group.round(planned.id)).state is RoundState.PLANNED


async def test_changes_wake_the_loop(group: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever may bring the next instant nearer wakes the loop."""
    woken: list[str] = []
    step = ""
    monkeypatch.setattr(group.organising, "_wake", lambda: woken.append(step))
    for step in ("set_up", "add", "edit", "pause", "resume", "remove", "restore", "post_now", "close_now"):
        match step:
            case "set_up":
                await group.organising.set_up(wish())
            case "add":
                await group.organising.add("Other", wish(), {})
            case "edit":
                await group.organising.edit(100, "Other", {"at": time(10)})
            case "pause" | "resume" | "remove":
                await getattr(group.organising, step)(100, "Other")
            case "restore":
                await group.organising.restore(100, 2)
            case "post_now":
                await group.posted()
            case _:
                await group.organising.close_now(100, None)
    assert set(woken) == {"set_up", "add", "edit", "pause", "resume", "restore", "post_now", "close_now"}
