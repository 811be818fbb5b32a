"""The demo server: the same every time, moving with the clock, and outliving its bot."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import simcord

from bot import app
from bot.chat.letters import EMOJI
from bot.chat.permissions import invited_with
from bot.playground import demo
from bot.playground.simcord_internals import World
from bot.playground.world import Playground
from bot.services.library import Shelf
from tests.builders import NOW
from tests.playground.living import UTC, letters_of, living, my_answer, question

A, B = "\U0001f1e6", "\U0001f1e7"
MANAGE_SERVER = 1 << 5


def texts(playground: Playground) -> str:
    """Give all that the first channel's messages say, layouts too."""
    stored = playground.world.backend.messages[playground.server.channels[0].id].values()
    return "\n".join(f"{message.content} {message.components}" for message in stored)


async def react(playground: Playground, who: simcord.MemberActor, emoji: str) -> None:
    """Click a letter without the page."""
    await who.react(simcord.ResponseMessage(playground.world, question(playground)), emoji)


def key(playground: Playground) -> list[str]:
    """List the right letters of the newest question."""
    bot = playground._bot
    assert isinstance(bot, app.App)
    asked = bot.answering.round_of(question(playground).id)
    assert asked is not None
    return [EMOJI[letter] for letter in sorted(asked.posed.key)]


def test_ids_are_the_same_in_every_world() -> None:
    """A kept database finds its server, channels and members again in the next run."""

    def ids() -> list[int]:
        server = demo.build(World())
        return [server.guild.id, *(one.id for one in server.channels), *(one.id for one in server.people)]

    assert ids() == ids()
    assert len(set(ids())) == 8


def test_everybody_has_just_the_permissions_told() -> None:
    """The bot has what its invitation asks for, in each channel; Olive alone may manage the server."""
    world = World()
    server = demo.build(world)
    held = world.backend.compute_permissions
    bot = world.backend.bot_user.id
    everyone = server.guild.default_role._role.permissions
    for channel in server.channels:
        assert held(server.guild.id, bot, channel.id) == invited_with().value | everyone
        assert [bool(held(server.guild.id, who.id) & MANAGE_SERVER) for who in server.people] == [True] + 4 * [False]
    commands = 1 << 31
    assert everyone & ~invited_with().value == commands


async def test_a_question_waits_and_explains_itself_in_two_minutes(playground: Playground) -> None:
    """On arrival there is a welcome, a question with its letters, and a schedule; two minutes later the reveal."""
    assert "Welcome" in texts(playground)
    assert len(question(playground).reactions) >= 2
    began = playground.world.now()
    await react(playground, playground.server.people[1], A)
    assert "### The answer" not in texts(playground)
    assert await playground.skip(enough=lambda: False)
    assert timedelta(minutes=2) <= playground.world.now() - began < timedelta(minutes=2, seconds=30)
    assert "### The answer" in texts(playground)


async def test_the_schedule_asks_the_next_question(playground: Playground) -> None:
    """Skipping on past the reveal comes to the next question, some minutes after arrival."""
    first = question(playground).id
    assert await playground.skip(enough=lambda: False)
    assert await playground.skip(enough=lambda: False)
    assert question(playground).id != first
    assert playground.world.now() - NOW <= demo.NEXT_QUESTION + timedelta(minutes=1)


async def test_skipping_can_be_cut_short(playground: Playground) -> None:
    """Ctrl-C while skipping is heard at once."""
    before = playground.world.now()
    assert not await playground.skip(enough=lambda: True)
    assert playground.world.now() == before


async def test_time_passes_as_fast_as_told(playground: Playground) -> None:
    """A tick moves the world by the time since the last one, times the speed."""
    await playground.tick()
    before = playground.world.now()
    playground.speed = 600
    await asyncio.sleep(0.05)
    await playground.tick()
    assert timedelta(seconds=30) <= playground.world.now() - before < timedelta(minutes=5)


async def test_arrival_lasts_as_long_at_any_speed(tmp_path: Path, shelves: list[Shelf]) -> None:
    """With a minute a second the first question stays open for two hours: two minutes to the visitor."""
    async with living(tmp_path / "playground.db", shelves, speed=60) as playground:
        assert await playground.skip(enough=lambda: False)
        assert timedelta(hours=2) <= playground.world.now() - NOW < timedelta(hours=2, minutes=1)


