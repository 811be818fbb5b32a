"""Posts that lack some of the bot's own letters: whether those were cleared, or have not been put there yet."""

import asyncio

from bot.services.ports import PublishFailed, Refusal, Snapshot
from tests.services.house import House, until

MESSAGE = 9000
NOTHING = Snapshot(marks={}, unseeded="AB")


async def test_a_letter_that_was_never_put_on_a_post_was_not_cleared(group: House) -> None:
    """While letters are still on their way, a member's letter that is gone from a snapshot was withdrawn."""
    group.publisher.fail("seed", PublishFailed(Refusal.UNAVAILABLE))
    asked = await group.posted()
    assert not asked.seeded
    await group.tap(asked, 1, "A")
    assert await group.answering.reconcile(asked.id, NOTHING, begun=group.answering.now_at()) == 1
    assert group.stored(asked) == {1: ""}


async def test_a_letter_that_was_put_on_a_post_and_is_gone_was_cleared(group: House) -> None:
    """As soon as the letters are there, who loses one together with the bot keeps the answer, also after a restart."""
    asked = await group.posted()
    await group.tap(asked, 1, "A")
    assert await group.answering.reconcile(asked.id, NOTHING, begun=group.answering.now_at()) == 0
    await group.restart()
    await group.tap(asked, 2, "B")
    assert await group.answering.reconcile(asked.id, NOTHING, begun=group.answering.now_at()) == 0
    assert group.stored(asked) == {1: "A", 2: "B"}


async def test_only_what_a_reading_missed_is_put_back(group: House) -> None:
    """A letter cleared while others are put back, without our hearing of it, still shows as cleared the next time."""
    asked = await group.posted()
    await group.tap(asked, 1, "A")
    await group.tap(asked, 2, "B")
    chat = group.publisher
    chat.seeds[MESSAGE], chat.marks[MESSAGE][1] = "BCD", ""
    gate = chat.hang("seed")
    repair = asyncio.create_task(group.daily.catch_up())
    await until(lambda: len(chat.named("seed")) == 2)
    chat.seeds[MESSAGE], chat.marks[MESSAGE][2] = "CD", ""
    gate.set()
    await repair
    assert chat.seeds[MESSAGE] == "ACD"
    await group.daily.catch_up()
    assert chat.seeds[MESSAGE] == "ABCD"
    assert group.stored(asked) == {1: "A", 2: "B"}
