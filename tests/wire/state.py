"""What the small Discord holds: people, servers, channels, messages with who reacted when, and commands."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

import orjson

from tests.wire.clock import Clock, Snowflakes
from tests.wire.refusals import UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, Refused

Json = dict[str, Any]

DEFAULT_TOKEN = "wire.test.token"


class ChannelKind(IntEnum):
    """The kinds of channel that matter here, by Discord's numbers."""

    TEXT = 0
    DIRECT = 1
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11


def nested(components: Iterable[Json]) -> Iterator[Json]:
    """Yield components and everything inside them."""
    for each in components:
        yield each
        yield from nested(each.get("components") or [])
        if each.get("accessory"):
            yield each["accessory"]


@dataclass(slots=True, kw_only=True)
class User:
    """An account; `takes_messages` says whether it lets the bot write to it."""

    id: int
    name: str
    bot: bool = False
    takes_messages: bool = True


@dataclass(slots=True, kw_only=True)
class Member:
    """An account in a server; `payload` is its JSON, made when first needed, since it is sent with every reaction."""

    user: User
    roles: list[int] = field(default_factory=list)
    nick: str | None = None
    payload: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Role:
    """A role with its permissions in the whole server."""

    id: int
    name: str
    permissions: int


@dataclass(slots=True, kw_only=True)
class Overwrite:
    """What one channel allows and denies to a role, or to a member."""

    target: int
    for_member: bool = False
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, thread or direct conversation. `messages` are in the order of their ids."""

    id: int
    name: str
    kind: ChannelKind = ChannelKind.TEXT
    guild_id: int | None = None
    parent_id: int | None = None
    recipient: int | None = None
    archived: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, "Message"] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Reaction:
    """Who holds one emoji on a message, ordinarily and as a super reaction, and since when."""

    emoji: str
    normal: dict[int, datetime] = field(default_factory=dict)
    burst: dict[int, datetime] = field(default_factory=dict)

    def holders(self, *, burst: bool) -> dict[int, datetime]:
        """Give the holders of one sort."""
        return self.burst if burst else self.normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """One change of one reaction, as it happened; `by` is whoever caused it: a moderator or the bot, for a removal."""

    at: datetime
    user_id: int
    emoji: str
    burst: bool
    added: bool
    by: int


@dataclass(slots=True, kw_only=True)
class Message:
    """A message; `taps` is everything that ever happened to its reactions, in order."""

    id: int
    channel_id: int
    guild_id: int | None
    author: User
    content: str
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    mention_roles: list[str] = field(default_factory=list)
    reference: Json | None = None
    edited_at: datetime | None = None
    thread_id: int | None = None
    reactions: dict[str, Reaction] = field(default_factory=dict)
    taps: list[Tap] = field(default_factory=list)

    def texts(self) -> list[str]:
        """List its texts: the content, then those of a layout."""
        return [text for text in (self.content, *(each.get("content", "") for each in self.parts())) if text]

    def custom_ids(self) -> list[str]:
        """List the custom ids of its buttons and lists."""
        return [each["custom_id"] for each in self.parts() if "custom_id" in each]

    def parts(self) -> list[Json]:
        """List its components and everything inside them."""
        return list(nested(self.components))


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server. `joined` is false once the bot was sent away."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    joined: bool = True


class InteractionKind(IntEnum):
    """What someone did, by Discord's numbers."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4


@dataclass(slots=True, kw_only=True)
class Interaction:
    """Something someone did with the bot, and what it answered.

    `made` is in seconds of the machine's steady clock: the bot has a few real seconds to answer. `shown` are the
    messages it showed in answer, the first one first; private ones are nowhere else. `answer` is the kind of its first
    answer by Discord's number, `choices` what it suggested.
    """

    id: int
    token: str
    kind: InteractionKind
    channel_id: int
    guild_id: int | None
    user_id: int
    made: float
    message: Message | None = None
    answer: int | None = None
    answered_at: float | None = None
    shown: list[Message] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        """Give everything it was answered, as text."""
        return "\n".join(part for message in self.shown for part in message.texts())


@dataclass(slots=True, kw_only=True)
class World:
    """Everything there is. `emit` is what hears of changes: an event's name, its JSON, and its server.

    `nonce_seconds` is how long the nonce of a message is remembered, `answer_seconds` how long an interaction waits:
    both in real time, since it is real requests that they are about. `gone` are deleted messages.
    """

    clock: Clock
    token: str = DEFAULT_TOKEN
    emit: Callable[[str, bytes, int | None], None] = field(default=lambda *_: None)
    keep_taps: bool = True
    nonce_seconds: float = 120.0
    answer_seconds: float = 3.0
    ids: Snowflakes = field(init=False)
    bot: User = field(init=False)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    gone: dict[int, Message] = field(default_factory=dict)
    commands: dict[int | None, list[Json]] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    nonces: dict[tuple[int, str], tuple[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ids = Snowflakes(self.clock)
        self.bot = User(id=self.ids(), name="trapwise", bot=True)
        self.users[self.bot.id] = self.bot

    @property
    def application_id(self) -> int:
        """Give the bot's application, which shares its id as for every application made since 2016."""
        return self.bot.id

    def tell(self, name: str, payload: Json, guild_id: int | None) -> None:
        """Let the gateway send an event."""
        self.emit(name, orjson.dumps(payload), guild_id)

    def guild(self, guild_id: int | None) -> Guild:
        """Give a server that the bot is in."""
        guild = self.guilds.get(guild_id or 0)
        if guild is None or not guild.joined:
            raise Refused(UNKNOWN_GUILD)
        return guild

    def channel(self, channel_id: int) -> Channel:
        """Give a channel, thread or direct conversation."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refused(UNKNOWN_CHANNEL)
        return channel

    def message(self, message_id: int, *, channel_id: int | None = None) -> Message:
        """Give a message, of one channel if said."""
        message = self.messages.get(message_id)
        if message is None or channel_id not in (None, message.channel_id):
            raise Refused(UNKNOWN_MESSAGE)
        return message

    def posted_by_bot(self, channel_ids: Iterable[int] | None = None) -> list[Message]:
        """List the bot's messages in some channels, or in all, oldest first."""
        wanted = self.channels if channel_ids is None else dict.fromkeys(channel_ids)
        return [each for each in self.messages.values() if each.channel_id in wanted and each.author is self.bot]
