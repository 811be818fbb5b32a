"""Replies to people: private by default, with one place where refusals and errors become sentences."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord import app_commands, ui
from discord.utils import MISSING

from bot.chat.render.text import MESSAGE_LIMIT, cut
from bot.domain.errors import TrapwiseError

logger = logging.getLogger(__name__)

_UNKNOWN_INTERACTION = 10062
_ANSWERED_ALREADY = 40060
_DEFER_SECONDS = 2.0

Interaction = discord.Interaction[Any]
Response = discord.InteractionResponse[Any]


async def reply(interaction: Interaction, text: str, *, view: ui.View | None = None) -> None:
    """Answer privately with plain text."""
    content, shown = cut(text, MESSAGE_LIMIT), view if view is not None else MISSING
    if await _opened(interaction, lambda answer: answer.send_message(content, ephemeral=True, view=shown)):
        return
    await interaction.followup.send(content, ephemeral=True, view=shown)


async def show(interaction: Interaction, layout: ui.LayoutView) -> None:
    """Answer privately with a layout."""
    if await _opened(interaction, lambda answer: answer.send_message(view=layout, ephemeral=True)):
        return
    await interaction.followup.send(view=layout, ephemeral=True)


async def turn(interaction: Interaction, layout: ui.LayoutView) -> None:
    """Show a layout in place of the one whose button was pressed."""
    if interaction.response.is_done():
        await show(interaction, layout)
    else:
        await interaction.response.edit_message(view=layout)


@asynccontextmanager
async def in_time(interaction: Interaction) -> AsyncIterator[None]:
    """Tell Discord that an answer takes longer when it does: after three seconds it would take none."""
    later = asyncio.create_task(_defer_later(interaction), name="defer")
    try:
        yield
    finally:
        later.cancel()


async def _defer_later(interaction: Interaction) -> None:
    await asyncio.sleep(_DEFER_SECONDS)
    if not interaction.response.is_done():
        with contextlib.suppress(discord.HTTPException, discord.InteractionResponded):
            await interaction.response.defer(ephemeral=True, thinking=True)


async def _opened(interaction: Interaction, answer: Callable[[Response], Awaitable[object]]) -> bool:
    """Give the first answer, unless a deferral was it; false when a follow-up is needed."""
    if interaction.response.is_done():
        return False
    try:
        await answer(interaction.response)
    except discord.HTTPException as trouble:
        if trouble.code != _ANSWERED_ALREADY:
            raise
        return False
    return True


async def refuse(interaction: Interaction, error: Exception) -> None:
    """Turn whatever went wrong into one private sentence; what nobody expected gets a reference for the operator."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, discord.HTTPException) and error.code in (_UNKNOWN_INTERACTION, _ANSWERED_ALREADY):
        logger.info("an interaction was answered too late, or its answer was taken although Discord reported an error")
        return
    try:
        await reply(interaction, sentence(error))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as trouble:
        logger.warning("a refusal could not be sent: %s", trouble)
    except RuntimeError:
        # The session is closed: whoever waited until the bot stopped can be told nothing any more.
        if not interaction.client.is_closed():
            raise


def sentence(error: Exception) -> str:
    """Give the sentence for an error; logs the ones that are faults, with the reference that the sentence names."""
    match error:
        case TrapwiseError():
            return str(error)
        case app_commands.TransformerError():
            return "I cannot use that value here: pick one from the list that Discord shows."
        case app_commands.CommandNotFound():
            return "This command changed with an update: open the command list again and pick it there."
        case app_commands.MissingPermissions() | app_commands.NoPrivateMessage():
            return "Only organisers (people with Manage Server) can do this, and only in a server."
        case _:
            reference = secrets.token_hex(4)
            logger.error("interaction failed, reference %s", reference, exc_info=error)
            return (
                f"Something went wrong on my side; nothing of yours was lost. Please try again, and if it happens "
                f"again tell whoever runs me this reference: `{reference}`."
            )
