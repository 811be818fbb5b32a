"""The connection to Discord: held until someone asks to stop, or until it cannot work."""

import asyncio
import contextlib
import logging
import signal
from typing import Literal

import aiohttp
import discord
from discord.backoff import ExponentialBackoff

from bot.chat.client import TrapwiseClient
from bot.chat.understood import NONSENSE, is_discords

logger = logging.getLogger(__name__)


class ConnectionProblem(Exception):
    """Discord cannot be reached, or does not take this bot; the message says what to do."""


async def stay_connected(client: TrapwiseClient, token: str) -> None:
    """Stay connected until SIGINT or SIGTERM; closing the client is the caller's.

    Raises:
        ConnectionProblem: the token is refused, or there is no network at the start.
    """
    running = asyncio.create_task(_run(client, token), name="discord")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the main task instead
            loop.add_signal_handler(number, stopping.set)
    asked = asyncio.create_task(stopping.wait(), name="stop")
    try:
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            _explain(running)
        else:
            logger.info("stopping")
    finally:
        asked.cancel()
        running.cancel()
        await asyncio.gather(running, asked, return_exceptions=True)


async def _run(client: TrapwiseClient, token: str) -> None:
    try:
        await client.login(token)
    except NONSENSE as trouble:
        if client.introduced or isinstance(trouble, aiohttp.ClientError):
            raise
        logger.debug("an answer that makes no sense", exc_info=True)
        raise ConnectionProblem(
            f"What answers is not Discord ({type(trouble).__name__}); check what the network has between this machine "
            "and discord.com, such as a proxy or a page to log in to, and start again."
        ) from trouble
    backoff = ExponentialBackoff[Literal[False]]()
    while not client.is_closed():
        try:
            await client.connect()
        except AttributeError:
            # discord.py waits for a gateway that it has met once; at the first meeting it stumbles over there being
            # no connection to resume.
            if getattr(client, "ws", None) is not None:
                raise
            wait = backoff.delay()
            logger.debug("the gateway does not answer; trying again in %.0f s", wait)
            await asyncio.sleep(wait)


def _explain(running: asyncio.Task[None]) -> None:
    try:
        running.result()
    except discord.LoginFailure:
        raise ConnectionProblem(
            "DISCORD_TOKEN: Discord does not know this token; copy it again from the application's Bot page."
        ) from None
    except discord.PrivilegedIntentsRequired:
        raise ConnectionProblem("Discord asks for an intent Trapwise does not use; update Trapwise.") from None
    except discord.HTTPException as trouble:
        raise ConnectionProblem(_said(trouble)) from trouble
    except discord.RateLimited as trouble:
        raise ConnectionProblem(
            f"Discord limits this bot: start again in {trouble.retry_after / 60:.0f} minutes."
        ) from trouble
    except discord.ConnectionClosed as trouble:
        raise ConnectionProblem(
            f"Discord closed the connection for good (code {trouble.code}); if the token was reset, set the new one."
        ) from trouble
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as trouble:
        raise ConnectionProblem(
            f"Discord cannot be reached ({type(trouble).__name__}); check the network and start again."
        ) from trouble


def _said(trouble: discord.HTTPException) -> str:
    if not is_discords(trouble) and trouble.status < 500:  # noqa: PLR2004 - HTTP's own number
        return (
            f"What answers is not Discord (status {trouble.status}); check what the network has between this machine "
            "and discord.com, such as a proxy or a page to log in to, and start again."
        )
    if isinstance(trouble, discord.Forbidden):
        return (
            f"Discord forbids this bot to register its commands (403, code {trouble.code}); "
            "check that DISCORD_TOKEN is of a bot whose application you own and Discord has not restricted."
        )
    return f"Discord answers with an error ({trouble.status}); it may be down: start again in a few minutes."
