"""Answering: order of arrival, nothing acknowledged before it is stored, few commits, and what closing means."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.answer import Came, Surface
from bot.domain.errors import NotOpen
from bot.domain.rounds import Round
from bot.services.answering import Verdict
from bot.services.ports import Snapshot
from bot.services.removals import Letter
from bot.storage.store import Store, Tx
from tests.builders import NOW, make_bank, make_item
from tests.services.house import House, until

MESSAGE = 9000


@pytest.fixture
async def asked(group: House) -> Round:
    """Post a single-select question."""
    return await group.posted()


@pytest.fixture
async def multiple(group: House) -> Round:
    """Post a multi-select question."""
    group.banks = (make_bank([make_item(key="ABC", options=6)]),)
    await group.restart()
    return await group.posted()


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count writing transactions."""
    counted: list[int] = []
    real = Store.write

    @asynccontextmanager
    async def write(self: Store) -> AsyncIterator[Tx]:
        async with real(self) as tx:
            yield tx
        counted.append(1)

    monkeypatch.setattr(Store, "write", write)
    return counted


async def test_fast_taps_of_a_hundred_members_end_in_the_last_one(group: House, asked: Round) -> None:
    """A, B, A off, A, B off, B of each of 100 members, as concurrent tasks, end in B, in memory and on disk."""
    heard = group.answering

    async def event(member_id: int, step: str) -> None:
        if step.endswith("-"):
            await heard.lift(MESSAGE, member_id, step[0])
        else:
            await heard.tap(MESSAGE, member_id, step)

    steps = ("A", "B", "A-", "A", "B-", "B")
    await asyncio.gather(*(event(member, step) for step in steps for member in range(1, 101)))
    assert group.stored(asked) == dict.fromkeys(range(1, 101), "B")
    assert {answer.seen for answer in (heard.all_held(asked.id) or {}).values()} == {"AB"}


async def test_an_answer_is_on_disk_when_it_is_acknowledged(group: House, asked: Round) -> None:
    """At the moment a tap, a lift, a private choice or a snapshot returns, another connection sees it stored."""
    heard = group.answering
    await heard.tap(MESSAGE, 1, "A", name="Ann")
    assert group.stored(asked) == {1: "A"}
    assert group.rows("SELECT name FROM members") == [("Ann",)]
    await heard.lift(MESSAGE, 1, "A")
    assert group.stored(asked) == {1: ""}
    await heard.choose(asked.id, 1, "B")
    assert group.stored(asked) == {1: "B"}
    await heard.reconcile(asked.id, Snapshot(marks={2: frozenset("C")}), begun=heard.now_at())
    assert group.stored(asked) == {1: "B", 2: "C"}


