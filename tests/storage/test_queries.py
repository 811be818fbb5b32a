"""Queries about schedules, answers, boards, notices and the process itself."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.domain.answer import Came, Surface
from bot.domain.schedule import Pause
from bot.storage import answers, notices, process, schedules
from bot.storage.members import keep_names
from bot.storage.store import Store, Tx
from bot.storage.tables import members
from tests.builders import NOW, PRAGUE, make_answer, make_schedule
from tests.storage.rows import a_round, a_schedule

# Schedules


async def test_a_schedule_survives(store: Store) -> None:
    """Every setting of a schedule is read as it was stored, by id and in its server's list."""
    wanted = make_schedule(weekdays={0, 6}, at=time(23, 59), zone=ZoneInfo("Australia/Lord_Howe"), per_day=5)
    wanted = replace(
        wanted,
        topic="3.1",
        catch_up=timedelta(minutes=1),
        ping_role=2**62,
        thread=True,
        silent=True,
        paused=Pause.CHANNEL_GONE,
        resumes_on=date(2027, 1, 31),
        next_run=NOW,
        seed=2**31 - 1,
    )
    async with store.write() as tx:
        made = await schedules.add(tx, wanted)
        assert made == wanted
        assert await schedules.by_id(tx, made.id) == wanted
        assert await schedules.of_guild(tx, wanted.guild_id) == [wanted]
        assert await schedules.of_channel(tx, wanted.channel_id) == [wanted]


async def test_names_clash_without_regard_to_case_within_a_server(store: Store) -> None:
    """A second schedule of a name is refused, new or renamed, in any case; another server may use it."""
    async with store.write() as tx:
        first = await a_schedule(tx, name="Straße")
        assert await schedules.add(tx, make_schedule(name="STRASSE")) is None
        second = await a_schedule(tx, name="Other")
        assert not await schedules.change(tx, replace(second, name="strasse"))
        assert await schedules.change(tx, replace(first, name="STRASSE"))
        await a_schedule(tx, name="straße", guild_id=101)
        assert [each.name for each in await schedules.of_guild(tx, 100)] == ["Other", "STRASSE"]


async def test_a_removed_schedule_frees_its_name_and_comes_back_when_that_is_free(store: Store) -> None:
    """Removing hides a schedule and keeps its row; restoring fails while its name is taken."""
    async with store.write() as tx:
        first = await a_schedule(tx, next_run=NOW)
        await schedules.remove(tx, first.id, now=NOW)
        assert await schedules.of_guild(tx, 100) == []
        assert await schedules.of_channel(tx, 200) == []
        assert await schedules.due(tx, NOW, most=9) == []
        assert await schedules.is_removed(tx, first.id)
        second = await a_schedule(tx)
        assert not await schedules.restore(tx, first.id, next_run=NOW)
        await schedules.remove(tx, second.id, now=NOW)
        assert await schedules.restore(tx, first.id, next_run=NOW)
        assert await schedules.due(tx, NOW, most=9) == [first]
        assert not await schedules.is_removed(tx, first.id)


async def test_advancing_happens_once_and_ends_a_pause(store: Store) -> None:
    """Of two who move a schedule on from the same instant one succeeds; a dated pause is over then."""
    async with store.write() as tx:
        found = await a_schedule(tx, next_run=NOW, paused=Pause.ORGANISER, resumes_on=NOW.date())
        assert await schedules.next_run(tx) == NOW
        assert await schedules.advance(tx, found, NOW + timedelta(days=1))
        assert not await schedules.advance(tx, found, NOW + timedelta(days=1))
        after = await schedules.by_id(tx, found.id)
    assert (after.next_run, after.paused, after.resumes_on) == (NOW + timedelta(days=1), None, None)


async def test_pausing_happens_once_for_each_reason(store: Store) -> None:
    """A pause for the reason that holds already says so; another reason replaces it; a removed schedule stays alone."""
    async with store.write() as tx:
        found = await a_schedule(tx, next_run=NOW)
        assert await schedules.pause(tx, found.id, Pause.FORBIDDEN)
        assert not await schedules.pause(tx, found.id, Pause.FORBIDDEN)
        assert await schedules.pause(tx, found.id, Pause.CHANNEL_GONE)
        assert (await schedules.by_id(tx, found.id)).next_run is None
        await schedules.remove(tx, found.id, now=NOW)
        assert not await schedules.pause(tx, found.id, Pause.FORBIDDEN)


