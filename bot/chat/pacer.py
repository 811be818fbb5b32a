"""The pacer: keeps every request below Discord's global limit, the important ones first.

discord.py knows the limits of single routes but not the one over all of them: four hundred servers that are due in the
same second would be answered with 429, and posts be lost.
"""

import asyncio
from collections.abc import Callable
from enum import IntEnum

RATE = 45.0
"""Requests a second; Discord's global limit is 50 (its documentation on rate limits, 2026)."""

BURST = 3.0
"""Requests that may go at once after a pause. No second holds more than 48: a busy machine or a slow line brings some
to Discord late, together with those of the next moment, and two that do must not be one too many."""


class Urgency(IntEnum):
    """What goes first when requests have to wait: what is due, then what repairs open posts, then the rest."""

    QUESTION = 0
    REPAIR = 1
    LETTER = 2


class Pacer:
    """Lets requests go one by one. `now` is a monotonic clock in seconds, on which `asyncio.sleep` runs as well."""

    def __init__(self, now: Callable[[], float], *, rate: float = RATE, burst: float = BURST) -> None:
        self._now = now
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled = now()
        self._held_until = float("-inf")
        # Numbered apart: how many of one's own kind are ahead is told by the numbers, and one who thought that others
        # of them are would sleep on while turns go unused.
        self._tickets = dict.fromkeys(Urgency, 0)
        # In the order of arrival; a dict because whoever is cancelled leaves from the middle.
        self._waiting: dict[Urgency, dict[int, None]] = {urgency: {} for urgency in Urgency}

    def hold(self, seconds: float) -> None:
        """Let nothing go for a while: Discord has asked for it, and counts what is sent nevertheless."""
        self._held_until = max(self._held_until, self._now() + seconds)

    async def turn(self, urgency: Urgency) -> None:
        """Wait until a request of this urgency may go."""
        self._refill()
        if self._tokens >= 1 and not any(self._waiting.values()) and not self._held():
            self._tokens -= 1
            return
        self._tickets[urgency] += 1
        ticket, queue = self._tickets[urgency], self._waiting[urgency]
        queue[ticket] = None
        try:
            # Time is what is waited for, and a simulated Discord lets only sleeps wait.
            while (wait := self._wait(ticket, urgency)) > 0:  # noqa: ASYNC110
                await asyncio.sleep(wait)
            self._tokens -= 1
        finally:
            del queue[ticket]

    def spare(self) -> bool:
        """Take a turn for something that can be left out; false when anything else needs it."""
        self._refill()
        if any(self._waiting.values()) or self._tokens < self._burst / 2 or self._held():
            return False
        self._tokens -= 1
        return True

    def _wait(self, ticket: int, urgency: Urgency) -> float:
        """Tell how long a ticket has to wait at least, in seconds; 0 when it may go now."""
        self._refill()
        if held := self._held():
            return held
        first = next(iter(self._waiting[urgency]))
        ahead = ticket - first + sum(len(self._waiting[other]) for other in Urgency if other < urgency)
        if ahead == 0 and self._tokens >= 1:
            return 0.0
        return max(ahead + 1 - self._tokens, 0.5) / self._rate

    def _held(self) -> float:
        """Tell how long nothing may go, in seconds."""
        return max(self._held_until - self._now(), 0.0)

    def _refill(self) -> None:
        now = self._now()
        self._tokens = min(self._burst, self._tokens + max(now - self._filled, 0.0) * self._rate)
        self._filled = now
