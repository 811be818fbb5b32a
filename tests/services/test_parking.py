"""Parking: what people do on a post before the ledger knows it counts, in the order in which they did it."""

import asyncio

from bot.services.answering import Verdict
from tests.services.house import House, until

CHANNEL, MESSAGE = 200, 9000


async def test_letters_on_a_post_not_known_yet_keep_their_order(group: House) -> None:
    """A letter that comes in the very turn in which the post becomes known is later than those that waited for it."""
    gate = group.publisher.hang("post")
    planned = await group.planned()
    working = asyncio.create_task(group.work(1))
    await until(lambda: bool(group.publisher.named("post")))
    heard = group.answering
    early = asyncio.create_task(heard.tap(MESSAGE, 1, "A", channel_id=CHANNEL))
    await asyncio.sleep(0)
    late: list[asyncio.Task[Verdict]] = []
    opened = heard.opened

    def known(asked: object, **options: object) -> None:
        # One is dispatched before the post becomes known and one after it: both run in the next turn.
        late.append(asyncio.create_task(heard.tap(MESSAGE, 1, "B", channel_id=CHANNEL)))
        late.append(asyncio.create_task(heard.tap(MESSAGE, 2, "C", channel_id=CHANNEL)))
        opened(asked, **options)  # type: ignore[arg-type]
        late.append(asyncio.create_task(heard.lift(MESSAGE, 2, "C", channel_id=CHANNEL)))

    heard.opened = known  # type: ignore[method-assign]
    gate.set()
    await working
    assert await early is Verdict.RECORDED
    await asyncio.gather(*late)
    held = heard.held(planned.id, 1)
    assert held is not None
    assert (held.seen, held.choice) == ("AB", "B")
    assert group.stored(planned) == {1: "B", 2: ""}


async def test_a_clear_waits_for_the_post_too(group: House) -> None:
    """Letters cleared before the post is known withdraw nothing, and are put back once it is."""
    gate = group.publisher.hang("post")
    planned = await group.planned()
    working = asyncio.create_task(group.work(1))
    await until(lambda: bool(group.publisher.named("post")))
    waiting = [
        asyncio.create_task(each)
        for each in (
            group.answering.tap(MESSAGE, 1, "A", channel_id=CHANNEL),
            group.answering.lift(MESSAGE, 2, "A", channel_id=CHANNEL),
            group.answering.clear(MESSAGE, channel_id=CHANNEL),
        )
    ]
    await asyncio.sleep(0)
    gate.set()
    await working
    tapped, lifted, cleared = await asyncio.gather(*waiting)
    assert (tapped, lifted) == (Verdict.RECORDED, Verdict.IGNORED)
    assert cleared == group.answering.round_of(MESSAGE)
    held = group.answering.held(planned.id, 1)
    assert held is not None
    assert (held.seen, held.choice) == ("", "A")


async def test_what_turns_out_to_be_on_another_post_is_let_go(group: House) -> None:
    """Letters on other messages of the channel wait no longer than the post is being sent, and count for nothing."""
    gate = group.publisher.hang("post")
    planned = await group.planned()
    working = asyncio.create_task(group.work(1))
    await until(lambda: bool(group.publisher.named("post")))
    heard = group.answering
    waiting = [asyncio.create_task(heard.tap(message, 1, "A", channel_id=CHANNEL)) for message in range(10, 20)]
    elsewhere = await heard.tap(MESSAGE, 1, "A", channel_id=CHANNEL + 1)
    gone = asyncio.create_task(heard.tap(MESSAGE, 2, "B", channel_id=CHANNEL))
    await asyncio.sleep(0)
    gone.cancel()  # whoever waits may go: what was received counts all the same
    gate.set()
    await working
    assert {elsewhere, *await asyncio.gather(*waiting)} == {Verdict.IGNORED}
    await heard.settled(5)
    assert group.stored(planned) == {2: "B"}
    assert not heard.is_posting(CHANNEL)
