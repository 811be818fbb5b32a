"""Replies to people: private by default, with one place where refusals and errors become sentences."""

import logging
import secrets
from typing import Any

import discord
from discord import app_commands, ui

from bot.chat.render.text import MESSAGE_LIMIT, cut
from bot.domain.errors import TrapwiseError

logger = logging.getLogger(__name__)

_PAST_ANSWERING = (10062, 40060)
"""Discord's codes for an interaction that it no longer knows, or that was answered already."""

Interaction = discord.Interaction[Any]


async def reply(interaction: Interaction, text: str, *, view: ui.View | None = None) -> None:
    """Answer privately with plain text."""
    content = cut(text, MESSAGE_LIMIT)
    shown = view if view is not None else discord.utils.MISSING
    if interaction.response.is_done():
        await interaction.followup.send(content, ephemeral=True, view=shown)
    else:
        await interaction.response.send_message(content, ephemeral=True, view=shown)


async def show(interaction: Interaction, layout: ui.LayoutView) -> None:
    """Answer privately with a layout."""
    if interaction.response.is_done():
        await interaction.followup.send(view=layout, ephemeral=True)
    else:
        await interaction.response.send_message(view=layout, ephemeral=True)


async def refuse(interaction: Interaction, error: Exception) -> None:
    """Turn whatever went wrong into one private sentence; what nobody expected gets a reference for the operator."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, discord.HTTPException) and error.code in _PAST_ANSWERING:
        logger.info("an interaction was answered too late, or its answer was taken although Discord reported an error")
        return
    try:
        await reply(interaction, sentence(error))
    except discord.HTTPException as trouble:
        logger.warning("a refusal could not be sent: %s", trouble)


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
