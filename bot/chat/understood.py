"""What is understood of Discord's answers: something before it, a proxy or a captive portal, may answer in its place.

discord.py takes an answer apart without a look at its shape, so nonsense ends in whatever Python raises over it.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import discord

from bot.services.ports import PublishFailed, Refusal

T = TypeVar("T")

NONSENSE = (TypeError, LookupError, ValueError, AttributeError)
"""What discord.py stumbles with over an answer that is not Discord's."""

IN_VAIN = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, *NONSENSE)
"""How a request fails that may be left out."""

_STORED_BELOW = 2**63
_NO_CONTENT = 204


def storable(member_id: int) -> bool:
    """Tell whether a database takes an id: Discord's are far below what it cannot hold."""
    return 0 < member_id < _STORED_BELOW


def is_json(status: int, headers: Any) -> bool:  # noqa: ANN401 - a multi-dict of aiohttp's
    """Tell whether an answer may be Discord's, which are JSON or empty."""
    return status == _NO_CONTENT or "json" in headers.get("Content-Type", "")


def is_discords(trouble: discord.HTTPException) -> bool:
    """Tell whether an error comes from Discord: it has a code, or at least is JSON."""
    headers = getattr(trouble.response, "headers", None)
    return bool(trouble.code) or headers is None or is_json(trouble.status, headers)


class Understanding:
    """Waits for requests; one whose answer makes no sense is one that was not answered. `odd` hears of those."""

    def __init__(self, odd: Callable[[str], None]) -> None:
        self._odd = odd

    async def of(self, answer: Awaitable[T]) -> T:
        """Wait for one request. What is passed to it is worked out before, so faults of ours in that stay faults.

        Raises:
            PublishFailed: the answer makes no sense.
        """
        try:
            return await answer
        except aiohttp.ClientError:
            raise  # some are a ValueError as well
        except NONSENSE as trouble:
            why = f"an answer that is not Discord's, {type(trouble).__name__}"
            self._odd(why)
            raise PublishFailed(Refusal.UNAVAILABLE, why) from trouble
