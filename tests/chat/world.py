"""A small Discord with the real bot in it: one server, an organiser, four learners, a channel."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import discord
import simcord
from simcord.backend import serializers

from bot import app
from bot.chat.letters import EMOJI
from bot.chat.surfaces.private import MyAnswer
from bot.domain.bank import Bank
from bot.domain.errors import TrapwiseError
from bot.domain.item import ItemKind
from bot.services.library import Shelf

BOT_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    add_reactions=True,
    read_message_history=True,
    manage_messages=True,
    attach_files=True,
    create_public_threads=True,
)
MEMBERS = discord.Permissions(
    view_channel=True, send_messages=True, add_reactions=True, read_message_history=True, use_application_commands=True
)
_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


class VirtualClock:
    """The world's clock, which the bot is given before there is a world."""

    def __init__(self) -> None:
        self.env: simcord.Env | None = None

    def __call__(self) -> datetime:
        return _BEFORE if self.env is None else self.env.now()


@dataclass(slots=True)
class World:
    """A running world; `bot` is the bot that is in it now."""

    env: simcord.Env
    bot: app.App
    make: Callable[[], Any]
    # What the next bot that is started asks from.
    shelves: list[Shelf]
    guild: simcord.GuildHandle = field(init=False)
    channel: simcord.ChannelHandle = field(init=False)
    olive: simcord.MemberActor = field(init=False)
    ann: simcord.MemberActor = field(init=False)
    ben: simcord.MemberActor = field(init=False)
    cat: simcord.MemberActor = field(init=False)
    dan: simcord.MemberActor = field(init=False)

    async def populate(self) -> None:
        """Make the server, its people and its channel; the bot has what its invitation asks for."""
        self.guild = self.env.create_guild("Study group")
        self.env.backend.guilds[self.guild.id].roles[self.guild.default_role.id].permissions = MEMBERS.value
        mine = self.guild.roles[self.env.backend.bot_user.name]
        self.env.backend.guilds[self.guild.id].roles[mine.id].permissions = BOT_PERMISSIONS.value
        self.channel = self.guild.create_text_channel("daily")
        organisers = self.guild.create_role("organisers", permissions=discord.Permissions(manage_guild=True))
        self.olive = self.guild.add_member(self.env.create_user("olive", global_name="Olive"), roles=[organisers])
        self.ann, self.ben, self.cat, self.dan = (
            self.guild.add_member(self.env.create_user(name.lower(), global_name=name))
            for name in ("Ann", "Ben", "Cat", "Dan")
        )
        await self.env.settle()

    async def set_up(self, **options: object) -> simcord.InteractionResult:
        """Run `/setup` as the organiser, for 08:30 in Prague."""
        wanted = {"channel": self.channel, "time": "08:30", "zone": "Europe/Prague"} | options
        return await self.olive.slash(self.channel, "setup", **wanted)

    async def post(self, **options: object) -> discord.Message:
        """Run `/round post` and give the question's post."""
        result = await self.olive.slash(self.channel, "round post", **options)
        assert "on the way" in said(result), said(result)
        return self.posts()[-1]

    async def close(self) -> discord.Message:
        """Run `/round close` and give the newest message: the reveal."""
        await self.olive.slash(self.channel, "round close")
        newest = self.channel.last_message
        assert newest is not None
        return newest

    def posts(self) -> list[discord.Message]:
        """List the questions in the channel, oldest first."""
        return [message for message in self.channel.history() if MyAnswer.round_of(message) is not None]

    def reveals(self) -> list[discord.Message]:
        """List the reveals in the channel, oldest first."""
        return [message for message in self.channel.history() if "### The answer" in texts(message)]

    def current(self, message: discord.Message) -> discord.Message:
        """Give a message as it is now."""
        return next(each for each in self.channel.history() if each.id == message.id)

    def letters(self, message: discord.Message) -> dict[str, int]:
        """Count the reactions on a post by letter."""
        names = {emoji: letter for letter, emoji in EMOJI.items()}
        return {names[str(each.emoji)]: each.count for each in self.current(message).reactions}

    async def mine(self, who: simcord.MemberActor, message: discord.Message) -> str:
        """Press My answer and give what it says."""
        button = next(each for each in custom_ids(message) if each.startswith("tw:mine:"))
        return said(await who.click(message, custom_id=button))

    async def post_kind(self, kind: ItemKind) -> discord.Message:
        """Post questions until one of the kind wanted is open; the others are closed."""
        while True:
            message = await self.post()
            asked = self.bot.answering.round_of(message.id)
            assert asked is not None
            if asked.posed.item.kind is kind:
                return message
            await self.close()

    def unheard(self, who: simcord.MemberActor, message: discord.Message, letter: str, *, there: bool) -> None:
        """Put a letter on a post, or take it off, without the bot hearing of it."""
        stored = self.env.backend.get_message(self.channel.id, message.id)
        reaction = stored.reaction_for(EMOJI[letter])
        assert reaction is not None
        if there:
            reaction.user_ids.append(who.id)
        else:
            reaction.user_ids.remove(who.id)

    async def burst(self, who: simcord.MemberActor, message: discord.Message, letter: str, *, there: bool) -> None:
        """Send the event of a super reaction, which the simulation itself does not have."""
        event = "MESSAGE_REACTION_ADD" if there else "MESSAGE_REACTION_REMOVE"
        payload: dict[str, Any] = {
            "user_id": str(who.id),
            "channel_id": str(self.channel.id),
            "message_id": str(message.id),
            "guild_id": str(self.guild.id),
            "emoji": {"id": None, "name": EMOJI[letter]},
            "burst": True,
            "type": 1,
        }
        self.env.backend.emit(event, payload)
        await self.env.settle()

    def permit(self, **changes: bool) -> None:
        """Give the bot a permission, or take it away, in the whole server; what everyone has goes for everyone."""
        mine = self.guild.roles[self.env.backend.bot_user.name]
        for role_id in (mine.id, self.guild.default_role.id):
            role = self.env.backend.guilds[self.guild.id].roles[role_id]
            permissions = discord.Permissions(role.permissions)
            permissions.update(**changes)
            role.permissions = permissions.value
            payload = {"guild_id": str(self.guild.id), "role": serializers.role_payload(role)}
            self.env.backend.emit("GUILD_ROLE_UPDATE", payload)

    def edit_database(self, statement: str) -> None:
        """Change the database behind the bot's back, as a crash may leave it; only while the bot is closed."""
        with sqlite3.connect(self.bot.store.where) as database:
            database.execute(statement)
        database.close()

    async def come_back(self) -> None:
        """Start a new bot in place of one that was closed."""
        self.bot = await self.make()
        await self.env.restart_bot(self.bot.client)

    async def restart(self) -> None:
        """Close the bot, and start a new one on the same database in the same world."""
        await self.bot.close()
        await self.come_back()

    async def restart_with(self, bank: Bank) -> None:
        """Close the bot, and start a new one to which its first bank is another."""
        self.shelves[0] = replace(self.shelves[0], bank=bank)
        await self.restart()

    def key(self, message: discord.Message) -> str:
        """Give the right letters of the question on a post."""
        asked = self.bot.answering.round_of(message.id)
        assert asked is not None
        return "".join(sorted(asked.posed.key))

    def wrong(self, message: discord.Message) -> str:
        """Give the wrong letters of the question on a post."""
        asked = self.bot.answering.round_of(message.id)
        assert asked is not None
        return "".join(letter for letter in asked.posed.letters if letter not in asked.posed.key)


