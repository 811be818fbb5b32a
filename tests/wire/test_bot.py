"""The real bot over the wire: a round from set-up to its boards, broken connections, and the plain command line."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

import pytest

from bot import app
from bot.chat.pacer import Pacer
from bot.domain.answer import Answer
from bot.domain.grading import grade, units
from bot.domain.item import ItemKind
from bot.domain.rounds import Round
from bot.services.heartbeat import read_sign
from bot.services.library import Shelf
from tests.wire.clock import machine_seconds
from tests.wire.embedded import embedded_bot
from tests.wire.faults import Fault, FaultKind
from tests.wire.guilds import found_guild, learners
from tests.wire.people import shown
from tests.wire.processes import bot_process, start
from tests.wire.server import WireServer
from tests.wire.state import DEFAULT_TOKEN, Channel, Guild, Message
from tests.wire.truth import choices, posts, reveals, states, stored_choices, stored_units
from tests.wire.waiting import until

USERS = "GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji}"


async def set_up(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """Let the organiser set the bot up by slash command."""
    done = wire.people.run(channel.id, guild.owner_id, "setup", channel=channel.id, time="08:30", zone="Europe/Prague")
    assert "✅ Ready" in await shown(done)


async def post(wire: WireServer, guild: Guild, channel: Channel, bot: app.App) -> tuple[Message, Round]:
    """Ask the next question, and wait until it stands there with its letters."""
    before = set(posts(wire.world))
    await wire.people.slash(channel.id, guild.owner_id, "round post")
    await until(lambda: set(posts(wire.world)) - before)
    (number,) = set(posts(wire.world)) - before
    (message,) = posts(wire.world)[number]
    await until(lambda: bot.answering.round_of(message.id))
    asked = bot.answering.round_of(message.id)
    assert asked is not None
    await until(lambda: len(message.reactions) == len(asked.posed.letters))
    return message, asked


async def close(wire: WireServer, guild: Guild, message: Message) -> Message:
    """Close a question by slash command, and give its reveal."""
    await wire.people.slash(message.channel_id, guild.owner_id, "round close")
    await until(lambda: reveals(wire.world, message))
    (reveal,) = reveals(wire.world, message)
    return reveal


def truth(message: Message, asked: Round) -> dict[int, str]:
    """Give what everyone answered by what the server saw."""
    single = asked.posed.item.kind is ItemKind.SINGLE
    return choices(message, single=single, letters="".join(asked.posed.letters))


def earned(asked: Round, given: dict[int, str]) -> dict[int, int]:
    """Give what answers are worth."""
    weight = asked.posed.item.weight
    return {
        member: units(grade(asked.posed, Answer(choice=choice, at=asked.planned_at)), weight)
        for member, choice in given.items()
    }


async def agree(database: Path, message: Message, asked: Round) -> None:
    """Wait until the database says what the server saw."""
    await until(lambda: stored_choices(database, asked.id) == truth(message, asked))


async def test_a_round_over_the_wire(wire: WireServer, database: Path, shelves: Sequence[Shelf]) -> None:
    """Two hundred and fifty members answer by both sorts of reaction and change their minds: totals are as seen."""
    guild = found_guild(wire.world, members=250)
    (channel,) = guild.channels.values()
    rng, everyone = Random(1), learners(wire.world, guild)
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        letters = asked.posed.letters
        for member in everyone:
            wire.people.tap(message.id, member, rng.choice(letters), burst=rng.random() < 0.3)
        await agree(database, message, asked)
        for member in rng.sample(everyone, 80):
            wire.people.tap(message.id, member, rng.choice(letters), burst=rng.random() < 0.3)
        for member in rng.sample(everyone, 40):
            for letter in letters:
                wire.people.lift(message.id, member, letter)
        await agree(database, message, asked)
        reveal = await close(wire, guild, message)
        given = truth(message, asked)
        board = await wire.people.slash(channel.id, guild.owner_id, "leaderboard")
    assert len(given) > 200
    assert stored_units(database, asked.id) == earned(asked, given)
    assert any(f"{len(given)} " in text for text in reveal.texts())
    assert "Leaderboard" in board.text
    assert wire.journal.limited == wire.journal.invalid == 0


async def test_a_broken_connection_is_resumed_without_loss(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """What people do while the connection is gone is replayed, in order, and nobody is read over REST for it."""
    everyone = learners(wire.world, guild)
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        for member in everyone:
            wire.people.tap(message.id, member, "A")
        await agree(database, message, asked)
        asked_before = len(wire.journal.of(USERS))
        wire.gateway.cut()
        wire.people.lift(message.id, everyone[0], "A")
        wire.people.tap(message.id, everyone[1], "C")
        wire.people.tap(message.id, everyone[1], "B")
        await until(lambda: wire.gateway.resumed)
        await agree(database, message, asked)
        assert len(wire.journal.of(USERS)) == asked_before
        await close(wire, guild, message)
    assert stored_units(database, asked.id) == earned(asked, truth(message, asked))


async def test_what_no_resume_brings_back_is_read_again(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """After a session that was forgotten, new, changed and withdrawn answers are found on the post."""
    everyone = learners(wire.world, guild)
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        for member in everyone[:4]:
            wire.people.tap(message.id, member, "A")
        await agree(database, message, asked)
        wire.gateway.cut(resumable=False)
        wire.people.lift(message.id, everyone[0], "A")
        wire.people.tap(message.id, everyone[1], "B")
        wire.people.lift(message.id, everyone[2], "A")
        wire.people.tap(message.id, everyone[2], "C", burst=True)
        wire.people.tap(message.id, everyone[4], "B", burst=True)
        await until(lambda: wire.gateway.identified == 2)
        await agree(database, message, asked)
        await close(wire, guild, message)
    assert stored_units(database, asked.id) == earned(asked, truth(message, asked))


async def test_a_snapshot_reads_each_page_once(wire: WireServer, database: Path, shelves: Sequence[Shelf]) -> None:
    """Three hundred holders of one letter are three full pages and the one that says there are no more."""
    guild = found_guild(wire.world, members=300)
    (channel,) = guild.channels.values()
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        for member in learners(wire.world, guild):
            wire.people.tap(message.id, member, "B")
        await agree(database, message, asked)
        wire.journal.clear()
        await close(wire, guild, message)
    assert len(wire.journal.of(USERS)) <= 4


async def test_a_letter_on_a_post_that_the_bot_does_not_know_yet_counts(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """While the answer to a send is under way people see the post; what they put there counts when it closes."""
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        held = wire.faults.add(Fault(kind=FaultKind.HOLD_AFTER, route="POST /channels/*"))
        posting = asyncio.create_task(post(wire, guild, channel, bot))
        await asyncio.wait_for(held.met.wait(), 10)
        await until(lambda: posts(wire.world))
        wire.people.tap(posts(wire.world)[1][0].id, guild.owner_id, "B")
        await asyncio.sleep(0.2)
        held.released.set()
        message, asked = await posting
        await close(wire, guild, message)
    assert stored_choices(database, asked.id) == truth(message, asked) == {guild.owner_id: "B"}


async def test_a_gateway_that_is_away_at_the_start_is_waited_for(
    wire: WireServer, guild: Guild, tmp_path: Path
) -> None:
    """A bot that is started while the gateway is away connects when it is back."""
    wire.gateway.reachable = False
    async with bot_process(wire.address, tmp_path / "bot.db") as running:
        # aiohttp tries an idle connection's request once more by itself: the third try is the bot's own second.
        await until(lambda: wire.gateway.refused >= 3 or running.process.returncode is not None)
        wire.gateway.reachable = True
        await until(lambda: wire.gateway.connected or running.process.returncode is not None)
        assert running.process.returncode is None
        assert "Traceback" not in running.said()


async def test_the_plain_command_line_runs_over_the_wire(
    wire: WireServer, guild: Guild, channel: Channel, tmp_path: Path
) -> None:
    """`trapwise run` with a token and a folder asks a question, and ends cleanly when it is told to stop."""
    point = f"from tests.wire.point import point_discord_at; point_discord_at({wire.address!r})"
    command = f"{point}; import sys; from bot.__main__ import main; sys.exit(main(['run']))"
    data = tmp_path / "data"
    running = await start(
        ["-c", command],
        tmp_path / "bot.log",
        DISCORD_TOKEN=DEFAULT_TOKEN,
        TRAPWISE_DATA_DIR=str(data),
        TRAPWISE_LOG_FORMAT="json",
    )
    try:
        await wire.gateway.ready()
        await set_up(wire, guild, channel)
        await wire.people.slash(channel.id, guild.owner_id, "round post")
        await until(lambda: posts(wire.world))
        (message,) = posts(wire.world)[1]
        await until(lambda: message.reactions)
        assert states(data / "trapwise.db") == {1: "open"}
        wire.people.tap(message.id, guild.owner_id, "A")
        await until(lambda: stored_choices(data / "trapwise.db", 1) == {guild.owner_id: "A"})
        assert await running.stop() == 0
    finally:
        await running.make_sure()
    assert DEFAULT_TOKEN not in running.said()
    assert read_sign(data / "heartbeat", machine_seconds()).sentence.startswith("not running: stopped")


async def test_the_commands_are_sent_at_the_pace_of_everything_else(
    wire: WireServer, guild: Guild, database: Path, shelves: Sequence[Shelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a start the list of commands is read and sent in turns of the pacer, which keeps the global limit."""
    monkeypatch.setattr(app, "Pacer", partial(Pacer, rate=1, burst=1))
    async with embedded_bot(wire, database, shelves):
        assert guild.id
    read, sent = (wire.journal.of(f"{method} /applications/{{application_id}}/commands") for method in ("GET", "PUT"))
    assert [len(read), len(sent)] == [1, 1]
    assert sent[0].at - read[0].at >= 0.5


async def test_stopping_lets_the_tick_under_way_finish(
    wire: WireServer, guild: Guild, database: Path, shelves: Sequence[Shelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tick is not broken off in a statement: the driver would leave its connection in the middle, and hang."""
    began, finished = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        began.set()
        await asyncio.sleep(0.3)
        finished.set()

    async with embedded_bot(wire, database, shelves) as bot:
        monkeypatch.setattr(bot.daily, "tick", slow)
        await asyncio.wait_for(began.wait(), 10)
    assert finished.is_set()
