"""Refusals: what each of Discord's errors means for whoever publishes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.chat.understood import is_discords
from bot.services.ports import PublishFailed, Refusal

_GONE = {
    10003: Refusal.CHANNEL_GONE,
    10004: Refusal.CHANNEL_GONE,
    10008: Refusal.POST_GONE,
}
_BAD_FORM = 50035


@asynccontextmanager
async def refusals() -> AsyncIterator[None]:
    """Turn Discord's errors into `PublishFailed`."""
    try:
        yield
    except discord.HTTPException as trouble:
        raise PublishFailed(_why(trouble), f"{trouble.status} {trouble.code}") from trouble
    except (discord.RateLimited, aiohttp.ClientError, TimeoutError, OSError) as trouble:
        raise PublishFailed(Refusal.UNAVAILABLE, type(trouble).__name__) from trouble


def _why(trouble: discord.HTTPException) -> Refusal:
    if not is_discords(trouble):
        return Refusal.UNAVAILABLE
    if trouble.code in _GONE:
        return _GONE[trouble.code]
    if isinstance(trouble, discord.Forbidden):
        return Refusal.FORBIDDEN
    if trouble.status >= 500 or trouble.status == 429:  # noqa: PLR2004 - HTTP's own numbers
        return Refusal.UNAVAILABLE
    if trouble.code == _BAD_FORM and "message_reference" in str(trouble):
        return Refusal.POST_GONE
    return Refusal.REJECTED
