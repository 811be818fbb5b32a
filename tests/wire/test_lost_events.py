"""Events that never come: what the reading for the close finds of them all the same, and what nobody can know."""

from collections.abc import Sequence
from pathlib import Path

from bot.domain.item import ItemKind
from bot.services.library import Shelf
from tests.wire.bot import narrowed
from tests.wire.embedded import embedded_bot
from tests.wire.event_faults import EventFault, EventFaultKind
from tests.wire.guilds import learners
from tests.wire.server import WireServer
from tests.wire.state import Channel, Guild
from tests.wire.test_bot import close, post, set_up
from tests.wire.test_private import id_of
from tests.wire.truth import stored_choices
from tests.wire.waiting import until


async def test_the_close_finds_what_no_event_told(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """A lost letter counts, and a lost withdrawal; a lost clear withdraws nothing; what was said privately stands."""
    one = [item.id for item in shelves[0].bank.items() if item.kind is ItemKind.SINGLE]
    ann, ben, cid, dan, eve = learners(wire.world, guild)
    async with embedded_bot(wire, database, narrowed(shelves, one)) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        (menu,) = (await wire.people.press(message, dan, "tw:private:")).shown
        await wire.people.choose(menu, dan, id_of(menu), "A")
        for member, letter in ((ben, "A"), (cid, "B"), (eve, "C")):
            wire.people.tap(message.id, member, letter)
        heard = {ben: "A", cid: "B", dan: "A", eve: "C"}
        await until(lambda: stored_choices(database, asked.id) == heard)
        lost = wire.gateway.faults.add(EventFault(kind=EventFaultKind.DROP, times=None))
        wire.people.tap(message.id, ann, "B")
        wire.people.lift(message.id, ben, "A")
        wire.people.clear(message.id, "C")
        wire.people.tap(message.id, dan, "B")
        assert wire.gateway.faults.counts == {EventFaultKind.DROP: 4}
        assert stored_choices(database, asked.id) == heard
        lost.times = 0
        wire.people.clear(message.id, "D")
        # Only that letter comes back: with C again on the post its clear would look like a withdrawal.
        await until(lambda: "🇩" in message.reactions)
        await close(wire, guild, message)
    assert stored_choices(database, asked.id) == {ann: "B", cid: "B", dan: "A", eve: "C"}
