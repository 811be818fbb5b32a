"""Answering beside another process on the same database: nothing that comes after the reveal is stored or kept."""

from collections.abc import Mapping

import pytest

from bot.domain.answer import Answer
from bot.services.ports import Snapshot
from bot.services.rebuilding import Rebuilding
from bot.storage import answers
from bot.storage.store import Tx
from tests.services.house import MINUTE, House, right

MESSAGE = 9000


async def test_a_letter_given_after_the_reveal_to_one_who_does_not_know_of_it_is_not_stored(group: House) -> None:
    """A second process that never learnt of the close stores nothing, so that rebuilding pays for nothing."""
    asked = await group.posted(open_for=MINUTE)
    other = await group.second()
    await group.tap(asked, 1, right(asked))
    group.clock.now = asked.closes_at
    await group.work()
    assert await group.states() == ["explained"]
    await other.answering.tap(MESSAGE, 2, right(asked))
    await other.close()
    assert group.stored(asked) == {1: right(asked)}
    assert [found.sound async for found in Rebuilding(group.store).mend()] == [True]
    assert [row[1] for row in group.results()] == [1]


async def test_a_round_that_another_process_closed_is_forgotten(group: House) -> None:
    """Each tick drops what others have graded or dropped meanwhile, and keeps what is under way."""
    done, dropped, open_ = [await group.posted(open_for=MINUTE * minutes) for minutes in (1, 60, 60)]
    other = await group.second()
    for _ in range(2):
        await group.work(1)
        await other.work(1)
    group.clock.now = done.closes_at
    await group.work()
    await group.stepper.void(dropped, "a test")
    assert len(other.answering._live) == 3
    await other.work(1)
    assert [each.id for each in other.answering.open_rounds()] == [open_.id]
    assert (other.answering.round_of(done.message_id or 0), len(other.answering._live)) == (None, 1)
    await other.close()


async def test_being_alone_again_ends_the_care(group: House) -> None:
    """Only while the database is shared does a tick look for what others have closed."""
    asked = await group.posted()
    other = await group.second()
    for shared in (False, True):
        await other.answering.note_others(present=shared)
        assert len(other.answering._live) == 1
    await group.stepper.void(asked, "a test")
    await other.answering.note_others(present=False)
    assert len(other.answering._live) == 1
    await other.answering.note_others(present=True)
    assert other.answering._live == {}
    await other.close()


async def test_a_round_that_closes_while_a_catch_up_reads_the_database_is_left_alone(
    group: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A catch-up that asks the database for what others stored looks again whether its round still takes answers."""
    heard, real = group.answering, answers.of_rounds
    for closes in (True, False):
        asked = await group.posted()
        await heard.note_others(present=True)

        async def read(tx: Tx, round_ids: list[int], closes: bool = closes) -> Mapping[int, dict[int, Answer]]:
            found = await real(tx, round_ids)
            if closes:
                await heard.begin_closing(round_ids[0], late=False)
            else:
                heard.dropped(round_ids[0])
            return found

        with monkeypatch.context() as patch:
            patch.setattr(answers, "of_rounds", read)
            snapshot = Snapshot(marks={1: frozenset("A")})
            assert await heard.reconcile(asked.id, snapshot, begun=heard.now_at()) == 0
        assert group.stored(asked) == {}
