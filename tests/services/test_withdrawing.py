"""Withdrawing by button, and whose round an answer belongs to."""

import asyncio

import pytest

from bot.domain.answer import Surface
from bot.domain.errors import ForeignPost, NotOpen
from bot.services.ports import Snapshot
from tests.services.house import House


async def test_withdrawing_gives_what_it_was(group: House) -> None:
    """What was on file, by whichever surface, is given once the withdrawal is stored; a second one finds nothing."""
    asked = await group.posted()
    await group.tap(asked, 1, "B")
    was = await group.answering.withdraw(asked.id, 1)
    assert was is not None
    assert (was.choice, was.surface) == ("B", Surface.REACTIONS)
    assert group.rows("SELECT choice, seen, surface FROM answers") == [("", "B", "private")]
    assert await group.answering.withdraw(asked.id, 1) is None


async def test_a_withdrawal_stands_beside_letters(group: House) -> None:
    """Letters on the post, seen again by a full diff after a restart, bring back nothing; one tapped anew does."""
    asked = await group.posted()
    await group.tap(asked, 1, "B")
    await group.answering.withdraw(asked.id, 1)
    await group.restart()
    snapshot = Snapshot(marks={1: frozenset("B")})
    await group.answering.reconcile(asked.id, snapshot, begun=group.answering.now_at())
    assert group.rows("SELECT choice, seen FROM answers") == [("", "B")]
    await group.tap(asked, 1, "C")
    assert group.rows("SELECT choice FROM answers") == [("C",)]


async def test_withdrawing_and_choosing_at_once_keep_their_order(group: House) -> None:
    """Of several private changes in one moment the last one counts, and each is acknowledged after it is stored."""
    asked = await group.posted()
    heard = group.answering
    done = await asyncio.gather(
        heard.choose(asked.id, 1, "A"),
        heard.withdraw(asked.id, 1),
        heard.choose(asked.id, 1, "C"),
        heard.choose(asked.id, 2, "A"),
        heard.withdraw(asked.id, 2),
    )
    assert [each.choice for each in done if each is not None] == ["C", "A", "C", "", "A"]
    assert group.rows("SELECT choice FROM answers ORDER BY member_id") == [("C",), ("",)]


async def test_nothing_is_withdrawn_after_the_close(group: House) -> None:
    """A round that closes, and one that nobody knows, refuse a withdrawal as they refuse a choice."""
    asked = await group.posted()
    await group.tap(asked, 1, "B")
    await group.answering.begin_closing(asked.id, late=False)
    for round_id in (asked.id, 99):
        with pytest.raises(NotOpen):
            await group.answering.withdraw(round_id, 1)
    assert group.rows("SELECT choice FROM answers") == [("B",)]


async def test_an_answer_is_recalled_in_its_own_server_only(group: House) -> None:
    """Recalling by server gives what recalling by post gives, and nothing of another server or of no round."""
    asked = await group.posted()
    await group.tap(asked, 1, "B")
    own = await group.recalling.own_here(asked.id, asked.guild_id, 1)
    assert own == await group.recalling.own(asked.id, asked.message_id or 0, 1)
    for round_id, guild_id in ((asked.id, asked.guild_id + 1), (asked.id, None), (99, asked.guild_id)):
        with pytest.raises(ForeignPost):
            await group.recalling.own_here(round_id, guild_id, 1)


async def test_rounds_under_way_can_be_looked_up(group: House) -> None:
    """A round is found by its id while it takes or has just taken answers."""
    asked = await group.posted()
    assert group.answering.under_way(asked.id) == group.answering.round_of(asked.message_id or 0)
    group.answering.dropped(asked.id)
    assert group.answering.under_way(asked.id) is None
