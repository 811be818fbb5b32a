"""The pacer: keeps every request below Discord's global limit, the important ones first.

discord.py knows the limits of single routes but not the one over all of them: four hundred servers that are due in the
same second would be answered with 429, and posts be lost.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import IntEnum

RATE = 45.0
"""Requests a second; Discord's global limit is 50 (its documentation on rate limits, 2026)."""

BURST = 3.0
"""Requests that may go at once after a pause."""

MOST = 48
"""Requests that may reach Discord within a second. A busy machine or a slow line brings some late, together with those
of the next moment: from when it is sent until a second after its answer each may be among them. What had its turn may
be kept from being sent by the limit of its route, and then come with many others: so this is looked at when it is."""

_WINDOW = 1.0
_ARRIVED = 5.0
"""Seconds after which a request has arrived, or never will, whenever it is answered."""

_SOON = 0.05


class Urgency(IntEnum):
    """What goes first when requests have to wait: what is due, then what repairs open posts, then the rest."""

    QUESTION = 0
    REPAIR = 1
    LETTER = 2


class Pacer:
    """Lets requests go one by one. `now` is a monotonic clock in seconds, on which `asyncio.sleep` runs as well."""

    def __init__(
        self, now: Callable[[], float], *, rate: float = RATE, burst: float = BURST, most: float = MOST
    ) -> None:
        self._now = now
        self._rate = rate
        self._burst = burst
        self._most = most
        self._tokens = burst
        self._filled = now()
        self._held_until = float("-inf")
        # When the requests under way were sent, and when the latest others were answered.
        self._under_way: dict[int, float] = {}
        self._answered: deque[float] = deque()
        self._sent = 0
        # Numbered apart: how many of one's own kind are ahead is told by the numbers, and one who thought that others
        # of them are would sleep on while turns go unused.
        self._tickets = dict.fromkeys(Urgency, 0)
        # In the order of arrival; a dict because whoever is cancelled leaves from the middle.
        self._waiting: dict[Urgency, dict[int, None]] = {urgency: {} for urgency in Urgency}

    def hold(self, seconds: float) -> None:
        """Let nothing go for a while: Discord has asked for it, and counts what is sent nevertheless."""
        self._held_until = max(self._held_until, self._now() + seconds)

    async def sent(self) -> int:
        """Hear that a request is about to be sent, and wait until it may be; gives a number for `answered`."""
        while (wait := self._crowded(self._now())) > 0:  # noqa: ASYNC110 - as in `turn`
            await asyncio.sleep(wait)
        self._sent += 1
        self._under_way[self._sent] = self._now()
        return self._sent

    def answered(self, number: int) -> None:
        """Hear that a request was answered, or failed."""
        if self._under_way.pop(number, None) is not None:
            self._answered.append(self._now())

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
        first = next(iter(self._waiting[urgency]))
        ahead = ticket - first + sum(len(self._waiting[other]) for other in Urgency if other < urgency)
        if ahead == 0 and self._tokens >= 1:
            return self._held()
        return max(max(ahead + 1 - self._tokens, 0.5) / self._rate, self._held())

    def _held(self) -> float:
        """Tell how long nothing may go at least, in seconds."""
        now = self._now()
        return max(self._held_until - now, self._crowded(now), 0.0)

    def _crowded(self, now: float) -> float:
        """Tell how long as many as may reach Discord within a second are about to, or just have."""
        while self._answered and self._answered[0] + _WINDOW <= now:
            self._answered.popleft()
        while self._under_way and (first := next(iter(self._under_way.items())))[1] <= now - _ARRIVED:
            del self._under_way[first[0]]
        if len(self._under_way) + len(self._answered) < self._most:
            return 0.0
        return self._answered[0] + _WINDOW - now if self._answered else _SOON

    def _refill(self) -> None:
        now = self._now()
        self._tokens = min(self._burst, self._tokens + max(now - self._filled, 0.0) * self._rate)
        self._filled = now
