"""Planning: which rounds are claimed when, what is caught up, and what organisers are told."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import BankExhausted, PausedByTrouble
from bot.domain.rounds import RoundState
from bot.domain.schedule import Pause, Schedule
from bot.services.planning import Planner
from bot.storage import rounds, schedules
from bot.storage.store import StorageBusy, Tx
from tests.builders import NOW
from tests.services.house import House, sample_bank

DUE = NOW + timedelta(hours=22, minutes=30)
"""When the daily schedule of `House.schedule` is due: half past eight in Prague, on Tuesday."""


async def plan(house: House) -> list[tuple[date, int]]:
    """Plan what is due at the house's clock; give every round's date and number."""
    await house.planner.plan_due(house.clock())
    return [(date.fromisoformat(on), number) for on, number in house.rows('SELECT "on", number FROM rounds')]


async def test_nothing_is_planned_before_its_time(group: House) -> None:
    """A second before its instant a schedule is not due; at its instant it is, and moves on to the next day."""
    group.clock.now = DUE - timedelta(seconds=1)
    assert await plan(group) == []
    group.clock.now = DUE
    assert await plan(group) == [(DUE.date(), 1)]
    assert (await group.schedule_now()).next_run == DUE + timedelta(days=1)
    assert await plan(group) == [(DUE.date(), 1)]


async def test_a_planned_round_has_what_its_schedule_says(house: House) -> None:
    """Channel, ping, thread, silence, length and the dates of schedule and server are the round's own from then on."""
    async with house.store.write() as tx:
        await schedules.set_zone(tx, 100, ZoneInfo("Pacific/Kiritimati"))
    await house.schedule(ping_role=5, silent=True, thread=True, open_for=timedelta(hours=2))
    house.clock.now = DUE + timedelta(hours=1)
    await plan(house)
    planned = await house.round()
    assert (planned.ping_role, planned.silent, planned.thread, planned.channel_id) == (5, True, True, 200)
    assert (planned.state, planned.planned_at, planned.step_at) == (RoundState.PLANNED, house.clock(), house.clock())
    assert planned.closes_at == house.clock() + timedelta(hours=2)
    assert (planned.on, planned.opened_on) == (date(2026, 11, 24), date(2026, 11, 24))
    house.clock.now = DUE + timedelta(hours=2)
    await house.planned()
    assert (await house.round(2)).opened_on == date(2026, 11, 24)
    house.clock.now = DUE + timedelta(hours=3, minutes=30)
    await house.planned()
    assert (await house.round(3)).opened_on == date(2026, 11, 25)
    assert (await house.round(3)).on == date(2026, 11, 24)


async def test_several_a_day_ask_different_items(house: House) -> None:
    """Five items a day are five rounds of five items, numbered from 1."""
    await house.schedule(per_day=5)
    house.clock.now = DUE
    assert [number for _, number in await plan(house)] == [1, 2, 3, 4, 5]
    assert len(house.rows("SELECT DISTINCT item_id FROM rounds")) == 5


async def test_a_missed_question_is_caught_up_within_the_limit(group: House) -> None:
    """Three hours late it is still asked, without a word; the next one keeps its time."""
    group.clock.now = DUE + timedelta(hours=3)
    assert await plan(group) == [(DUE.date(), 1)]
    assert group.notices() == []
    assert (await group.schedule_now()).next_run == DUE + timedelta(days=1)


async def test_a_question_missed_for_longer_is_skipped_and_told(group: House) -> None:
    """A second beyond the limit it is not asked any more; the organiser reads when and why."""
    group.clock.now = DUE + timedelta(hours=3, seconds=1)
    assert await plan(group) == []
    (text,) = group.notices()
    assert text == (
        f"**Daily question** skipped 1 question time from <t:{int(DUE.timestamp())}:f>: "
        "I was not running then, and it is too late to catch up."
    )
    assert (await group.schedule_now()).next_run == DUE + timedelta(days=1)


async def test_after_a_long_outage_one_is_caught_up_never_two(group: House) -> None:
    """Back after ten days only the latest question is asked; the organiser reads how many were not."""
    group.clock.now = DUE + timedelta(days=9, hours=1)
    assert await plan(group) == [((DUE + timedelta(days=9)).date(), 1)]
    assert len(group.notices()) == 1
    assert "skipped 9 question times" in group.notices()[0]
    assert group.notices()[0].endswith("and the latest one is asked now.")
    assert await plan(group) == [((DUE + timedelta(days=9)).date(), 1)]


