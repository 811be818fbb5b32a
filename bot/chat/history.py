"""History: looking in a channel for what was sent there without our learning of it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from bot.chat.pacer import Pacer, Urgency
from bot.chat.refusals import refusals
from bot.chat.understood import Understanding

_PAGE = 100
"""Discord gives at most so many messages at a time."""

_LOOKED_THROUGH = 2000
_CLOCKS_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where to look, and since when something may have been sent."""

    guild_id: int
    channel_id: int
    since: datetime


class History:
    """Reads the messages of channels."""

    def __init__(self, client: discord.Client, pacer: Pacer, understand: Understanding) -> None:
        self._client = client
        self._pacer = pacer
        self._understand = understand

    async def find(self, where: Where, fits: Callable[[discord.Message], bool]) -> discord.Message | None:
        """Give the bot's own message that fits, `None` when there is none; may raise `PublishFailed`."""
        async with refusals():
            async for message in self._looked_through(where):
                if message.author == self._client.user and fits(message):
                    return message
        return None

    async def _looked_through(self, where: Where) -> AsyncIterator[discord.Message]:
        """Yield the messages among which a post or reveal may be, page by page, for each page is a request."""
        # Discord's clock and ours may differ; the custom id tells our post from any other.
        after: datetime | discord.Message = where.since - _CLOCKS_DIFFER
        for _ in range(_LOOKED_THROUGH // _PAGE):
            page = await self._page(where, after=after, oldest_first=True)
            for message in page:
                yield message
            if len(page) < _PAGE:
                break
            after = max(page, key=lambda message: message.id)
        # A clock that was ahead when the round was planned lets all that look into the future.
        for message in await self._page(where):
            yield message

    async def _page(
        self, where: Where, *, after: datetime | discord.Message | None = None, oldest_first: bool = False
    ) -> list[discord.Message]:
        await self._pacer.turn(Urgency.QUESTION)
        channel = self._client.get_partial_messageable(where.channel_id, guild_id=where.guild_id)
        history = channel.history(limit=_PAGE, after=after, oldest_first=oldest_first)
        return await self._understand.of(_listed(history))


async def _listed(history: AsyncIterator[discord.Message]) -> list[discord.Message]:
    return [message async for message in history]
