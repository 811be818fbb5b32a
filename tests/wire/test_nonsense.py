"""Answers that are not Discord's: from a proxy, a captive portal, or of a shape that nobody knows."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import orjson
import pytest

from bot import app
from bot.chat import traffic
from bot.chat.connection import ConnectionProblem, stay_connected
from bot.chat.letters import EMOJI
from bot.log import calm
from bot.services.library import Shelf
from tests.wire.clock import WireClock
from tests.wire.embedded import embedded_bot
from tests.wire.faults import Fault, FaultKind
from tests.wire.guilds import learners
from tests.wire.limits import no_limits
from tests.wire.people import shown
from tests.wire.point import pointed_at
from tests.wire.server import WireServer, make_server, serving
from tests.wire.state import Channel, Guild
from tests.wire.test_bot import agree, close, post, set_up
from tests.wire.truth import posts, reveals, states, stored_choices
from tests.wire.waiting import until

FAST = 400
_POSTED = 1
JSON = "application/json"
DISCORD = {"Via": "1.1 google"}
Answer = dict[str, object]
PORTAL: Answer = {"status": 200, "text": "<html>log in to the wifi</html>", "content_type": "text/html"}
NONSENSE: dict[str, Answer] = {
    "a page to log in to": PORTAL,
    "a proxy that forbids": {**PORTAL, "status": 403},
    "another shape": {"status": 200, "text": "[1]", "content_type": JSON},
    "broken JSON": {"status": 200, "text": "{", "content_type": JSON},
    "a limit without its length": {"status": 429, "text": "{}", "content_type": JSON, "headers": DISCORD},
    "a limit in words": {
        "status": 429,
        "text": '{"retry_after": "soon", "global": true}',
        "content_type": JSON,
        "headers": DISCORD,
    },
    "a limit for thirty years": {
        "status": 429,
        "text": '{"retry_after": 1e9, "global": true}',
        "content_type": JSON,
        "headers": DISCORD,
    },
}

ONLY_HTTP = ("a page to log in to", "a proxy that forbids", "another shape", "broken JSON")
CALLBACK = "POST /interactions/*"


@pytest.fixture
async def wire() -> AsyncIterator[WireServer]:
    """Serve a small Discord whose clock is fast."""
    async with serving(make_server(clock=WireClock(speed=FAST), limits=no_limits())) as server:
        yield server


def nonsense(route: str, answer: Answer, kind: FaultKind = FaultKind.FAIL_BEFORE) -> Fault:
    """Give a fault that answers a route like this for good."""
    return Fault(kind=kind, route=route, times=None, **answer)  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
async def test_a_reveal_outlasts_answers_that_make_no_sense(
    wire: WireServer,
    guild: Guild,
    channel: Channel,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However often they come, the reveal is tried until Discord answers; the log has one line and no trace."""
    monkeypatch.setattr(traffic, "_CALM_SECONDS", 0.0)
    caplog.set_level(logging.INFO, "bot")
    async with embedded_bot(wire, database, shelves) as bot:
        # How long an address is held back is none of this.
        monkeypatch.setattr(traffic, "_LONGEST_HOLD", 0.1)
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        wire.people.tap(message.id, learners(wire.world, guild)[0], "A")
        await agree(database, message, asked)
        fault = wire.faults.add(nonsense("POST /channels/*", answer))
        await wire.people.slash(channel.id, guild.owner_id, "round close")
        await until(lambda: len(wire.journal.of("POST /channels/{channel_id}/messages")) > _POSTED + 6, patience=30)
        wire.faults.remove(fault)
        await until(lambda: len(reveals(wire.world, message)) == 1, patience=40)
        await until(lambda: states(database)[asked.id] == "explained")
    written = [record for record in caplog.records if calm(record)]
    assert [record for record in written if record.exc_info or record.levelno > logging.WARNING] == []


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
async def test_a_correction_outlasts_answers_that_make_no_sense(
    wire: WireServer,
    guild: Guild,
    channel: Channel,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The round is void, the organiser is told that its reveal does not say so, and writes it when Discord is back."""
    monkeypatch.setattr(traffic, "_LONGEST_HOLD", 0.1)
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        told = await close(wire, guild, message)
        fault = wire.faults.add(nonsense("PATCH /channels/*", answer))
        done = await wire.people.slash(channel.id, guild.owner_id, "round void", question=str(asked.id))
        await until(lambda: "I could not write that on its reveal" in done.text, patience=20)
        assert states(database)[asked.id] == "void"
        wire.faults.remove(fault)
        await wire.people.press(done.shown[-1], guild.owner_id, "tw:rewrite:")
        await until(lambda: "This question is void" in "\n".join(told.texts()), patience=20)


async def test_a_post_whose_answer_makes_no_sense_is_found(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """A question that was posted although the answer was nonsense is not posted twice."""
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        fault = wire.faults.add(nonsense("POST /channels/*", PORTAL, FaultKind.FAIL_AFTER))
        posting = asyncio.create_task(post(wire, guild, channel, bot))
        await fault.met.wait()
        wire.faults.remove(fault)
        await posting
        assert [len(each) for each in posts(wire.world).values()] == [1]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.FAIL_AFTER, route=CALLBACK, **PORTAL),  # type: ignore[arg-type]
        Fault(kind=FaultKind.FAIL_BEFORE, route=CALLBACK, **NONSENSE["a proxy that forbids"]),  # type: ignore[arg-type]
        Fault(kind=FaultKind.DROP_BEFORE, route=CALLBACK),
        Fault(kind=FaultKind.DROP_AFTER, route=CALLBACK),
    ],
    ids=["taken", "forbidden", "not heard", "heard"],
)
async def test_a_reply_outlasts_one_answer_that_makes_no_sense(
    wire: WireServer,
    guild: Guild,
    channel: Channel,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whether Discord took the reply or never saw it, its member reads it, and nothing is logged."""
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, _ = await post(wire, guild, channel, bot)
        wire.faults.add(fault)
        pressed = await wire.people.press(message, guild.owner_id, "tw:mine:")
        assert "no answer of yours" in await shown(pressed)
        await wire.journal.quiet(0.3)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING and calm(record)] == []


