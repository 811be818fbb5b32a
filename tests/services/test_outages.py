"""Outages of what the bot stands on, its database and its disk: answers wait, nothing is lost, one line tells of it."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.errors import AnswerWaits
from bot.domain.rounds import Round
from bot.services import answering, daily, writing
from bot.services.answering import Verdict
from bot.storage import dialect, store
from bot.storage.store import StorageBusy, StorageUnread
from tests.services.house import House, until

MANY = 300
Trouble = Callable[[House], AbstractContextManager[None]]


@pytest.fixture
async def asked(group: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Round]:
    """Post a question, on a database whose troubles are noticed and over quickly."""
    found = await group.posted()
    monkeypatch.setattr(dialect, "_BUSY_MS", 10)
    monkeypatch.setattr(writing, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(daily, "_STORAGE_WAIT", timedelta(seconds=0.02))
    monkeypatch.setattr(store, "_CALM_SECONDS", 0.15)
    await group.restart()
    yield found
    await group.answering.stop()


@contextmanager
def busy(house: House) -> Iterator[None]:
    """Let another program hold the database."""
    with closing(sqlite3.connect(house.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@contextmanager
def full(house: House) -> Iterator[None]:
    """Let the database have no room for another page."""
    ((pages,),) = house.rows("PRAGMA page_count")
    with setting(house, f"max_page_count={pages}", "max_page_count=1000000"):
        yield


@contextmanager
def read_only(house: House) -> Iterator[None]:
    """Let the database take no writes at all."""
    with setting(house, "query_only=ON", "query_only=OFF"):
        yield


@contextmanager
def setting(house: House, during: str, after: str) -> Iterator[None]:
    """Let a setting of SQLite hold for every connection of the bot for a while."""
    current = [during]

    def checkout(connection: Any, *_: object) -> None:  # noqa: ANN401 - a DB-API connection
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {current[0]}")
        cursor.close()

    sa.event.listen(house.store._engine.sync_engine, "checkout", checkout)
    try:
        yield
    finally:
        current[0] = after


@asynccontextmanager
async def living(house: House) -> AsyncIterator[None]:
    """Let the loop tick as in a running bot."""
    loop = asyncio.create_task(house.daily.run())
    try:
        yield
    finally:
        await house.daily.stop()
        await asyncio.wait({loop}, timeout=5)


def lines(caplog: pytest.LogCaptureFixture, part: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if part in record.getMessage()]


def taps(house: House, asked: Round) -> list[asyncio.Task[Verdict]]:
    """Let many members tap at once."""
    message = asked.message_id or 0
    house.publisher.marks[message] = dict.fromkeys(range(1, MANY + 1), "A")
    return [asyncio.create_task(house.answering.tap(message, member, "A")) for member in range(1, MANY + 1)]


@pytest.mark.parametrize(
    ("trouble", "says"), [(busy, "database is locked"), (full, "database or disk is full"), (read_only, "readonly")]
)
async def test_while_the_database_takes_no_writes_answers_wait(
    group: House, asked: Round, caplog: pytest.LogCaptureFixture, trouble: Trouble, says: str
) -> None:
    """No tap is acknowledged before its commit, reading goes on, and all is stored when the trouble is over.

    The operator reads one warning that says why and what to do, one line when it is over, and not a single trace.
    """
    caplog.set_level(logging.INFO, "bot")
    async with living(group):
        await until(lambda: len(group.beats) > 1)
        with trouble(group):
            waiting = taps(group, asked)
            await until(lambda: group.store.trouble is not None)
            done, _ = await asyncio.wait(waiting, timeout=0.4)
            assert not done
            assert group.stored(asked) == {}
            assert (await group.recalling.own(asked.id, asked.message_id or 0, 1)).answer is None
            assert says in (group.store.trouble or "")
            beats = len(group.beats)
            await until(lambda: len(group.beats) > beats)
        assert await asyncio.wait_for(asyncio.gather(*waiting), timeout=5) == [Verdict.RECORDED] * MANY
        assert len(group.stored(asked)) == MANY
        await until(lambda: group.store.trouble is None)
    (told,) = lines(caplog, "takes no writes")
    assert says in told
    assert len(lines(caplog, "takes writes again after")) == 1
    assert [record for record in caplog.records if record.exc_info or record.levelno > logging.WARNING] == []


async def test_what_waits_is_bounded_by_members_not_by_taps(
    group: House, asked: Round, caplog: pytest.LogCaptureFixture
) -> None:
    """However often members change their minds meanwhile, each holds one answer; the most ever held is logged."""
    caplog.set_level(logging.INFO, "bot")
    with read_only(group):
        waiting = [
            asyncio.create_task(group.answering.tap(asked.message_id or 0, member, letter))
            for letter in "ABAB" * 5
            for member in range(1, 21)
        ]
        await until(lambda: group.store.trouble is not None)
    await asyncio.wait_for(asyncio.gather(*waiting), timeout=5)
    assert group.stored(asked) == dict.fromkeys(range(1, 21), "B")
    (told,) = lines(caplog, "answers that waited for the database are stored")
    held = int(told.split("at most ")[1].split(" ")[0])
    assert 0 < held <= 40


@pytest.mark.parametrize("trouble", [busy, full, read_only])
async def test_a_close_in_the_middle_of_it_comes_later_and_loses_nobody(
    group: House, asked: Round, trouble: Trouble
) -> None:
    """A question whose time is over meanwhile is closed and revealed once, with everybody who answered before."""
    async with living(group):
        with trouble(group):
            waiting = taps(group, asked)
            await asyncio.wait(waiting, timeout=0.05)
            group.clock.now = asked.closes_at
            await asyncio.sleep(0.3)
            assert group.publisher.reveals == []
        await until(lambda: len(group.publisher.reveals) == 1)
        await until(lambda: not group.daily._workers)
        await asyncio.gather(*waiting)
    assert group.publisher.reveals[0].tally.participants == MANY
    assert (await group.states())[0] == "explained"


@pytest.mark.parametrize("trouble", [busy, read_only])
async def test_a_command_that_would_store_something_is_refused_in_a_sentence(
    group: House, asked: Round, trouble: Trouble
) -> None:
    """Whoever asks for a change meanwhile is told to try again, and nothing has changed."""
    del asked
    with trouble(group), pytest.raises(StorageBusy, match=r"^I cannot store anything just now \(.+\): please try"):
        await group.organising.post_now(100, None)
    await group.work()
    assert len(group.publisher.posts) == 1


async def test_however_many_want_to_store_something_none_waits_for_the_others(group: House, asked: Round) -> None:
    """Who stands in line behind a write that the database refuses is refused with it; the next try goes ahead."""
    del asked

    async def change() -> None:
        async with group.store.write():
            pass

    with busy(group):
        changes = await asyncio.gather(*(change() for _ in range(20)), return_exceptions=True)
        assert {type(each) for each in changes} == {StorageBusy}
        assert group.store._outage._failures <= dialect.TRIES
    await change()


async def test_a_database_that_cannot_be_opened_is_no_fault_of_ours(
    group: House, asked: Round, caplog: pytest.LogCaptureFixture
) -> None:
    """With its folder gone answers wait, what a command stores or reads is refused in a sentence, and nothing fails."""
    caplog.set_level(logging.INFO, "bot")
    away = group.file.parent.with_name("away")
    await group.store._engine.dispose()  # connections that are open would still do
    group.file.parent.rename(away)
    try:
        waiting = taps(group, asked)
        with pytest.raises(StorageUnread, match=r"^I cannot look that up just now \(unable to open"):
            await group.organising.post_now(100, None)
        with pytest.raises(StorageBusy, match=r"^I cannot store anything just now \(unable to open"):
            async with group.store.write():
                pass
    finally:
        away.rename(group.file.parent)
    assert await asyncio.wait_for(asyncio.gather(*waiting), timeout=5) == [Verdict.RECORDED] * MANY
    assert len(group.stored(asked)) == MANY
    assert len(lines(caplog, "unable to open database file")) == 1
    assert [record for record in caplog.records if record.exc_info or record.levelno > logging.WARNING] == []


async def test_waiting_callers_are_bounded_too(group: House, asked: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where very many wait already, later taps are held without anyone waiting for them, and stored like all others."""
    monkeypatch.setattr(answering, "_MOST_WAITING", 10)
    with read_only(group):
        waiting = [asyncio.create_task(group.answering.tap(asked.message_id or 0, 1, "A"))]
        await until(lambda: group.store.trouble is not None)
        waiting += taps(group, asked)
        await until(lambda: sum(tap.done() for tap in waiting) > MANY - 10)
        done, pending = await asyncio.wait(waiting, timeout=0.1)
        assert {tap.result() for tap in done} == {Verdict.HELD}
        assert len(pending) == 10
        assert group.stored(asked) == {}
    await asyncio.wait_for(asyncio.gather(*waiting), timeout=5)
    await group.answering.stop()
    assert len(group.stored(asked)) == MANY


async def test_a_private_answer_that_cannot_be_stored_is_not_confirmed(
    group: House, asked: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers by button hears after a while that it waits, and the answer counts when it is stored."""
    monkeypatch.setattr(answering, "_PATIENCE_SECONDS", 0.05)
    with read_only(group), pytest.raises(AnswerWaits, match="What you did counts once it is stored"):
        await group.answering.choose(asked.id, 1, "B")
    await group.answering.stop()
    assert group.stored(asked) == {1: "B"}


async def test_a_withdrawal_that_cannot_be_stored_is_not_confirmed(
    group: House, asked: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever withdraws by button is not told of an answer that counts: what waits is that they have none."""
    await group.answering.choose(asked.id, 1, "B")
    monkeypatch.setattr(answering, "_PATIENCE_SECONDS", 0.05)
    with read_only(group), pytest.raises(AnswerWaits, match="What you did counts once it is stored"):
        await group.answering.withdraw(asked.id, 1)
    await group.answering.stop()
    assert "B" not in group.stored(asked).values()
