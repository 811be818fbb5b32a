"""The REST side against unmodified discord.py: messages, reactions, refusals, limits."""

import asyncio
from collections.abc import Awaitable, Callable

import discord
import pytest

from tests.wire import guilds
from tests.wire.clients import connected
from tests.wire.guilds import found_guild, learners
from tests.wire.limits import Limits, Rule
from tests.wire.people import emoji_of
from tests.wire.permissions import INVITED, Can
from tests.wire.server import WireServer, make_server, serving
from tests.wire.state import Channel, ChannelKind, Guild

A, B = emoji_of("A"), emoji_of("B")
USERS = "GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji}"
SEND = "POST /channels/{channel_id}/messages"


async def test_reaction_users_come_a_hundred_at_a_time_by_id_and_by_sort(wire: WireServer) -> None:
    """Two hundred and fifty ordinary holders take three pages, and the super reactions are listed apart."""
    guild = found_guild(wire.world, members=250)
    (place,) = guild.channels.values()
    everyone = learners(wire.world, guild)
    async with connected(wire) as client:
        sent = await client.place(place).send("Which?")
        for member in reversed(everyone):
            wire.people.tap(sent.id, member, "A")
        for member in everyone[:120]:
            wire.people.tap(sent.id, member, "A", burst=True)
        (reaction,) = (await sent.fetch()).reactions
        ordinary = [user.id async for user in reaction.users(type=discord.ReactionType.normal)]
        pages = len(wire.journal.of(USERS))
        burst = [user.id async for user in reaction.users(type=discord.ReactionType.burst)]
        by_default = {user.id async for user in reaction.users()}
    assert (reaction.count, reaction.normal_count, reaction.burst_count) == (370, 250, 120)
    assert sorted(ordinary) == everyone
    assert sorted(burst) == everyone[:120]
    assert by_default == set(everyone)
    # Three full or partial pages, and the one that tells discord.py that nobody is left.
    assert pages == 4


@pytest.mark.parametrize(("limit", "after"), [(0, 0), (101, 0), (1000, 0)])
async def test_a_page_of_more_than_a_hundred_is_refused(
    wire: WireServer, channel: Channel, limit: int, after: int
) -> None:
    """Discord takes a limit of 1 to 100."""
    async with connected(wire) as client:
        sent = await client.place(channel).send("Which?")
        await sent.add_reaction(A)
        with pytest.raises(discord.HTTPException) as refused:
            await client.http.get_reaction_users(channel.id, sent.id, A, limit, after=after)
    assert (refused.value.status, refused.value.code) == (400, 50035)


async def test_a_nonce_is_taken_once_for_a_while(wire: WireServer, channel: Channel) -> None:
    """The same nonce gives the earlier message; when it is forgotten, or gone, there is a new one."""
    async with connected(wire) as client:
        place = client.place(channel)
        first, again = await place.send("one", nonce="n1"), await place.send("two", nonce="n1")
        other = await place.send("three", nonce="n2")
        wire.world.nonce_seconds = 0
        late = await place.send("four", nonce="n1")
    assert again.id == first.id
    assert again.content == "one"
    assert len({first.id, other.id, late.id}) == 3
    assert len(channel.messages) == 3


async def test_the_twenty_first_emoji_is_refused(wire: WireServer, channel: Channel) -> None:
    """Twenty different emoji fit on a message; joining one of them is still possible."""
    async with connected(wire) as client:
        sent = await client.place(channel).send("Which?")
        for number in range(20):
            wire.people.tap(sent.id, 1, chr(0x1F600 + number))
        with pytest.raises(discord.HTTPException) as refused:
            await sent.add_reaction(A)
        await sent.add_reaction(chr(0x1F600))
    assert (refused.value.status, refused.value.code) == (400, 30010)
    assert len(wire.world.message(sent.id).reactions) == 20


