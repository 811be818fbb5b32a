"""What tests compare the bot with: the clock, the ids, and the answers worked out from what the server saw."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.wire.clock import Snowflakes, WireClock, instant, machine_seconds, snowflake
from tests.wire.guilds import found_guild, learners
from tests.wire.messages import create
from tests.wire.people import People
from tests.wire.server import make_server
from tests.wire.state import Message
from tests.wire.truth import choices

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Act = Callable[[People, Message, int], object]


def tap(letter: str, *, burst: bool = False) -> Act:
    """Put a letter there."""
    return lambda people, message, member: people.tap(message.id, member, letter, burst=burst)


def lift(letter: str, *, burst: bool = False) -> Act:
    """Take it back."""
    return lambda people, message, member: people.lift(message.id, member, letter, burst=burst)


def clear(people: People, message: Message, member: int) -> None:
    """Let a moderator clear everything."""
    people.clear(message.id, moderator_id=member + 1)


@pytest.mark.parametrize(
    ("acts", "one", "several"),
    [
        ([tap("A")], "A", "A"),
        ([tap("A"), tap("B")], "B", "AB"),
        ([tap("A"), tap("B"), lift("B")], "A", "A"),
        ([tap("A"), tap("B"), lift("A")], "B", "B"),
        ([tap("A"), lift("A")], "", ""),
        ([tap("A"), tap("A", burst=True), lift("A")], "A", "A"),
        ([tap("A"), tap("B"), tap("A", burst=True)], "A", "AB"),
        ([tap("A"), clear], "A", "A"),
        ([tap("A"), clear, tap("B")], "B", "AB"),
        ([tap("😀"), tap("J")], "", ""),
    ],
)
def test_answers_follow_from_what_the_server_saw(acts: list[Act], one: str, several: str) -> None:
    """The latest letter counts, or all that are there; clearing withdraws nothing; other emoji are nothing."""
    server = make_server()
    guild = found_guild(server.world)
    message = create(server.world, next(iter(guild.channels.values())), server.world.bot, {"content": "Which?"})
    member = learners(server.world, guild)[0]
    for act in acts:
        act(server.people, message, member)
    expected_one, expected_several = ({member: each} if each else {} for each in (one, several))
    assert choices(message, single=True, letters="ABCD") == expected_one
    assert choices(message, single=False, letters="ABCD") == expected_several


def test_clocks_with_the_same_values_agree_and_can_be_stepped(tmp_path: Path) -> None:
    """A clock begins where it is told, runs as fast as it is told, and goes wrong by what its file says."""
    anchor = machine_seconds() - 10
    steps = tmp_path / "steps"
    right = WireClock(start=MONDAY, anchor=anchor, speed=60)
    wrong = WireClock(start=MONDAY, anchor=anchor, speed=60, steps=steps)
    assert timedelta(seconds=600) <= right() - MONDAY < timedelta(seconds=660)
    assert abs(wrong() - right()) < timedelta(seconds=30)
    steps.write_text("-3600", encoding="ascii")
    assert timedelta(minutes=59) < right() - wrong() < timedelta(minutes=61)


def test_ids_grow_and_tell_when() -> None:
    """Ids made in the same millisecond differ, a clock that stands still or goes back makes them grow all the same."""
    times = [MONDAY, MONDAY, MONDAY - timedelta(hours=1), MONDAY + timedelta(seconds=5)]
    remaining = iter(times)
    ids = Snowflakes(lambda: next(remaining))
    made = [ids() for _ in times]
    assert made == sorted(set(made))
    assert made[0] == snowflake(MONDAY)
    assert [instant(each) for each in made] == [MONDAY, MONDAY, MONDAY, MONDAY + timedelta(seconds=5)]