async def test_a_repeated_event_waits_for_the_commit_of_the_first(group: House, asked: Round) -> None:
    """A tap that changes nothing, because the same one is being stored, is acknowledged after that is stored."""
    first = asyncio.create_task(group.answering.tap(MESSAGE, 1, "A"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await group.answering.tap(MESSAGE, 1, "A")
    assert group.stored(asked) == {1: "A"}
    await first


async def test_concurrent_taps_share_commits(group: House, asked: Round, commits: list[int]) -> None:
    """A thousand taps at once need a handful of transactions, and a lone tap one."""
    await asyncio.gather(*(group.answering.tap(MESSAGE, member, "A") for member in range(1000)))
    assert len(group.stored(asked)) == 1000
    assert len(commits) <= 3
    commits.clear()
    await group.answering.tap(MESSAGE, 1, "B")
    assert len(commits) == 1


async def test_nobody_waits_for_what_came_later(group: House, asked: Round) -> None:
    """Under a flood that never ends everyone is answered after the commit with their own tap."""
    flooding = True

    async def flood() -> None:
        member = 1000
        while flooding:
            member += 1
            task = asyncio.create_task(group.answering.tap(MESSAGE, member, "A"))
            await asyncio.sleep(0)
            tasks.add(task)

    tasks: set[asyncio.Task[Verdict]] = set()
    running = asyncio.create_task(flood())
    await asyncio.sleep(0.01)
    for member in (1, 2):
        for _ in range(3):  # the second and third change nothing
            await asyncio.wait_for(group.answering.tap(MESSAGE, member, "A"), timeout=5)
    flooding = False
    await running
    await asyncio.gather(*tasks)
    assert group.stored(asked)[2] == "A"


async def test_what_is_no_letter_of_a_round_is_ignored(group: House, asked: Round, commits: list[int]) -> None:
    """Other messages, letters beyond the options and unknown members' removals cost no transaction."""
    heard = group.answering
    assert await heard.tap(1, 1, "A") is Verdict.IGNORED
    assert await heard.tap(MESSAGE, 1, "J") is Verdict.IGNORED
    assert await heard.lift(MESSAGE, 1, "A") is Verdict.IGNORED
    assert await heard.lift(1, 1, "A") is Verdict.IGNORED
    assert await heard.clear(1) is None
    assert heard.round_of(1) is None
    assert heard.round_of(MESSAGE) is not None
    assert commits == []
    assert group.stored(asked) == {}


async def test_ticking_several_and_taking_one_back(group: House, multiple: Round) -> None:
    """On a multi-select question the letters present are the answer; removing one withdraws it."""
    heard = group.answering
    await asyncio.gather(*(heard.tap(MESSAGE, 1, letter) for letter in "CAB"), heard.lift(MESSAGE, 1, "A"))
    assert group.stored(multiple) == {1: "BC"}


async def test_a_super_reaction_is_the_same_choice(group: House, multiple: Round) -> None:
    """One member holding both sorts of a letter has one choice, and keeps it until both are gone."""
    heard = group.answering
    await heard.tap(MESSAGE, 1, "a")
    await heard.tap(MESSAGE, 1, "A")
    await heard.lift(MESSAGE, 1, "A")
    assert group.stored(multiple) == {1: "A"}
    await heard.lift(MESSAGE, 1, "a")
    assert group.stored(multiple) == {1: ""}


async def test_a_letter_replayed_during_the_close_counts(group: House) -> None:
    """A letter put there in time, heard of only by a replay while the closing snapshot is read, counts."""
    asked = await group.posted()
    group.unheard(asked, 1, "A")
    group.clock.now = asked.closes_at
    gate = group.publisher.hang("collect")
    working = asyncio.create_task(group.work())
    await until(lambda: bool(group.publisher.named("collect")))
    group.answering.went_away()
    assert await group.answering.tap(asked.message_id or 0, 1, "A") is Verdict.LATE
    gate.set()
    await working
    assert group.stored(asked) == {1: "A"}


async def test_a_clear_withdraws_nothing(group: House, asked: Round) -> None:
    """After a moderator's clear every answer stands, and a snapshot without letters changes none."""
    heard = group.answering
    await group.tap(asked, 1, "AB")
    await group.tap(asked, 2, "C")
    cleared = await heard.clear(MESSAGE)
    assert cleared is not None
    assert cleared.id == asked.id
    assert await heard.reconcile(asked.id, Snapshot(marks={}), begun=heard.now_at()) == 0
    assert group.stored(asked) == {1: "B", 2: "C"}


async def test_a_snapshot_without_the_bots_own_letters_is_a_clear(group: House, asked: Round) -> None:
    """Letters whose seed is gone were cleared: whoever held them keeps the answer; a withdrawal elsewhere counts."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    await group.tap(asked, 2, "B")
    assert await heard.reconcile(asked.id, Snapshot(marks={}, unseeded="A"), begun=heard.now_at()) == 1
    assert group.stored(asked) == {1: "A", 2: ""}


async def test_a_snapshot_never_undoes_what_came_after_it_began(group: House, asked: Round) -> None:
    """Members who tapped, withdrew or chose privately while a snapshot was read are left alone by it."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    begun = heard.now_at()
    snapshot = Snapshot(marks={1: frozenset("A"), 2: frozenset("B"), 3: frozenset("C"), 4: frozenset("D")})
    await heard.tap(MESSAGE, 1, "B")
    await heard.lift(MESSAGE, 2, "B")  # its arrival was never heard
    await heard.choose(asked.id, 3, "A")
    await heard.reconcile(asked.id, snapshot, begun=begun)
    assert group.stored(asked) == {1: "B", 3: "A", 4: "D"}


async def test_catching_up_says_so(group: House, asked: Round) -> None:
    """An answer found by a snapshot is stored as caught up, several new letters as unresolved, with their names."""
    snapshot = Snapshot(marks={1: frozenset("A"), 2: frozenset("BC")}, names={1: "Ann", 2: "Ben"})
    assert await group.answering.reconcile(asked.id, snapshot, begun=0) == 2
    found = group.rows("SELECT member_id, choice, came, unresolved FROM answers")
    assert found == [(1, "A", Came.CATCH_UP, 0), (2, "BC", Came.CATCH_UP, 1)]
    assert group.rows("SELECT name FROM members ORDER BY name") == [("Ann",), ("Ben",)]
    assert await group.answering.reconcile(asked.id, snapshot, begun=0) == 0


async def test_taps_count_until_the_close_is_committed(group: House, asked: Round) -> None:
    """Whatever arrives before the move to closing is committed counts and is stored with it; what follows is late."""
    heard = group.answering
    verdicts = await asyncio.gather(
        heard.tap(MESSAGE, 1, "A"),
        heard.tap(MESSAGE, 2, "B"),
        heard.begin_closing(asked.id, late=False),
        heard.tap(MESSAGE, 1, "C"),
        heard.lift(MESSAGE, 2, "B"),
    )
    assert list(verdicts) == [Verdict.RECORDED, Verdict.RECORDED, None, Verdict.RECORDED, Verdict.RECORDED]
    assert [await heard.tap(MESSAGE, 1, "D"), await heard.lift(MESSAGE, 1, "C")] == [Verdict.LATE, Verdict.LATE]
    assert group.stored(asked) == {1: "C", 2: ""}
    assert group.rows("SELECT state FROM rounds") == [("closing",)]


async def test_a_closing_round_takes_nothing_more(group: House, asked: Round) -> None:
    """Private choices are refused with a sentence, clears change nothing, and the round is no longer listed as open."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    await heard.begin_closing(asked.id, late=True)
    with pytest.raises(NotOpen):
        await heard.choose(asked.id, 1, "B")
    assert await heard.clear(MESSAGE) is None
    assert heard.open_rounds() == []
    found = heard.held(asked.id, 1)
    assert found is not None
    assert (found.choice, found.seen) == ("A", "A")
    assert group.rows("SELECT closed_late, closing_at IS NULL FROM rounds") == [(1, 0)]


async def test_a_late_letter_is_not_let_in_by_a_later_snapshot(group: House, asked: Round) -> None:
    """A letter added after the close does not count, even if the closing snapshot is read again much later."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    await heard.begin_closing(asked.id, late=False)
    assert await heard.tap(MESSAGE, 1, "B") is Verdict.LATE
    assert await heard.tap(MESSAGE, 2, "B") is Verdict.LATE
    snapshot = Snapshot(marks={1: frozenset("AB"), 2: frozenset("B"), 3: frozenset("C")})
    await heard.reconcile(asked.id, snapshot, begun=heard.now_at(), closing=True)
    assert group.stored(asked) == {1: "A", 3: "C"}


async def test_a_catch_up_that_ends_after_the_close_is_dropped(group: House, asked: Round) -> None:
    """A snapshot taken for an open round changes nothing once that is closing: grading has begun."""
    heard = group.answering
    begun = heard.now_at()
    await heard.begin_closing(asked.id, late=False)
    assert await heard.reconcile(asked.id, Snapshot(marks={1: frozenset("A")}), begun=begun) == 0
    assert group.stored(asked) == {}


async def test_a_restart_brings_everything_back(group: House, asked: Round) -> None:
    """After a kill every answer, its order of letters included, is held again; closing rounds stay closed."""
    await group.tap(asked, 1, "BA")
    await group.answering.choose(asked.id, 2, "C")
    held = group.answering.all_held(asked.id)
    await group.restart()
    assert group.answering.all_held(asked.id) == held
    assert [each.id for each in group.answering.open_rounds()] == [asked.id]
    await group.answering.lift(MESSAGE, 1, "A")
    assert group.stored(asked) == {1: "B", 2: "C"}
    await group.answering.begin_closing(asked.id, late=False)
    await group.restart()
    assert await group.answering.tap(MESSAGE, 3, "A") is Verdict.LATE


async def test_names_are_written_when_they_change(group: House, asked: Round) -> None:
    """A member's latest display name is kept; the same one again is not written again."""
    await group.answering.tap(MESSAGE, 1, "A", name="Ann")
    await group.answering.tap(MESSAGE, 1, "B", name="Ann B.")
    await group.answering.tap(MESSAGE, 1, "C", name=None)
    assert group.rows("SELECT name FROM members") == [("Ann B.",)]


async def test_a_snapshots_names_give_way_to_those_heard_live(group: House, asked: Round) -> None:
    """A snapshot knows global names only: it names strangers, and never renames anyone."""
    await group.answering.tap(MESSAGE, 1, "A", name="Server Ann")
    snapshot = Snapshot(marks={1: frozenset("A"), 2: frozenset("B")}, names={1: "Global Ann", 2: "Global Ben"})
    for _ in range(2):
        await group.answering.reconcile(asked.id, snapshot, begun=group.answering.now_at())
    assert group.rows("SELECT name FROM members ORDER BY member_id") == [("Server Ann",), ("Global Ben",)]
    await group.restart()
    await group.answering.reconcile(asked.id, snapshot, begun=group.answering.now_at())
    await group.answering.tap(MESSAGE, 2, "B", name="Server Ben")
    await group.answering.reconcile(asked.id, snapshot, begun=group.answering.now_at())
    assert group.rows("SELECT name FROM members ORDER BY member_id") == [("Server Ann",), ("Server Ben",)]


async def test_a_private_choice_stands_until_the_next_tap(group: House, asked: Round) -> None:
    """A private choice replaces a letter and survives its removal; a later tap replaces it; nothing is a withdrawal."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    answer = await heard.choose(asked.id, 1, "B", name="Ann")
    assert (answer.choice, answer.surface, answer.at) == ("B", Surface.PRIVATE, NOW)
    await heard.lift(MESSAGE, 1, "A")
    assert group.stored(asked) == {1: "B"}
    await heard.tap(MESSAGE, 1, "C")
    assert group.stored(asked) == {1: "C"}
    await heard.choose(asked.id, 1, "")
    assert group.stored(asked) == {1: ""}


async def test_a_choice_that_is_no_option_is_refused(group: House, asked: Round) -> None:
    """A letter that the round does not have, which would make it ungradable, is never stored."""
    with pytest.raises(ValueError, match="no options"):
        await group.answering.choose(asked.id, 1, "J")
    assert group.stored(asked) == {}
    with pytest.raises(NotOpen):
        await group.answering.choose(999, 1, "A")


async def test_a_dropped_round_is_forgotten(group: House, asked: Round) -> None:
    """Once graded nothing of a round stays in memory."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    heard.removals.begin(Letter(MESSAGE, 1, "A"))
    heard.dropped(asked.id)
    assert (heard.round_of(MESSAGE), heard.held(asked.id, 1), heard.all_held(asked.id)) == (None, None, None)
    assert (heard._live, heard._by_message, heard.removals._under_way) == ({}, {}, {})
    assert await heard.tap(MESSAGE, 1, "A") is Verdict.IGNORED
    heard.dropped(asked.id)


async def test_taking_up_a_round_twice_loses_nothing(group: House, asked: Round) -> None:
    """A round that is known stays as it is; one that is not is read with its answers."""
    await group.tap(asked, 1, "A")
    await group.answering.take_up(asked)
    assert await group.answering.tap(MESSAGE, 1, "A") is Verdict.RECORDED
    group.answering.dropped(asked.id)
    await asyncio.gather(group.answering.take_up(asked), group.answering.take_up(asked))
    assert group.stored(asked) == {1: "A"}
    assert [*(group.answering.all_held(asked.id) or {})] == [1]
