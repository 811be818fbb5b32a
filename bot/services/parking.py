"""Parking: what people do on a post that the ledger does not know yet waits for it, in the order in which it came."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Parking:
    """Keeps what happens in a channel while a question is being sent there."""

    def __init__(self) -> None:
        # What to do once a message is known, by channel: with its message id, in the order of arrival.
        self._parked: dict[int, list[tuple[int, Callable[[], None]]]] = {}

    @contextmanager
    def posting(self, channel_id: int) -> Iterator[None]:
        """Keep what happens in a channel; at the end whatever was on no post of ours is let go."""
        here = self._parked[channel_id] = []
        try:
            yield
        finally:
            if self._parked.get(channel_id) is here:
                del self._parked[channel_id]
            for _, act in here:
                act()

    def is_posting(self, channel_id: int) -> bool:
        """Tell whether a question is being sent to a channel."""
        return channel_id in self._parked

    async def turn(self, channel_id: int, message_id: int, act: Callable[[], T]) -> T:
        """Do something when its message becomes known, or turns out to be none of ours; gives what came of it."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def now() -> None:
            try:
                outcome = act()
            except Exception as fault:
                # It must not end the step that posts, nor keep the others waiting.
                logger.exception("what waited for a post failed")
                if not done.done():
                    done.set_exception(fault)
            else:
                if not done.done():  # whoever waited may be gone; what was received counts all the same
                    done.set_result(outcome)

        self._parked[channel_id].append((message_id, now))
        return await done

    def known(self, channel_id: int, message_id: int) -> None:
        """Do what waited for a message, at once: what comes later, even in this turn of the loop, must not overtake."""
        here = self._parked.get(channel_id)
        if here is None:
            return
        ours = [act for message, act in here if message == message_id]
        here[:] = [parked for parked in here if parked[0] != message_id]
        for act in ours:
            act()