async def test_posting_by_hand_takes_the_next_numbers(house: House) -> None:
    """Rounds asked for by hand count on within the day, before and after the scheduled one."""
    await house.schedule(per_day=2)
    house.clock.now = DUE - timedelta(minutes=5)
    await house.planned(count=2)
    house.clock.now = DUE
    await plan(house)
    await house.planned()
    assert [row[0] for row in house.rows("SELECT number FROM rounds ORDER BY id")] == [1, 2, 3, 4, 5]


async def test_a_length_given_by_hand_holds_for_that_round_only(group: House) -> None:
    """`/round post` with a length closes then; the schedule's own length stays."""
    asked = await group.planned(open_for=timedelta(minutes=30))
    assert asked.closes_at == NOW + timedelta(minutes=30)
    assert (await group.planned()).closes_at == DUE
    assert (await group.schedule_now()).open_for == timedelta(hours=23)


async def test_no_post_promises_more_time_than_it_gets(house: House) -> None:
    """A question closes at the next question at the latest, and says so from the beginning."""
    await house.schedule(open_for=timedelta(days=3))
    assert (await house.planned()).closes_at == DUE
    assert (await house.planned(open_for=timedelta(days=2))).closes_at == DUE
    assert (await house.organising.preview(100, None)).closes_at == DUE
    house.clock.now = DUE + timedelta(hours=2)
    assert (await house.planned()).closes_at == DUE + timedelta(days=1)
    await plan(house)
    assert {closes for (closes,) in house.rows("SELECT closes_at FROM rounds")} == {
        row[0] for row in house.rows("SELECT closes_at FROM rounds WHERE id IN (1, 3)")
    }
    await house.organising.pause(100, "Daily question")
    assert (await house.planned()).closes_at == house.clock() + timedelta(days=3)


async def test_a_bank_that_is_used_up_begins_again_with_the_oldest(house: House) -> None:
    """After every item was asked once, the one asked longest ago follows."""
    house.banks = (sample_bank(3),)
    await house.restart()
    await house.schedule()
    for _ in range(4):
        await house.posted()
        await house.organising.close_now(100, None)
        await house.work()
        house.clock.advance(hours=1)
    items = [row[0] for row in house.rows("SELECT item_id FROM rounds ORDER BY id")]
    assert len(set(items[:3])) == 3
    assert items[3] == items[0]


async def test_an_exhausted_bank_is_refused_by_hand_and_told_by_schedule(house: House) -> None:
    """When every item is in an open question nothing is asked; the organiser is told by how many it fell short."""
    house.banks = (sample_bank(3),)
    await house.restart()
    await house.schedule(per_day=5)
    house.clock.now = DUE
    await plan(house)
    assert any("asked 3 of 5 questions" in text for text in house.notices())
    with pytest.raises(BankExhausted):
        await house.planned()
    with pytest.raises(BankExhausted):
        await house.organising.preview(100, None)


async def test_few_items_left_are_told_once_and_none_left_once(house: House) -> None:
    """The warning comes when fewer than seven are left, again when none is, and never after that."""
    house.banks = (sample_bank(9),)
    await house.restart()
    await house.schedule()
    told: list[int] = []
    for number in range(1, 15):
        await house.posted()
        await house.organising.close_now(100, None)
        await house.work()
        told += [number] * (len(house.notices()) - len(told))
    assert told == [3, 9]
    assert house.notices()[0].startswith("**Daily question** has 6 items left that it never asked.")
    assert house.notices()[1].startswith("**Daily question** has 0 items left")


async def test_a_small_topic_is_told_with_its_first_question(house: House) -> None:
    """A schedule that begins with few items says so at once: it never has as many as the warning waits for."""
    house.banks = (sample_bank(2),)
    await house.restart()
    await house.schedule()
    await house.planned()
    assert [text[:32] for text in house.notices()] == ["**Daily question** has 1 item le"]


async def test_a_missing_bank_pauses_its_schedule(house: House) -> None:
    """A bank that is no longer installed pauses the schedule with a sentence, once; nothing is erased."""
    await house.schedule(bank="gone")
    house.clock.now = DUE
    await plan(house)
    await plan(house)
    assert house.notices() == ["**Daily question** is paused: its bank `gone` is no longer installed."]
    paused = await house.schedule_now()
    assert (paused.paused, paused.next_run, paused.bank) == (Pause.BANK_GONE, None, "gone")
    with pytest.raises(PausedByTrouble):
        await house.planned()


async def test_a_topic_without_items_is_told(house: House) -> None:
    """A topic that a newer bank no longer has asks nothing, and the organiser reads why; the schedule goes on."""
    await house.schedule(topic="9.9")
    house.clock.now = DUE
    assert await plan(house) == []
    (text,) = house.notices()
    assert "asked 0 of 1 questions: its bank has no items on its topic any more" in text
    assert (await house.schedule_now()).next_run == DUE + timedelta(days=1)


