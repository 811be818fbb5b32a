"""Answering privately over the wire: menus across restarts, two clicks at once, and answers that Discord loses."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.services.library import Shelf
from tests.wire.embedded import embedded_bot
from tests.wire.faults import Fault, FaultKind
from tests.wire.server import WireServer
from tests.wire.state import Channel, Guild, Interaction, Message
from tests.wire.test_bot import close, post, set_up
from tests.wire.truth import stored_choices
from tests.wire.waiting import until

CALLBACK = "POST /interactions/{webhook_id}/{webhook_token}/callback"


def id_of(menu: Message) -> str:
    """Give the id of a message's menu as it is now."""
    return next(each for each in menu.custom_ids() if each.startswith("tw:choose:"))


async def reads(found: Interaction, words: str) -> None:
    """Wait until somebody reads these words in answer: under load the first answer may only say that another comes."""
    await until(lambda: words in found.text)


async def test_a_menu_opened_before_a_restart_takes_the_answer(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """The choice is recorded by a bot that never sent the menu; its receipt survives the next restart, as Withdraw."""
    ann = guild.owner_id
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        opened = await wire.people.press(message, ann, "tw:private:")
        (menu,) = opened.shown
    async with embedded_bot(wire, database, shelves):
        receipt = await wire.people.choose(menu, ann, id_of(menu), "B")
        assert receipt.shown == [menu], "the receipt takes the menu's place"
        await reads(receipt, "✅ Your answer: 🇧, given privately <t:")
        assert stored_choices(database, asked.id) == {ann: "B"}
    async with embedded_bot(wire, database, shelves) as bot:
        mine = await wire.people.press(message, ann, "tw:mine:")
        await reads(mine, "Your answer: 🇧, given privately <t:")
        await reads(await wire.people.press(menu, ann, "tw:withdraw:"), "✅ Withdrawn: 🇧")
        assert stored_choices(database, asked.id) == {}
        await reads(await wire.people.choose(menu, ann, id_of(menu), "C"), "✅ Your answer: 🇨")
        await close(wire, guild, message)
        late = await wire.people.choose(menu, ann, id_of(menu), "A")
        await reads(late, "This question is closed")
        assert menu.components == []
    assert stored_choices(database, asked.id) == {ann: "C"}
    assert wire.journal.invalid == 0


async def test_two_choices_at_once_end_in_the_later_one(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """One menu used twice in a moment, and a letter in between: what came last is recorded, and told."""
    ann, ben = list(guild.members)[:2]
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        (menu,) = (await wire.people.press(message, ann, "tw:private:")).shown
        for _ in range(5):
            custom_id = id_of(menu)
            first, second = await asyncio.gather(*(wire.people.choose(menu, ann, custom_id, each) for each in "AB"))
            await reads(second, "✅ Your answer: 🇧")
            assert stored_choices(database, asked.id)[ann] == "B"
            assert first.shown == second.shown == [menu]
        (menu,) = (await wire.people.press(message, ben, "tw:private:")).shown
        chosen = asyncio.create_task(wire.people.choose(menu, ben, id_of(menu), "A"))
        await asyncio.sleep(0)
        wire.people.tap(message.id, ben, "C")
        await chosen
        await until(lambda: stored_choices(database, asked.id) == {ann: "B", ben: "C"})
        mine = await wire.people.press(message, ben, "tw:mine:")
        await reads(mine, "🇨, given by reaction")


async def test_a_receipt_that_discord_loses_is_no_lost_answer(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """Whether the answer to a choice fails before or after Discord took it, the choice is recorded and can be seen."""
    ann = guild.owner_id
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        for letter, kind in (("A", FaultKind.DROP_AFTER), ("B", FaultKind.FAIL_BEFORE)):
            (menu,) = (await wire.people.press(message, ann, "tw:private:")).shown
            wire.faults.add(Fault(kind=kind, route=CALLBACK, times=1))
            found = await wire.people.choose(menu, ann, id_of(menu), letter)
            await reads(found, "✅ Your answer")
            assert letter == stored_choices(database, asked.id)[ann]
            await reads(await wire.people.press(message, ann, "tw:mine:"), "given privately")


async def test_a_receipt_that_discord_takes_only_later_is_no_fault(
    wire: WireServer,
    guild: Guild,
    channel: Channel,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Answers of 429 until discord.py gives up are tried once more, and leave no trace in the log."""
    ann = guild.owner_id
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, _ = await post(wire, guild, channel, bot)
        (menu,) = (await wire.people.press(message, ann, "tw:private:")).shown
        wire.faults.add(Fault(kind=FaultKind.LIMITED, route=CALLBACK, times=5, seconds=0.01))
        await reads(await wire.people.choose(menu, ann, id_of(menu), "A"), "✅ Your answer")
    assert [record for record in caplog.records if record.exc_info or record.levelno > logging.WARNING] == []
