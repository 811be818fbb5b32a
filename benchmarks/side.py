"""What a side of a ratio is: a client that hears reactions, and what it does with them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import discord
from discord.ext import commands

Stamp = tuple[int, int, int, str]
"""The steady clock's nanoseconds at which an answer was durable, its message, its member, its letter."""

PATIENCE = 300.0
"""Seconds after which what is still not durable never will be."""


@dataclass(slots=True, kw_only=True)
class Side:
    """A client, how to wait until everything it has heard is durable, and how to end it."""

    client: commands.Bot
    drained: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    stamps: list[Stamp] = field(default_factory=list)


class BareClient(commands.Bot):
    """discord.py's client with the settings of ours, and nothing besides."""

    def __init__(self) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True, guild_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