@asynccontextmanager
async def running(database: Path, shelves: list[Shelf]) -> AsyncIterator[World]:
    """Run a world until the block ends; errors of the bot that no test looked at fail it."""
    clock, shelves = VirtualClock(), list(shelves)

    async def make() -> app.App:
        return await app.open_app(
            database=f"sqlite+aiosqlite:///{database}",
            shelves=shelves,
            clock=clock,
            rng=Random(7),
            longest_nap=timedelta(hours=6),
            unlimited=True,
        )

    bot = await make()
    env = simcord.Env(bot.client)
    clock.env = env
    world = World(env=env, bot=bot, make=make, shelves=shelves)
    await env.start()
    try:
        await world.populate()
        yield world
        assert [error for error in env.errors if not _is_refusal(error)] == []
    finally:
        await world.bot.close()
        await env.shutdown()


def _is_refusal(error: BaseException) -> bool:
    return isinstance(getattr(error, "original", error), TrapwiseError)


def said(result: simcord.InteractionResult) -> str:
    """Give everything an interaction answered, as text."""
    assert result.response is not None, "the interaction was not answered"
    assert result.response.ephemeral, "answers to people are private"
    return result.response.content or "\n".join(_texts(result.response.components))


def texts(message: discord.Message) -> str:
    """Give all texts of a layout."""
    return "\n".join(_texts([component.to_dict() for component in message.components]))


def custom_ids(message: discord.Message) -> list[str]:
    """List the custom ids of a message's buttons."""
    return list(_ids([component.to_dict() for component in message.components]))


def _texts(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in components:
        if each.get("content"):
            yield each["content"]
        yield from _texts(each.get("components", []))


def _ids(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in components:
        if each.get("custom_id"):
            yield each["custom_id"]
        yield from _ids(each.get("components", []))
