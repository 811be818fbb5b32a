"""The ledger: each round is claimed, leased and moved by one, and what stops a step never loses the round."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.domain.rounds import Round, RoundState
from bot.domain.scenarios.drawing import Telling
from bot.storage import members, rounds, schedules
from bot.storage.store import Store, open_store
from tests.builders import NOW, make_item, make_posed, make_round, make_schedule
from tests.conftest import url_of

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
async def stores(database: Path, store: Store) -> AsyncIterator[list[Store]]:
    """Open one database as two processes would; it has a schedule."""
    async with store.write() as tx:
        await schedules.add(tx, make_schedule())
    second = await open_store(url_of(database), now=NOW)
    yield [store, second]
    await second.close()


async def planned(store: Store, **changes: Any) -> Round:  # noqa: ANN401 - any field of a round
    """Store a round; planned and due now unless said otherwise."""
    wanted = replace(make_round(message_id=None, state=RoundState.PLANNED), step_at=NOW, seeded=False)
    async with store.write() as tx:
        made = await rounds.plan(tx, replace(wanted, **changes))
    assert made is not None
    return made


async def now_of(store: Store, asked: Round) -> Round:
    async with store.read() as tx:
        found = await rounds.by_id(tx, asked.id)
    assert found is not None
    return found


async def test_a_round_is_read_as_it_was_planned(stores: list[Store]) -> None:
    """Every field of a round survives, and it gets an id of its own."""
    everything: dict[str, Any] = {
        "posed": make_posed(make_item(key="AC", options=6), order=(5, 3, 1, 0, 2, 4)),
        "state": RoundState.CLOSED,
        "message_id": 2**62,
        "seeded": True,
        "closing_at": NOW,
        "closed_late": True,
        "reveal_id": 2**62 + 1,
        "attempts": 3,
        "ping_role": 5,
        "silent": True,
        "thread": True,
        "void_reason": "none",
        "case_key": "open a=sound lesson=1.1",
    }
    made = await planned(stores[0], **everything)
    assert await now_of(stores[1], made) == made


async def test_of_twenty_who_plan_the_same_one_wins(stores: list[Store]) -> None:
    """One of twenty claims of a schedule's date and number succeeds; the transaction of the others lives on."""

    async def claim(store: Store) -> bool:
        wanted = make_round(message_id=None, state=RoundState.PLANNED)
        async with store.write() as tx:
            made = await rounds.plan(tx, wanted)
            assert await rounds.last_number(tx, 1, NOW.date()) == 1
        return made is not None

    won = await asyncio.gather(*(claim(store) for store in stores * 10))
    assert won.count(True) == 1


async def test_a_claim_that_breaks_another_rule_is_a_fault(stores: list[Store]) -> None:
    """Only a claimed place is given up quietly; a post or a schedule that cannot be raises."""
    await planned(stores[0], message_id=1)
    for wrong in ({"message_id": 1}, {"schedule_id": 99}):
        with pytest.raises(IntegrityError):
            await planned(stores[0], number=2, **wrong)


async def test_of_twenty_who_lease_a_step_one_wins(stores: list[Store]) -> None:
    """One of twenty gets a due step for itself, and it is not due again before the lease ends."""
    made = await planned(stores[0])

    async def lease(store: Store) -> Round | None:
        async with store.write() as tx:
            return await rounds.lease(tx, made, until=LATER)

    won = [each for each in await asyncio.gather(*(lease(store) for store in stores * 10)) if each is not None]
    assert [(each.step_at, each.attempts) for each in won] == [(LATER, 1)]
    async with stores[0].read() as tx:
        assert await rounds.due(tx, LATER - timedelta(seconds=1)) == []
        assert await rounds.due(tx, LATER) == won
        assert await rounds.next_step(tx) == LATER


async def test_of_twenty_who_move_a_round_one_wins(stores: list[Store]) -> None:
    """One of twenty moves a round from planned to open; its attempts begin anew."""
    made = await planned(stores[0], attempts=4)

    async def move(store: Store, message_id: int) -> bool:
        async with store.write() as tx:
            return await rounds.move(tx, made, RoundState.OPEN, message_id=message_id)

    won = await asyncio.gather(*(move(store, number) for number, store in enumerate(stores * 10)))
    assert won.count(True) == 1
    found = await now_of(stores[0], made)
    assert (found.state, found.message_id, found.attempts) == (RoundState.OPEN, won.index(True), 0)