async def test_one_schedules_trouble_never_delays_another(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When planning one schedule fails the others are planned, and it is tried again ten seconds later."""
    for guild_id in (100, 101, 102):
        await house.schedule(guild_id=guild_id)
    house.clock.now = DUE
    real = Planner._claim_day

    async def claim_day(self: Planner, tx: Tx, schedule: Schedule, now: datetime) -> None:
        await real(self, tx, schedule, now)
        if schedule.guild_id == 101:
            raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(Planner, "_claim_day", claim_day)
        await plan(house)
    assert house.rows("SELECT guild_id FROM rounds ORDER BY id") == [(100,), (102,)]
    await plan(house)
    assert len(await house.states()) == 2
    house.clock.advance(seconds=10)
    await plan(house)
    assert house.rows("SELECT guild_id FROM rounds ORDER BY id") == [(100,), (102,), (101,)]


async def test_many_schedules_are_planned_in_few_transactions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty that are due together are planned once each, in three steps, and posted by one tick."""
    for guild_id in range(100, 150):
        await house.schedule(guild_id=guild_id)
    house.clock.now = DUE
    steps = list[bool]()
    real = Planner.plan_due

    async def plan_due(self: Planner, now: datetime) -> bool:
        steps.append(await real(self, now))
        return steps[-1]

    monkeypatch.setattr(Planner, "plan_due", plan_due)
    await house.work(1)
    assert steps == [True, True, False]
    assert house.rows("SELECT guild_id FROM rounds ORDER BY guild_id") == [(guild_id,) for guild_id in range(100, 150)]
    assert len(house.publisher.posts) == 50


async def test_a_database_that_takes_nothing_keeps_schedules_due(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is planned or forgotten while the database is busy: the next step plans it."""
    await house.schedule()
    house.clock.now = DUE

    def busy(self: Planner, found: object, now: object) -> None:
        raise StorageBusy("locked")

    with monkeypatch.context() as patch:
        patch.setattr(Planner, "_run", busy)
        assert not await house.planner.plan_due(DUE)
    assert len(await plan(house)) == 1


async def test_what_was_edited_meanwhile_counts(group: House) -> None:
    """A schedule edited between being found due and being planned is planned as it is now; a paused one is not."""
    group.clock.now = DUE
    found = await group.schedule_now()
    await group.organising.edit(100, "daily question", {"channel_id": 201})
    await group.planner._run([found], DUE)
    assert (await group.round()).channel_id == 201
    group.clock.now = DUE + timedelta(days=1)
    found = await group.schedule_now()
    await group.organising.pause(100, "daily question")
    await group.planner._run([found], group.clock())
    assert await group.states() == ["planned"]


async def test_a_dated_pause_ends_by_itself_and_wakes_what_it_held_up(group: House) -> None:
    """On the date named the schedule runs again, and a round that was blocked meanwhile is due again."""
    await group.planned()
    async with group.store.write() as tx:
        await rounds.block(tx, 1)
    await group.organising.pause(100, "daily question", until=date(2026, 11, 26))
    resumes = DUE + timedelta(days=2)
    assert (await group.schedule_now()).next_run == resumes
    group.clock.now = resumes
    assert len(await plan(group)) == 2
    assert (await group.schedule_now()).paused is None
    assert (await group.round(1)).step_at == resumes


async def test_the_draw_can_be_repeated(group: House) -> None:
    """The preview names the very item, in the very order of options, that is asked next; and claims nothing."""
    preview = await group.organising.preview(100, None)
    assert await group.states() == []
    planned = await group.planned()
    assert (planned.posed, planned.number, planned.on) == (preview.posed, preview.number, preview.on)


async def test_two_processes_plan_a_day_once(group: House) -> None:
    """Two that find the same schedule due claim its round once."""
    group.clock.now = DUE
    other = await group.second()
    found = await group.schedule_now()
    for planner in (group.planner, other.planner, group.planner):
        await planner._run([found], DUE)
    await other.close()
    assert await group.states() == ["planned"]


async def test_a_missing_bank_is_told_once_when_an_organisers_pause_ends(house: House) -> None:
    """On the date named the pause for the missing bank takes the place of the organiser's."""
    await house.schedule(bank="gone")
    async with house.store.write() as tx:
        schedule = await schedules.by_id(tx, 1)
        await schedules.change(tx, replace(schedule, paused=Pause.ORGANISER, resumes_on=date(2026, 11, 24)))
    house.clock.now = DUE
    for _ in range(3):
        await plan(house)
    assert (await house.schedule_now()).paused is Pause.BANK_GONE
    assert len(house.notices()) == 1