async def test_a_servers_zone(store: Store) -> None:
    """A server has no zone at first, and the latest one that was set afterwards."""
    async with store.write() as tx:
        assert await schedules.zone_of(tx, 100) is None
        await schedules.set_zone(tx, 100, PRAGUE)
        await schedules.set_zone(tx, 100, ZoneInfo("UTC"))
        assert await schedules.zone_of(tx, 100) == ZoneInfo("UTC")


# Answers


async def test_an_answer_replaces_the_one_before(store: Store) -> None:
    """Every field of an answer survives; a later one of the same member and round takes its place."""
    first = make_answer("AB", seen="Ab", unresolved=True, came=Came.CATCH_UP)
    second = make_answer("C", surface=Surface.PRIVATE, at=NOW + timedelta(microseconds=1))
    async with store.write() as tx:
        await a_schedule(tx)
        asked = await a_round(tx)
        await answers.keep(tx, {})
        await answers.keep(tx, {(asked.id, 1): first, (asked.id, 2): first})
        await answers.keep(tx, {(asked.id, 1): second})
        assert await answers.of_rounds(tx, [asked.id, 99]) == {asked.id: {1: second, 2: first}, 99: {}}
        assert await answers.of_member(tx, asked.id, 2) == first
        assert await answers.of_member(tx, asked.id, 3) is None


async def test_an_answer_needs_its_round(store: Store) -> None:
    """Foreign keys are enforced: an answer to a round that is not there is refused."""
    with pytest.raises(IntegrityError):
        await _answer_nothing(store)


async def _answer_nothing(store: Store) -> None:
    async with store.write() as tx:
        await answers.keep(tx, {(1, 1): make_answer("A")})


async def _names(tx: Tx) -> dict[tuple[int, int], str]:
    rows = await tx.execute(sa.select(members.c.guild_id, members.c.member_id, members.c.name))
    return {(row.guild_id, row.member_id): row.name for row in rows}


async def test_names_are_kept_by_server(store: Store) -> None:
    """The latest name of a member counts, per server; a long one is cut."""
    async with store.write() as tx:
        await keep_names(tx, {})
        await keep_names(tx, {(100, 1): "Ann", (100, 2): "Ben", (101, 1): "Anna"})
        await keep_names(tx, {(100, 1): "x" * 300})
        assert await _names(tx) == {(100, 1): "x" * 100, (100, 2): "Ben", (101, 1): "Anna"}
        await keep_names(tx, {}, known=False)
        await keep_names(tx, {(100, 2): "Benjamin", (100, 3): "Cleo"}, known=False)
        assert await _names(tx) == {(100, 1): "x" * 100, (100, 2): "Ben", (101, 1): "Anna", (100, 3): "Cleo"}


async def test_no_name_spoils_a_commit(store: Store) -> None:
    """Whatever a member is called, half of a surrogate pair included, is stored with everyone else's."""
    async with store.write() as tx:
        await keep_names(tx, {(100, 1): "Ann", (100, 2): "\ud83d Ben", (100, 3): "\x00"})
        assert await _names(tx) == {(100, 1): "Ann", (100, 2): "? Ben", (100, 3): "?"}


# Notices and the process


async def test_notices_are_shown_once_newest_last(store: Store) -> None:
    """A server's waiting sentences are given once, oldest first, five at a time; long ones are cut; none is lost."""
    async with store.write() as tx:
        for number in range(7):
            await notices.add(tx, 100, f"{number} " + "x" * 600, now=NOW)
        await notices.add(tx, 101, "elsewhere", now=NOW)
        found = await notices.take(tx, 100, now=NOW)
        assert [text[0] for text in found] == ["0", "1", "2", "3", "4"]
        assert {len(text) for text in found} == {500}
        assert [text[0] for text in await notices.take(tx, 100, now=NOW)] == ["5", "6"]
        assert await notices.take(tx, 100, now=NOW) == []
        assert await notices.take(tx, 101, now=NOW) == ["elsewhere"]


async def test_the_process_remembers(store: Store) -> None:
    """A text is found under its key until another takes its place."""
    async with store.write() as tx:
        assert await process.recall(tx, "a") is None
        await process.remember(tx, "a", "1")
        await process.remember(tx, "a", "2")
        assert await process.recall(tx, "a") == "2"