async def test_a_move_from_a_state_that_was_left_changes_nothing(stores: list[Store]) -> None:
    """Who finds a round void cannot open it any more."""
    made = await planned(stores[0])
    async with stores[0].write() as tx:
        assert await rounds.move(tx, made, RoundState.VOID, step_at=None)
        assert not await rounds.move(tx, made, RoundState.OPEN, message_id=7)
    assert (await now_of(stores[0], made)).state is RoundState.VOID


@pytest.mark.parametrize("state", [RoundState.VOID, RoundState.EXPLAINED])
async def test_a_finished_round_stays_finished(stores: list[Store], state: RoundState) -> None:
    """Nothing that a late worker notes makes a void or explained round due again."""
    made = await planned(stores[0], state=state, step_at=None)
    async with stores[0].write() as tx:
        await rounds.note(tx, made.id, step_at=NOW)
        await rounds.retry(tx, made.id, at=NOW, now=NOW)
        await rounds.seeded(tx, made.id)
        await rounds.block(tx, made.id)
        await rounds.wake(tx, [1], now=NOW)
    assert await now_of(stores[0], made) == made


async def test_seeding_that_ends_late_does_not_undo_an_early_close(stores: list[Store]) -> None:
    """Who closes a round while its letters are put there finds it due at the new time, not at the old."""
    made = await planned(stores[0], state=RoundState.OPEN)
    async with stores[0].write() as tx:
        await rounds.note(tx, made.id, closes_at=NOW, step_at=NOW)
        await rounds.seeded(tx, made.id)
    found = await now_of(stores[0], made)
    assert (found.seeded, found.step_at) == (True, NOW)


@pytest.mark.parametrize(("closes", "expected"), [(30, 30), (90, 60), (-30, 60)])
async def test_trying_again_never_delays_the_close(stores: list[Store], closes: int, expected: int) -> None:
    """An open round whose step failed is tried again in time to close: at its close when that comes first."""
    made = await planned(stores[0], state=RoundState.OPEN, closes_at=NOW + timedelta(seconds=closes))
    async with stores[0].write() as tx:
        await rounds.retry(tx, made.id, at=LATER, now=NOW)
    assert (await now_of(stores[0], made)).step_at == NOW + timedelta(seconds=expected)


async def test_trying_again_waits_for_any_other_state(stores: list[Store]) -> None:
    """A planned or closed round waits as long as it is told to."""
    made = await planned(stores[0], closes_at=NOW + timedelta(seconds=30))
    async with stores[0].write() as tx:
        await rounds.retry(tx, made.id, at=LATER, now=NOW)
    assert (await now_of(stores[0], made)).step_at == LATER


async def test_the_cases_a_server_was_told(stores: list[Store]) -> None:
    """Each generated item with its key, as often as it was asked; none of a void round whose answer nobody saw."""
    first = await planned(stores[0], posed=make_posed(make_item("1.1-case-1")), case_key="one")
    await planned(stores[0], number=2, posed=first.posed, case_key="one", planned_at=LATER)
    await planned(stores[0], number=3, posed=make_posed(make_item("1.1-case-2")), case_key="")
    await planned(stores[0], number=4, posed=make_posed(make_item("1.1-case-study")))
    unseen = make_posed(make_item("1.1-case-3"))
    await planned(stores[0], number=5, posed=unseen, case_key="three", state=RoundState.VOID)
    async with stores[1].read() as tx:
        assert sorted(await rounds.told(tx, 100, "sample"), key=lambda each: (each.item_id, each.at)) == [
            Telling(item_id="1.1-case-1", at=NOW, key="one"),
            Telling(item_id="1.1-case-1", at=LATER, key="one"),
            Telling(item_id="1.1-case-2", at=NOW, key=""),
        ]
        assert await rounds.told(tx, 555, "sample") == []
        assert await rounds.told(tx, 100, "other") == []


@pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.CLOSING, RoundState.CLOSED])
async def test_what_is_blocked_waits_until_it_is_woken(stores: list[Store], state: RoundState) -> None:
    """A blocked step is due at no time; waking its schedule makes it due, and forgets no attempt that was made."""
    made = await planned(stores[0], state=state, attempts=2)
    async with stores[0].write() as tx:
        await rounds.block(tx, made.id)
    assert (await now_of(stores[0], made)).step_at is None
    async with stores[0].write() as tx:
        await rounds.wake(tx, [2], now=LATER)
        assert await rounds.next_step(tx) is None
        await rounds.wake(tx, [1], now=LATER)
    found = await now_of(stores[0], made)
    assert (found.step_at, found.attempts) == (LATER, 2)


async def test_an_open_round_that_is_blocked_still_closes(stores: list[Store]) -> None:
    """Letters that may not be put there do not keep a round open for ever; waking it tries them again."""
    made = await planned(stores[0], state=RoundState.OPEN)
    async with stores[0].write() as tx:
        await rounds.block(tx, made.id)
    assert (await now_of(stores[0], made)).step_at == made.closes_at
    async with stores[0].write() as tx:
        await rounds.wake(tx, [1], now=LATER)
    assert (await now_of(stores[0], made)).step_at == LATER


async def test_a_lease_is_renewed_only_by_who_holds_it(stores: list[Store]) -> None:
    """Who has lost a lease cannot renew it."""
    made = await planned(stores[0])
    async with stores[0].write() as tx:
        mine = await rounds.renew(tx, made, until=LATER)
        assert mine is not None
        assert await rounds.renew(tx, made, until=LATER + timedelta(hours=1)) is None
    assert (await now_of(stores[0], made)).step_at == LATER


async def test_lists_of_rounds(stores: list[Store]) -> None:
    """Rounds are found by state, by server, by schedule, and by what they ask."""
    first = await planned(stores[0], state=RoundState.OPEN, message_id=1)
    second = await planned(stores[0], state=RoundState.VOID, number=2, posed=make_posed(make_item("other")))
    third = await planned(stores[0], state=RoundState.EXPLAINED, number=3, posed=make_posed(make_item("third")))
    away = await planned(stores[0], state=RoundState.CLOSED, number=4, guild_id=101)
    async with stores[0].read() as tx:
        assert await rounds.in_states(tx, (RoundState.OPEN, RoundState.CLOSED)) == [first, away]
        assert await rounds.in_states(tx, (RoundState.OPEN, RoundState.CLOSED), guild_id=101) == [away]
        assert await rounds.unfinished(tx, 1) == [first, away]
        assert await rounds.last_number(tx, 1, NOW.date()) == 4
        assert await rounds.last_number(tx, 1, LATER.date() + timedelta(days=1)) == 0
        assert await rounds.busy_items(tx, 100, "sample") == {first.posed.item.id}
        assert await rounds.busy_items(tx, 100, "another") == frozenset()
        assert await rounds.busy_for(tx, 7, "sample") == frozenset()
    async with stores[0].write() as tx:
        await members.keep_names(tx, {(100, 7): "Ann"})
    async with stores[0].read() as tx:
        assert await rounds.busy_for(tx, 7, "sample") == {first.posed.item.id}
        assert await rounds.asked(tx, 1) == {first.posed.item.id: NOW, third.posed.item.id: NOW}
        assert await rounds.by_id(tx, 999) is None
    assert second.posed.item.id == "other"


async def test_what_is_busy_or_told_is_found_without_the_ledger(store: Store) -> None:
    """Unfinished rounds, and those of cases, come from indexes of just these: ten years of rounds cost nothing."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    async with store.read() as tx:
        sa.event.listen(tx.sync_connection, "before_cursor_execute", note)
        await rounds.busy_items(tx, 100, "sample")
        await rounds.busy_for(tx, 7, "sample")
        await rounds.told(tx, 100, "sample")
        plans = [
            list((await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (0,) * query.count("?"))).scalars("detail"))
            for query in tuple(asked)
        ]
    *busy, told = plans
    for plan in busy:
        assert "USING COVERING INDEX ix_rounds_unfinished" in plan[0]
        assert not any("SCAN" in step for step in plan)
    assert "USING INDEX ix_rounds_case_key" in told[0]