async def test_what_is_no_emoji_is_unknown(wire: WireServer, channel: Channel) -> None:
    """A word, and a letter with a variation selector, are refused as Discord refuses them."""
    async with connected(wire) as client:
        sent = await client.place(channel).send("Which?")
        for wrong in ("A", f"{A}\ufe0f"):
            with pytest.raises(discord.HTTPException) as refused:
                await sent.add_reaction(wrong)
            assert (refused.value.status, refused.value.code) == (400, 10014)


REFUSALS = [
    (Can.SEND_MESSAGES, "send", 50013),
    (Can.ADD_REACTIONS, "react", 50013),
    (Can.MANAGE_MESSAGES, "tidy", 50013),
    (Can.CREATE_PUBLIC_THREADS, "thread", 50013),
    (Can.READ_MESSAGE_HISTORY, "fetch", 50001),
    (Can.READ_MESSAGE_HISTORY, "users", 50001),
    (Can.READ_MESSAGE_HISTORY, "reply", 160002),
    (Can.VIEW_CHANNEL, "send", 50001),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case[1]} without {case[0].name}")
@pytest.mark.parametrize("everywhere", [True, False])
async def test_a_missing_permission_is_refused_with_its_own_code(
    wire: WireServer, guild: Guild, channel: Channel, case: tuple[Can, str, int], everywhere: bool
) -> None:
    """In the whole server or in one channel, each action needs what Discord says it needs."""
    missing, action, code = case
    async with connected(wire) as client:
        place = client.place(channel)
        sent = await place.send("Which?")
        member = learners(wire.world, guild)[0]
        wire.people.tap(sent.id, member, "B")
        act: Callable[[], Awaitable[object]] = {
            "send": lambda: place.send("more"),
            "react": lambda: sent.add_reaction(A),
            "tidy": lambda: sent.remove_reaction(B, discord.Object(member)),
            "thread": lambda: sent.create_thread(name="Discuss"),
            "fetch": sent.fetch,
            "users": lambda: client.http.get_reaction_users(channel.id, sent.id, B, 100),
            "reply": lambda: place.send("more", reference=sent.to_reference()),
        }[action]
        if everywhere:
            guilds.permit(wire.world, guild, INVITED & ~missing)
        else:
            guilds.deny(wire.world, channel, missing)
        with pytest.raises(discord.Forbidden) as refused:
            await act()
        assert refused.value.code == code
        guilds.permit(wire.world, guild, INVITED)
        guilds.deny(wire.world, channel, Can(0))
        await act()


async def test_without_history_the_channel_looks_empty(wire: WireServer, channel: Channel) -> None:
    """Discord does not refuse to list messages that may not be read: it lists none."""
    async with connected(wire) as client:
        await client.place(channel).send("Which?")
        guilds.deny(wire.world, channel, Can.READ_MESSAGE_HISTORY)
        assert [message async for message in client.place(channel).history()] == []


