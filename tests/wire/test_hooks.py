"""Killing the bot at a point: a traced run gives the points, and a later run dies at one of them."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.wire.clock import WireClock
from tests.wire.guilds import found_guild, learners
from tests.wire.hooks import Kind, Moment, Point, points_of
from tests.wire.limits import no_limits
from tests.wire.processes import bot_process
from tests.wire.server import WireServer, make_server, serving
from tests.wire.state import Channel, Guild, Message
from tests.wire.truth import choices, posts, reveals, states, stored_choices, stored_units
from tests.wire.waiting import until

SEND = "POST /channels/{channel_id}/messages"
SPEED = 40.0
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def play(server: WireServer, guild: Guild, channel: Channel) -> None:
    """Set up, ask, answer."""
    people, owner = server.people, guild.owner_id
    await server.gateway.ready()
    await people.slash(channel.id, owner, "setup", channel=channel.id, time="08:30", zone="Europe/Prague")
    await people.slash(channel.id, owner, "round post")


async def answer(server: WireServer, guild: Guild, acks: Path) -> Message:
    """Let everyone answer, and wait until the bot has said yes to each."""
    (message,) = (await until(lambda: posts(server.world)))[1]
    # Letters appear once the bot hears the post's reactions.
    await until(lambda: message.reactions)
    everyone = learners(server.world, guild)
    for place, member in enumerate(everyone):
        server.people.tap(message.id, member, "AB"[place % 2])
    await until(lambda: acks.exists() and acks.read_bytes().count(b"recorded") >= len(everyone))
    return message


async def test_a_traced_run_gives_points_at_which_to_die(tmp_path: Path) -> None:
    """Killed between a send and its being stored, the bot starts again with one post, one reveal, every answer."""
    clock = WireClock(start=MONDAY, speed=SPEED)
    async with serving(make_server(clock=clock, limits=no_limits())) as server:
        guild = found_guild(server.world)
        (channel,) = guild.channels.values()
        database, acks, trace = tmp_path / "bot.db", tmp_path / "acks", tmp_path / "trace"
        dies = Point(kind=Kind.REQUEST, name=SEND, nth=1, moment=Moment.AFTER)
        async with bot_process(server.address, database, clock=clock, plan=[dies]) as first:
            await play(server, guild, channel)
            assert await first.ended() == -9
        assert states(database) == {1: "planned"}
        assert len(posts(server.world)[1]) == 1
        options = {"trace": trace, "acks": acks}
        async with bot_process(server.address, database, clock=clock, options=options) as second:
            await until(lambda: states(database) == {1: "open"})
            message = await answer(server, guild, acks)
            await server.people.slash(channel.id, guild.owner_id, "round close")
            await until(lambda: reveals(server.world, message))
            await until(lambda: states(database) == {1: "explained"})
            assert await second.stop() == 0
    assert [len(found) for found in posts(server.world).values()] == [1]
    assert len(reveals(server.world, message)) == 1
    assert stored_choices(database, 1) == choices(message, single=True)
    assert len(stored_units(database, 1)) == 5
    points = points_of(trace)
    assert max(Counter(points).values()) == 1
    sides = Counter((point.kind, point.moment) for point in points)
    assert sides[Kind.REQUEST, Moment.BEFORE] == sides[Kind.REQUEST, Moment.AFTER] > 0
    # Stopping may break off a tick in its commit.
    assert sides[Kind.COMMIT, Moment.BEFORE] - sides[Kind.COMMIT, Moment.AFTER] in (0, 1)
    assert sides[Kind.COMMIT, Moment.AFTER] > 0
    assert sides[Kind.EVENT, Moment.BEFORE] == sides[Kind.EVENT, Moment.AFTER] >= 5
    names = {point.name for point in points if point.kind is Kind.COMMIT}
    assert any("answers" in name for name in names)
    assert any("insert results" in name and "update rounds" in name for name in names)


@pytest.mark.parametrize("moment", list(Moment))
async def test_dying_around_a_commit_loses_what_was_not_committed_only(tmp_path: Path, moment: Moment) -> None:
    """Killed just before the commit of an answer it is not stored, just after it is; a restart finds it either way."""
    clock = WireClock(start=MONDAY, speed=SPEED)
    async with serving(make_server(clock=clock, limits=no_limits())) as server:
        guild = found_guild(server.world)
        (channel,) = guild.channels.values()
        database, acks = tmp_path / "bot.db", tmp_path / "acks"
        dies = Point(kind=Kind.COMMIT, name="insert answers + insert members + update totals", nth=1, moment=moment)
        async with bot_process(server.address, database, clock=clock, plan=[dies], options={"acks": acks}) as first:
            await play(server, guild, channel)
            (message,) = (await until(lambda: posts(server.world)))[1]
            await until(lambda: message.reactions)
            server.people.tap(message.id, learners(server.world, guild)[0], "A")
            assert await first.ended() == -9
        assert len(stored_choices(database, 1)) == int(moment is Moment.AFTER)
        assert acks.read_bytes() == b""
        async with bot_process(server.address, database, clock=clock):
            await until(lambda: len(stored_choices(database, 1)) == 1)


def test_points_survive_being_written() -> None:
    """A point is one line of JSON there and back, and says in words what it is."""
    point = Point(kind=Kind.COMMIT, name="insert answers", nth=3, moment=Moment.BEFORE)
    assert Point.from_json(point.as_json()) == point
    assert str(point) == "before commit insert answers #3"
