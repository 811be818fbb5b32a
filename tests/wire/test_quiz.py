"""A live quiz over the wire: across a restart, with errors of Discord, and each thing shown once."""

from collections.abc import Sequence
from pathlib import Path

from bot.services.library import Shelf
from tests.wire.embedded import embedded_bot
from tests.wire.faults import Fault, FaultKind
from tests.wire.guilds import learners
from tests.wire.server import WireServer
from tests.wire.state import Channel, Guild, Message
from tests.wire.truth import posts, reveals
from tests.wire.waiting import until

MESSAGES = "POST /channels/{channel_id}/messages"


def shown(wire: WireServer, channel: Channel, button: str) -> list[Message]:
    """List the bot's messages with a button."""
    return [
        message
        for message in wire.world.posted_by_bot([channel.id])
        if any(each.startswith(button) for each in message.custom_ids())
    ]


async def question(wire: WireServer, number: int) -> Message:
    """Wait for the question of a round, and for its letters."""
    await until(lambda: number in posts(wire.world) and len(posts(wire.world)[number][0].reactions) >= 2)
    return posts(wire.world)[number][0]


async def test_a_quiz_across_a_restart(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """Lobby, questions, reveals and board stand there once each, though Discord fails after taking the first."""
    host, ann = guild.owner_id, learners(wire.world, guild)[0]
    wire.faults.add(Fault(kind=FaultKind.DROP_AFTER, route=MESSAGES))
    async with embedded_bot(wire, database, shelves):
        await wire.people.slash(channel.id, host, "quiz start", questions=2, seconds=60)
        await until(lambda: shown(wire, channel, "tw:quizbegin:"))
        (lobby,) = shown(wire, channel, "tw:quizbegin:")
        await wire.people.press(lobby, host, "tw:quizbegin:")
        one = await question(wire, 1)
        wire.people.tap(one.id, ann, "A")
    wire.people.tap(one.id, learners(wire.world, guild)[1], "B")
    async with embedded_bot(wire, database, shelves):
        await until(lambda: one.edited_at is not None)  # its time is told anew
        await wire.people.press(one, host, "tw:quizpause:")
        await until(lambda: "Paused" in one.content)
        await wire.people.press(one, host, "tw:quizresume:")
        await until(lambda: "Paused" not in one.content)
        await wire.people.press(one, host, "tw:quizskip:")
        await until(lambda: any(each.startswith("tw:quiznext:") for each in one.custom_ids()))
        await wire.people.press(one, host, "tw:quiznext:")
        two = await question(wire, 2)
        await wire.people.press(two, host, "tw:quizskip:")
        await until(lambda: shown(wire, channel, "tw:quizagain:"))
    (board,) = shown(wire, channel, "tw:quizagain:")
    assert len(shown(wire, channel, "tw:quizbegin:")) == 1
    assert [len(found) for found in posts(wire.world).values()] == [1, 1]
    assert [len(reveals(wire.world, each)) for each in (one, two)] == [1, 1]
    assert any("That was the last question. 2 questions asked." in text for text in board.texts())
    assert len(board.attachments) == 1