async def test_a_restart_keeps_questions_and_answers(playground: Playground) -> None:
    """`r`: the new bot knows the answer that the old one was given, and takes the next."""
    ana = playground.server.people[1]
    await react(playground, ana, A)
    await playground.take_bot()
    await playground.bring_bot()
    assert A in await my_answer(playground, ana)
    await react(playground, playground.server.people[2], B)
    assert B in await my_answer(playground, playground.server.people[2])


async def test_letters_clicked_while_the_bot_is_away_are_caught_up(playground: Playground) -> None:
    """`o`: an answer given and one withdrawn behind its back are both known once it is back."""
    _, ana, ben, *_ = playground.server.people
    await react(playground, ana, A)
    await playground.take_bot()
    assert not playground.bot_is_here
    await react(playground, ben, B)
    await ana.unreact(simcord.ResponseMessage(playground.world, question(playground)), A)
    await playground.tick()
    await playground.bring_bot()
    assert "when I came back" in await my_answer(playground, ben)
    assert A not in await my_answer(playground, ana)


async def test_without_a_bot_a_command_gets_no_answer(playground: Playground) -> None:
    """A bot that is away stays silent; nothing breaks."""
    await playground.take_bot()
    result = await playground.server.people[1].slash(playground.server.channels[0], "help")
    assert not result.acknowledged


async def test_a_bot_that_does_not_open_leaves_the_world_alive(tmp_path: Path, shelves: list[Shelf]) -> None:
    """What the opening raises is raised; time goes on, and the next try works."""
    broken = False

    async def make(clock: Callable[[], datetime]) -> app.App:
        if broken:
            raise OSError("the disk is full")
        url = f"sqlite+aiosqlite:///{tmp_path / 'playground.db'}"
        return await app.open_app(database=url, shelves=shelves, clock=clock, unlimited=True)

    playground = Playground(make, now=NOW, speed=1.0, reaching=lambda _instant: None)
    await playground.bring_bot()
    await playground.arrange(zone=UTC, set_up=True)
    await playground.take_bot()
    broken = True
    with pytest.raises(OSError, match="the disk is full"):
        await playground.bring_bot()
    await playground.tick()
    broken = False
    await playground.bring_bot()
    await react(playground, playground.server.people[1], A)
    assert letters_of(playground, playground.server.people[1]) == [A]
    await playground.close()


async def test_an_error_in_the_bot_is_told_and_survived(
    playground: Playground, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The terminal shows what failed, once; the world goes on."""

    async def fail(_event: object) -> None:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "bot.playground"):
        patch.setattr(playground.world.bot, "on_raw_reaction_add", fail)
        await react(playground, playground.server.people[1], A)
        await playground.tick()
        await playground.tick()
    told = [record for record in caplog.records if record.name == "bot.playground.world"]
    assert len(told) == 1
    assert "broken on purpose" in str(told[0].exc_info)
    await react(playground, playground.server.people[1], B)
    assert B in await my_answer(playground, playground.server.people[1])


async def test_a_refusal_is_no_error(playground: Playground) -> None:
    """A command that is refused in a sentence counts as done, so the page does not call its outcome uncertain."""
    before = playground.world.error_cursor
    olive, channel = playground.server.people[0], playground.server.channels[0]
    result = await olive.slash(channel, "setup", channel=channel, time="08:30", zone="Atlantis")
    assert result.response is not None
    assert "no time zone named" in result.response.content
    assert playground.world.error_cursor == before


async def test_a_kept_database_keeps_boards_and_voids_what_was_open(tmp_path: Path, shelves: list[Shelf]) -> None:
    """In the next run the marks are there; the question whose post is gone is void, and the organiser is told."""
    database = tmp_path / "playground.db"
    async with living(database, shelves) as first:
        ana, channel = first.server.people[1], first.server.channels[0]
        await react(first, ana, A)
        assert await first.skip(enough=lambda: False)
        await first.server.people[0].slash(channel, "round post")
        await first.world.advance_time(5)
        ended = first.world.now()
    async with living(database, shelves, now=ended, set_up=False) as second:
        olive, ana = second.server.people[:2]
        board = await ana.slash(second.server.channels[0], "leaderboard")
        assert "Ana" in str(board.response and board.response.components)
        assert "void" in texts(second) + str([message.content for message in olive.user.dm_channel.history()])