@pytest.mark.parametrize(
    "fault",
    [
        *(Fault(kind=FaultKind.FAIL_BEFORE, times=None, **NONSENSE[each]) for each in ONLY_HTTP),  # type: ignore[arg-type]
        Fault(kind=FaultKind.DROP_BEFORE, times=None),
    ],
    ids=[*ONLY_HTTP, "no answer at all"],
)
async def test_a_reply_that_cannot_be_sent_is_one_line(
    wire: WireServer,
    guild: Guild,
    channel: Channel,
    database: Path,
    shelves: Sequence[Shelf],
    *,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The operator reads one line without a trace when a private answer is stored and its receipt cannot be given."""
    ann = guild.owner_id
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        (menu,) = (await wire.people.press(message, ann, "tw:private:")).shown
        await wire.journal.quiet(0.2)
        fault.route = "*"
        wire.faults.add(fault)
        menu_id = next(each for each in menu.custom_ids() if each.startswith("tw:choose:"))
        wire.people.pick(menu, ann, menu_id, "B")
        await until(lambda: any("could not be answered" in record.message for record in caplog.records))
        wire.faults.remove(fault)
        await until(lambda: stored_choices(database, asked.id) == {ann: "B"})
    written = [record for record in caplog.records if record.name == "bot.chat.replies"]
    assert [(record.levelno, record.exc_info) for record in written] == [(logging.WARNING, None)]
    assert not [record for record in caplog.records if record.exc_info and calm(record)]


@pytest.mark.parametrize(
    ("route", "answer", "said"),
    [
        ("GET /users/@me", PORTAL, "What answers is not Discord"),
        ("GET /users/@me", {**PORTAL, "status": 407}, "What answers is not Discord"),
        ("GET /users/@me", {"status": 200, "text": "[]", "content_type": JSON}, "What answers is not Discord"),
        ("GET /applications/*", PORTAL, "What answers is not Discord"),
        (
            "GET /applications/*/commands",
            {"status": 403, "text": '{"code": 20012, "message": "no"}', "content_type": JSON},
            "forbids this bot to register its commands",
        ),
        ("GET /users/@me", NONSENSE["a limit for thirty years"], "Discord limits this bot"),
    ],
)
async def test_nonsense_at_the_start_is_told_in_a_sentence(
    wire: WireServer, database: Path, shelves: Sequence[Shelf], *, route: str, answer: Answer, said: str
) -> None:
    """Whatever answers in Discord's place, the start ends with a sentence instead of a trace."""
    bot = await app.open_app(database=f"sqlite+aiosqlite:///{database}", shelves=shelves)
    wire.faults.add(nonsense(route, answer))
    try:
        with pointed_at(wire.address), pytest.raises(ConnectionProblem, match=said):
            await stay_connected(bot.client, wire.world.token)
    finally:
        await bot.close()


async def test_an_id_that_no_database_holds_spoils_nobodys_answer(
    wire: WireServer, guild: Guild, channel: Channel, database: Path, shelves: Sequence[Shelf]
) -> None:
    """A letter of an impossible member is left out, and everybody else's is stored with the next commit."""
    async with embedded_bot(wire, database, shelves) as bot:
        await set_up(wire, guild, channel)
        message, asked = await post(wire, guild, channel, bot)
        for letter, impossible in (("A", 2**63), ("B", 10**30), ("A", 0)):
            told = {
                "user_id": str(impossible),
                "channel_id": str(channel.id),
                "message_id": str(message.id),
                "guild_id": str(guild.id),
                "emoji": {"id": None, "name": EMOJI[letter]},
                "type": 0,
                "burst": False,
            }
            wire.world.emit("MESSAGE_REACTION_ADD", orjson.dumps(told), guild.id)
            wire.world.emit("MESSAGE_REACTION_REMOVE", orjson.dumps(told), guild.id)
        for member in learners(wire.world, guild):
            wire.people.tap(message.id, member, "A")
        await agree(database, message, asked)
