"""Waiting for something to come true: looked at often, for a limited time."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds after which something that should happen will not."""


async def until(look: Callable[[], T], *, patience: float = PATIENCE, every: float = 0.01) -> T:
    """Look again and again, `every` so many seconds, till there is something; gives it.

    Raises:
        TimeoutError: there was nothing for `patience` seconds.
    """
    async with asyncio.timeout(patience):
        # What is waited for knows nothing of whoever waits, so it has no event to set.
        while not (found := look()):  # noqa: ASYNC110
            await asyncio.sleep(every)
        return found
