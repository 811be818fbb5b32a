"""Replies to people: private by default, with one place where refusals and errors become sentences."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import discord
from discord import app_commands, ui
from discord.utils import MISSING

from bot.chat.layouts import files
from bot.chat.render.blocks import Picture
from bot.chat.render.text import MESSAGE_LIMIT, cut
from bot.chat.understood import NONSENSE, is_discords
from bot.domain.errors import TrapwiseError

logger = logging.getLogger(__name__)

_ANSWERED_ALREADY = 40060
# An unknown interaction, an unknown webhook, an invalid webhook token: the time to answer, or to add to it, is over.
_TOO_LATE = (10062, 10015, 50027)
_TOO_MANY = 429
_DEFER_SECONDS = 2.0
_TRIES = 2

Interaction = discord.Interaction[Any]
Response = discord.InteractionResponse[Any]
T = TypeVar("T")


class Unsaid(Exception):
    """Discord did not take an answer, or what came back makes no sense; the text says what happened."""


async def reply(interaction: Interaction, text: str, *, view: ui.View | None = None) -> None:
    """Answer privately with plain text."""
    content, shown = cut(text, MESSAGE_LIMIT), view if view is not None else MISSING
    if await _opened(interaction, lambda answer: answer.send_message(content, ephemeral=True, view=shown)):
        return
    await _sent(interaction.followup.send(content, ephemeral=True, view=shown))


async def show(interaction: Interaction, layout: ui.LayoutView, *, pictures: Sequence[Picture] = ()) -> None:
    """Answer privately with a layout and the pictures in it.

    The bot's own Attach Files does not matter: Discord asks for that where it posts, not where it answers.
    """
    if await _opened(
        interaction, lambda answer: answer.send_message(view=layout, files=files(pictures), ephemeral=True)
    ):
        return
    await _sent(interaction.followup.send(view=layout, files=files(pictures), ephemeral=True))


async def turn(interaction: Interaction, layout: ui.LayoutView, *, pictures: Sequence[Picture] = ()) -> None:
    """Show a layout in place of the private one whose button was pressed, and its pictures in place of those there.

    What everyone sees is left as it is.
    """
    pressed = interaction.message
    private = pressed is not None and pressed.flags.ephemeral
    if private and await _opened(
        interaction, lambda answer: answer.edit_message(view=layout, attachments=files(pictures))
    ):
        return
    await show(interaction, layout, pictures=pictures)


async def amend(interaction: Interaction, text: str, *, view: ui.View | None = None) -> None:
    """Put plain text in place of the private message whose button or menu was used; without a view it has none left."""
    content = cut(text, MESSAGE_LIMIT)
    if interaction.message is None or not interaction.message.flags.ephemeral:
        # Others see that message: it is not one person's to replace.
        await reply(interaction, text, view=view)
        return
    if await _opened(interaction, lambda answer: answer.edit_message(content=content, view=view)):
        return
    await _sent(interaction.edit_original_response(content=content, view=view))


async def ask(interaction: Interaction, form: ui.Modal) -> None:
    """Answer with a form; Discord takes one only as the first answer."""
    await _sent(interaction.response.send_modal(form))


@asynccontextmanager
async def in_time(interaction: Interaction, *, in_place: bool = False) -> AsyncIterator[None]:
    """Tell Discord that an answer takes longer when it does: after three seconds it would take none.

    `in_place` announces a change of the message that was used, instead of another one.
    """
    later = asyncio.create_task(_defer_later(interaction, in_place=in_place), name="defer")
    try:
        yield
    finally:
        later.cancel()


async def _defer_later(interaction: Interaction, *, in_place: bool) -> None:
    await asyncio.sleep(_DEFER_SECONDS)
    if not interaction.response.is_done():
        with contextlib.suppress(discord.HTTPException, discord.InteractionResponded, Unsaid):
            await _sent(interaction.response.defer(ephemeral=True, thinking=not in_place))


async def _opened(interaction: Interaction, answer: Callable[[Response], Awaitable[object]]) -> bool:
    """Give the first answer, unless a deferral was it; false when a follow-up is needed."""
    unsaid: Unsaid | None = None
    for _ in range(_TRIES):
        if interaction.response.is_done():
            return False
        try:
            await _sent(answer(interaction.response))
        except Unsaid as trouble:
            # If Discord took it all the same, it says so to the next.
            unsaid = trouble
        except discord.HTTPException as trouble:
            if trouble.code != _ANSWERED_ALREADY:
                raise
            return False
        else:
            return True
    assert unsaid is not None
    raise unsaid


async def _sent(sending: Awaitable[T]) -> T:
    """Wait until Discord has taken an answer.

    Raises:
        Unsaid: the connection broke, or what answered is down, or not Discord, or has asked again and again to wait.
        discord.HTTPException: Discord refused it.
    """
    try:
        return await sending
    except discord.HTTPException as trouble:
        later = isinstance(trouble, discord.DiscordServerError) or trouble.status == _TOO_MANY
        if is_discords(trouble) and not later:
            raise
        raise Unsaid(f"status {trouble.status}") from trouble
    except (aiohttp.ClientError, OSError) as trouble:
        raise Unsaid(type(trouble).__name__) from trouble
    except NONSENSE as trouble:
        raise Unsaid(f"an answer that is not Discord's, {type(trouble).__name__}") from trouble


async def refuse(interaction: Interaction, error: Exception, *, in_place: bool = False) -> None:
    """Turn whatever went wrong into one private sentence; what nobody expected gets a reference for the operator.

    With `in_place` a refusal replaces the private message it is about; after a fault that one stays, to try again.
    """
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if _is_over(error):
        return
    if isinstance(error, Unsaid):
        # Whatever was to be confirmed is done; only its member was not told.
        logger.warning("an interaction could not be answered: %s", error)
        logger.debug("what could not be answered", exc_info=error)
        return
    try:
        answer = amend if in_place and isinstance(error, TrapwiseError) else reply
        await answer(interaction, sentence(error))
    except (discord.HTTPException, Unsaid) as trouble:
        if not _is_over(trouble):
            logger.warning("a refusal could not be sent: %s", trouble)
    except RuntimeError:
        # The session is closed: whoever waited until the bot stopped can be told nothing any more.
        if not interaction.client.is_closed():
            raise


def _is_over(error: Exception) -> bool:
    """Tell whether Discord takes no answer to this interaction any more: nobody can be told, and nothing is wrong."""
    over = isinstance(error, discord.HTTPException) and error.code in (*_TOO_LATE, _ANSWERED_ALREADY)
    if over:
        logger.info("an interaction was answered too late, or its answer was taken although Discord reported an error")
    return over


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
