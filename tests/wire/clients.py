"""A plain discord.py client that notes what it hears, for tests of the server itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import discord

from tests.wire.point import pointed_at
from tests.wire.server import WireServer
from tests.wire.state import Channel, Guild
from tests.wire.waiting import until

INTENTS = discord.Intents(guilds=True, guild_reactions=True)


class Listener(discord.Client):
    """Notes raw reactions, and what becomes of its connection."""

    def __init__(self, intents: discord.Intents = INTENTS) -> None:
        super().__init__(intents=intents, max_messages=None, guild_ready_timeout=0.1, chunk_guilds_at_startup=False)
        self.heard: list[tuple[str, int, str, bool]] = []
        self.connection: list[str] = []
        self.messages: list[discord.Message] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify again at once: discord.py would wait five seconds here."""

    def place(self, channel: Channel) -> discord.PartialMessageable:
        """Give one of the server's channels as the client writes to it."""
        return self.get_partial_messageable(channel.id, guild_id=channel.guild_id)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.heard.append(("add", event.user_id, str(event.emoji), event.burst))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.heard.append(("remove", event.user_id, str(event.emoji), event.burst))

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self.heard.append(("clear", event.message_id, "", False))

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self.heard.append(("clear emoji", event.message_id, str(event.emoji), False))

    async def on_message(self, message: discord.Message) -> None:
        self.messages.append(message)

    async def on_connect(self) -> None:
        self.connection.append("connect")

    async def on_resumed(self) -> None:
        self.connection.append("resumed")

    async def on_disconnect(self) -> None:
        self.connection.append("disconnect")

    async def members_heard(self, count: int) -> list[int]:
        """Wait until so many reactions were heard; gives whose, in order."""
        await until(lambda: len(self.heard) >= count)
        return [user_id for _, user_id, _, _ in self.heard]


@contextlib.asynccontextmanager
async def connected(server: WireServer, client: Listener | None = None) -> AsyncIterator[Listener]:
    """Connect a client until the block ends."""
    listener = client or Listener()
    with pointed_at(server.address):
        running = asyncio.create_task(listener.start(server.world.token), name="listener")
        try:
            await server.gateway.ready()
            await listener.wait_until_ready()
            yield listener
        finally:
            await listener.close()
            await asyncio.gather(running, return_exceptions=True)


def only_channel(guild: Guild) -> Channel:
    """Give a server's first channel."""
    return next(iter(guild.channels.values()))
