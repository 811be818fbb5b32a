"""Answering and a moderator's clears: they withdraw nothing, and hide nothing that a snapshot beside them shows."""

import pytest

from bot.domain.rounds import Round
from bot.services.answering import Verdict
from bot.services.ports import PublishFailed, Refusal, Snapshot
from tests.services.house import House

MESSAGE = 9000


@pytest.fixture
async def asked(group: House) -> Round:
    """Post a single-select question."""
    return await group.posted()


async def test_a_clear_after_the_close_hides_nothing_from_the_last_snapshot(group: House, asked: Round) -> None:
    """A change that was not heard counts, whatever a moderator clears between the close and the last snapshot."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    await group.tap(asked, 2, "C")
    await heard.begin_closing(asked.id, late=False)
    assert await heard.clear(MESSAGE, "C") is None
    snapshot = Snapshot(marks={1: frozenset("B"), 3: frozenset("D")}, unseeded="C")
    await heard.reconcile(asked.id, snapshot, begun=heard.now_at(), closing=True)
    assert group.stored(asked) == {1: "B", 2: "C", 3: "D"}


async def test_the_last_snapshot_may_be_cleared_while_it_is_read(group: House, asked: Round) -> None:
    """Pages read after a clear, with the letters put back or not, withdraw nothing."""
    heard = group.answering
    for member in (1, 2):
        await group.tap(asked, member, "BA")
    await heard.begin_closing(asked.id, late=False)
    begun = heard.now_at()
    assert await heard.clear(MESSAGE) is None
    # A was read after the clear, B before it; D was not heard of.
    await heard.reconcile(asked.id, Snapshot(marks={1: frozenset("B"), 3: frozenset("D")}), begun=begun, closing=True)
    assert group.stored(asked) == {1: "A", 2: "A", 3: "D"}


async def test_a_clear_while_a_catch_up_is_read_hides_nothing(group: House, asked: Round) -> None:
    """Of what a snapshot saw before a clear the changes count, and the letters are forgotten with the clear."""
    heard = group.answering
    for member, letters in ((1, "A"), (2, "AB"), (3, "BA"), (4, "A"), (5, "A")):
        await group.tap(asked, member, letters)
    begun = heard.now_at()
    await heard.clear(MESSAGE, "A")
    await heard.clear(MESSAGE)
    await heard.tap(MESSAGE, 5, "C")
    found = {1: "B", 2: "AB", 3: "B", 4: "A", 5: "A", 6: "D"}
    snapshot = Snapshot(marks={member: frozenset(letters) for member, letters in found.items()})
    assert await heard.reconcile(asked.id, snapshot, begun=begun) == 2
    assert group.stored(asked) == {1: "B", 2: "B", 3: "A", 4: "A", 5: "C", 6: "D"}
    held = heard.all_held(asked.id) or {}
    assert {member for member, answer in held.items() if answer.seen} == {5}
    assert await heard.reconcile(asked.id, Snapshot(marks={5: frozenset("C")}), begun=heard.now_at()) == 0


async def test_a_private_answer_stands_through_a_clear_and_a_catch_up(group: House, asked: Round) -> None:
    """Letters that a clear took are nothing new to a snapshot from before it, so a private answer stays."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    await heard.choose(asked.id, 1, "B")
    begun = heard.now_at()
    await heard.clear(MESSAGE)
    assert await heard.reconcile(asked.id, Snapshot(marks={1: frozenset("A")}), begun=begun) == 0
    assert group.stored(asked) == {1: "B"}
    assert await heard.tap(MESSAGE, 1, "A") is Verdict.RECORDED
    assert group.stored(asked) == {1: "A"}


async def test_a_last_snapshot_that_is_read_twice_settles_nothing(group: House, asked: Round) -> None:
    """Letters of unknown order stay unsettled when the snapshot is taken again after a clear that came before both."""
    heard = group.answering
    await heard.begin_closing(asked.id, late=False)
    await heard.clear(MESSAGE, "C")
    snapshot = Snapshot(marks={1: frozenset("AC")}, unseeded="C")
    for _ in range(2):
        await heard.reconcile(asked.id, snapshot, begun=heard.now_at(), closing=True)
        held = heard.held(asked.id, 1)
        assert held is not None
        assert (held.choice, held.unresolved) == ("AC", True)


async def test_a_letter_not_there_yet_when_a_reading_began_was_not_cleared(group: House) -> None:
    """A withdrawal that was not heard counts, though the bot put its own letter there before the reading was done."""
    group.publisher.fail("seed", PublishFailed(Refusal.UNAVAILABLE))
    asked = await group.posted()
    await group.tap(asked, 1, "A")
    begun = group.answering.now_at()
    group.answering.seeded(asked.id)
    await group.answering.reconcile(asked.id, Snapshot(marks={}, unseeded="A"), begun=begun)
    assert group.stored(asked) == {1: ""}
    await group.tap(asked, 1, "B")
    await group.answering.reconcile(asked.id, Snapshot(marks={}, unseeded="B"), begun=group.answering.now_at())
    assert group.stored(asked) == {1: "B"}
