"""Answering in trouble: a busy database, a fault of ours, callers that go away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.rounds import Round, RoundState
from bot.services import writing
from bot.services.answering import Verdict
from bot.services.ports import Snapshot
from bot.storage import answers, dialect
from tests.services.house import House

MESSAGE = 9000


@pytest.fixture
async def asked(group: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Round]:
    """Post a question, on a database that waits for other writers for a moment only."""
    found = await group.posted()
    monkeypatch.setattr(dialect, "_BUSY_MS", 20)
    monkeypatch.setattr(writing, "_RETRY_SECONDS", 0.01)
    await group.restart()
    yield found
    await group.answering.stop()


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Let another program hold the database."""
    with closing(sqlite3.connect(house.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let storing answers fail by a fault of ours."""

    async def keep(*_: object) -> None:
        await asyncio.sleep(0)
        message = "a fault of ours"
        raise LookupError(message)

    with monkeypatch.context() as patch:
        patch.setattr(answers, "keep", keep)
        yield


async def being_stored(house: House, letter: str) -> asyncio.Task[Verdict]:
    """Let a member tap, and come back while the commit of it is under way."""
    tap = asyncio.create_task(house.answering.tap(MESSAGE, 1, letter))
    for _ in range(100):
        await asyncio.sleep(0)
        if house.answering._writing._committing is not None:
            return tap
    raise AssertionError


async def test_a_busy_database_keeps_callers_waiting_and_loses_nothing(group: House, asked: Round) -> None:
    """While another program holds the database taps gather and wait; when it lets go all are stored, in order."""
    with locked(group):
        taps = [
            asyncio.create_task(group.answering.tap(MESSAGE, member, letter))
            for letter in "AB"
            for member in range(1, 51)
        ]
        done, _ = await asyncio.wait(taps, timeout=0.2)
        assert not done
        assert group.stored(asked) == {}
    await asyncio.wait_for(asyncio.gather(*taps), timeout=5)
    assert group.stored(asked) == dict.fromkeys(range(1, 51), "B")


async def test_a_caller_that_gives_up_loses_nothing(group: House, asked: Round) -> None:
    """A tap whose caller is cancelled while it waits is stored all the same, and so are the others'."""
    with locked(group):
        first = asyncio.create_task(group.answering.tap(MESSAGE, 1, "A"))
        second = asyncio.create_task(group.answering.tap(MESSAGE, 2, "B"))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    await asyncio.wait_for(second, timeout=5)
    await group.answering.stop()
    assert group.stored(asked) == {1: "A", 2: "B"}


async def test_stopping_waits_for_everything_received(group: House, asked: Round) -> None:
    """Stopping returns when all that was received is stored, whoever still waits for it; with nothing left at once."""
    with locked(group):
        taps = [asyncio.create_task(group.answering.tap(MESSAGE, member, "A")) for member in range(1, 11)]
        await asyncio.sleep(0.05)
        stopping = asyncio.create_task(group.answering.stop())
        taps.append(asyncio.create_task(group.answering.tap(MESSAGE, 11, "A")))
        await asyncio.sleep(0.05)
        assert not stopping.done()
    await asyncio.wait_for(stopping, timeout=5)
    assert len(group.stored(asked)) == 11
    await asyncio.gather(*taps)
    await group.answering.stop()


async def test_nobody_waits_for_a_writer_that_was_stopped(group: House, asked: Round) -> None:
    """When the loop is shut down in the middle of a commit whoever waits for it is let go; a later tap works."""
    with locked(group):
        tap = await being_stored(group, "A")
        assert group.answering._writing._writer is not None
        group.answering._writing._writer.cancel()
        await asyncio.wait({tap}, timeout=5)
        assert tap.cancelled()
    await group.answering.tap(MESSAGE, 1, "B")
    assert group.stored(asked) == {1: "B"}


async def test_a_fault_reaches_its_callers_and_the_writer_lives_on(
    group: House, asked: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everyone whose answer could not be stored hears of it, what is held is what is stored, the next tap works."""
    await group.answering.tap(MESSAGE, 1, "A")
    with broken(monkeypatch):
        taps = [group.answering.tap(MESSAGE, member, "B", name="Ann") for member in (1, 2)]
        failed = await asyncio.gather(*taps, return_exceptions=True)
        assert [type(each) for each in failed] == [LookupError, LookupError]
    held = group.answering.all_held(asked.id) or {}
    assert {member: answer.choice for member, answer in held.items()} == {1: "A"} == group.stored(asked)
    await group.answering.tap(MESSAGE, 2, "B", name="Ann")
    assert group.stored(asked) == {1: "A", 2: "B"}
    assert group.rows("SELECT name FROM members") == [("Ann",)]


async def test_a_repeated_event_hears_of_a_fault_too(
    group: House, asked: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tap that changes nothing is not acknowledged when the tap it repeats could not be stored."""
    with broken(monkeypatch):
        first = await being_stored(group, "A")
        failed = await asyncio.gather(group.answering.tap(MESSAGE, 1, "A"), first, return_exceptions=True)
    assert [type(each) for each in failed] == [LookupError, LookupError]
    assert group.stored(asked) == {}


async def test_who_went_on_from_a_failed_answer_keeps_the_later_one(
    group: House, asked: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tap received while an earlier one of the same member fails is stored by itself, or undone to before both."""
    for fails_twice in (False, True):
        with broken(monkeypatch):
            first = await being_stored(group, "A")
            second = asyncio.create_task(group.answering.tap(MESSAGE, 1, "B"))
            if fails_twice:
                await asyncio.gather(first, second, return_exceptions=True)
            else:
                await asyncio.gather(first, return_exceptions=True)
        await asyncio.gather(second, return_exceptions=True)
        held = group.answering.held(asked.id, 1)
        assert (held.choice if held else None) == group.stored(asked).get(1)
        await group.answering.lift(MESSAGE, 1, "A")
        await group.answering.lift(MESSAGE, 1, "B")


async def test_a_close_that_could_not_be_stored_can_be_tried_again(
    group: House, asked: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a fault in the commit of a close the round takes answers as before, and closes the next time."""
    with broken(monkeypatch):
        failed = await asyncio.gather(
            group.answering.tap(MESSAGE, 1, "A"),
            group.answering.begin_closing(asked.id, late=False),
            return_exceptions=True,
        )
        assert [type(each) for each in failed] == [LookupError, LookupError]
    await group.answering.tap(MESSAGE, 1, "B")
    await group.answering.begin_closing(asked.id, late=False)
    assert group.stored(asked) == {1: "B"}
    assert (await group.round()).state is RoundState.CLOSING


async def test_letters_count_while_a_close_waits_for_the_database(group: House, asked: Round) -> None:
    """While another program holds the database the question stays open: what is heard until it is closed counts."""
    with locked(group):
        closing_ = asyncio.create_task(group.answering.begin_closing(asked.id, late=False))
        await asyncio.sleep(0.05)
        tap = asyncio.create_task(group.answering.tap(MESSAGE, 1, "A"))
        choice = asyncio.create_task(group.answering.choose(asked.id, 2, "B"))
        await asyncio.sleep(0.05)
    await asyncio.wait_for(closing_, timeout=5)
    assert group.stored(asked) == {1: "A", 2: "B"}
    assert await tap is Verdict.RECORDED
    await choice
    assert await group.answering.tap(MESSAGE, 1, "B") is Verdict.LATE


async def test_waiting_for_what_was_received_has_an_end(group: House, asked: Round) -> None:
    """Who merely wants to see what is stored waits for it for a moment, and never for a database that stays busy."""
    await group.answering.settled(5)
    with locked(group):
        tap = asyncio.create_task(group.answering.tap(MESSAGE, 1, "A"))
        await asyncio.sleep(0.02)
        await group.answering.settled(0.01)
        own = await asyncio.wait_for(group.recalling.own(asked.id, MESSAGE, 1), timeout=5)
        assert own.answer is None
    await tap
    own = await group.recalling.own(asked.id, MESSAGE, 1)
    assert own.answer is not None
    assert own.answer.choice == "A"


async def test_remembered_names_are_bounded(group: House, asked: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many members come by, the names held in memory stay few; on disk all are there."""
    monkeypatch.setattr(writing, "_NAMES_REMEMBERED", 10)
    for member in range(35):
        await group.tap(asked, member, "A")
    assert len(group.answering._writing._names) <= 10
    assert len(group.rows("SELECT name FROM members")) == 35


async def test_answers_and_names_never_reach_the_log(
    group: House, asked: Round, caplog: pytest.LogCaptureFixture
) -> None:
    """What could not be stored is counted in the log, not shown."""
    with closing(sqlite3.connect(group.file)) as connection:
        for table in ("answers", "members"):
            connection.execute(
                f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
    with pytest.raises(IntegrityError):
        await group.answering.tap(MESSAGE, 987654321, "A", name="Annabel")
    with pytest.raises(IntegrityError):
        await group.answering.reconcile(asked.id, Snapshot(marks={}, names={987654321: "Annabel"}), begun=0)
    assert "could not be stored" in caplog.text
    assert "Annabel" not in caplog.text
    assert "987654321" not in caplog.text