async def test_what_is_gone_is_named(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """A deleted message, a deleted channel, a server that sent the bot away: each has its code."""
    async with connected(wire) as client:
        place = client.place(channel)
        sent, other = await place.send("one"), await place.send("two")
        wire.people.delete(sent.id)
        with pytest.raises(discord.NotFound) as message:
            await sent.fetch()
        with pytest.raises(discord.HTTPException) as reply:
            await place.send("three", reference=sent.to_reference(fail_if_not_exists=True))
        guilds.send_away(wire.world, guild)
        with pytest.raises(discord.Forbidden) as away:
            await other.fetch()
        guilds.take_back(wire.world, guild)
        guilds.delete_channel(wire.world, channel)
        with pytest.raises(discord.NotFound) as gone:
            await place.send("four")
    assert (message.value.code, away.value.code, gone.value.code) == (10008, 50001, 10003)
    assert reply.value.code == 50035
    assert "message_reference" in str(reply.value)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"content": "x" * 2001}, 50035),
        ({"content": ""}, 50006),
        ({"content": "x", "nonce": "n" * 26}, 50035),
        ({"content": "x", "components": [{"type": 10, "content": "text"}]}, 50035),
        ({"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "text"}]}, 50035),
        ({"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 4001}]}, 50035),
    ],
)
async def test_a_bad_form_is_refused(wire: WireServer, channel: Channel, form: dict[str, object], code: int) -> None:
    """Texts too long, nothing at all, and layouts mixed with plain text are refused."""
    async with connected(wire) as client:
        with pytest.raises(discord.HTTPException) as refused:
            await client.http.request(
                discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id), json=form
            )
    assert (refused.value.status, refused.value.code) == (400, code)


async def test_history_is_paged_from_either_end(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """A channel of three hundred messages is read whole, oldest or newest first, and from an instant on."""
    texts = [str(number) for number in range(300)]
    said = [wire.people.say(channel.id, guild.owner_id, text) for text in texts]
    async with connected(wire) as client:
        place = client.place(channel)
        oldest = [message.id async for message in place.history(limit=None, oldest_first=True)]
        newest = [message.id async for message in place.history(limit=None)]
        after = [message.id async for message in place.history(limit=None, after=discord.Object(said[149].id))]
    ids = [message.id for message in said]
    assert oldest == ids
    assert newest == ids[::-1]
    assert after == ids[150:]


async def test_a_thread_opens_once(wire: WireServer, guild: Guild, channel: Channel) -> None:
    """A thread has its message's id, and a message has one at most."""
    async with connected(wire) as client:
        sent = await client.place(channel).send("Which?")
        thread = await sent.create_thread(name="Discuss")
        await thread.send("Well.")
        with pytest.raises(discord.HTTPException) as refused:
            await sent.create_thread(name="Again")
    assert thread.id == sent.id
    assert refused.value.code == 160004
    assert wire.world.channels[thread.id].kind is ChannelKind.PUBLIC_THREAD


async def test_people_may_refuse_direct_messages(wire: WireServer, guild: Guild) -> None:
    """The bot can write to people, except to those who do not let it."""
    wire.world.users[guild.owner_id].takes_messages = False
    async with connected(wire) as client:
        friendly = await client.fetch_user(learners(wire.world, guild)[0])
        await friendly.send("hello")
        with pytest.raises(discord.Forbidden) as refused:
            await (await client.fetch_user(guild.owner_id)).send("hello")
    assert refused.value.code == 50007
    assert [message.content for message in guilds.direct_messages(wire.world, friendly.id)] == ["hello"]


async def test_a_wrong_token_is_refused(wire: WireServer) -> None:
    """Whoever has another token is nobody."""
    wire.world.token = "another"
    async with connected(wire) as client:
        client.http.token = "guessed"
        with pytest.raises(discord.HTTPException) as refused:
            await client.fetch_user(1)
    assert refused.value.status == 401


async def test_discord_py_keeps_to_a_bucket_by_its_headers() -> None:
    """Seven messages into one channel at once take a third window, and not one request is too many."""
    async with serving(make_server()) as server:
        (place,) = found_guild(server.world).channels.values()
        server.limits.become(Limits(rules={SEND: Rule(bucket="messages", limit=3, seconds=0.6)}))
        async with connected(server) as client:
            began = asyncio.get_running_loop().time()
            await asyncio.gather(*(client.place(place).send(str(number)) for number in range(7)))
            took = asyncio.get_running_loop().time() - began
    assert server.journal.limited == 0
    assert len(server.journal.of(SEND)) == 7
    assert 1.1 < took < 6


async def test_one_request_too_many_everywhere_is_a_global_429() -> None:
    """Many channels at once exceed the global limit: the headers say so, and discord.py waits and gets through."""
    async with serving(make_server(limits=Limits(per_second=10))) as server:
        places = [next(iter(found_guild(server.world).channels.values())) for _ in range(16)]
        async with connected(server) as client:
            await asyncio.gather(*(client.place(place).send("hello") for place in places))
    assert server.journal.limited > 0
    assert all(len(place.messages) == 1 for place in places)
