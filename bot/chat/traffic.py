"""Traffic: hears how every request ends, tells of Discord's troubles once, and holds the pacer in some.

Discord blocks an address for a while after 10,000 answers of 401, 403 or 429 in ten minutes.
"""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiohttp

from bot.chat.pacer import Pacer
from bot.chat.understood import is_json
from bot.domain.outage import Outage, Over

logger = logging.getLogger(__name__)

_CALM_SECONDS = 10.0
_IN_A_ROW = 3
"""So many requests in vain without one that worked are an outage: a single one is repeated and forgotten."""

_TOO_MANY, _BROKEN = 429, 500
_STORM, _STORM_SECONDS = 10, 10.0
"""So many answers of 429 within so many seconds are a storm, whatever limit they are about."""

_FIRST_HOLD, _LONGEST_HOLD = 5.0, 900.0

_FREE = ("/interactions/", "/webhooks/")

_Traced = aiohttp.TraceRequestStartParams | aiohttp.TraceRequestEndParams | aiohttp.TraceRequestExceptionParams


class Traffic:
    """What becomes of the requests of one client: `trace` goes to discord.py."""

    def __init__(self) -> None:
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._began)
        self.trace.on_request_end.append(self._ended)
        self.trace.on_request_exception.append(self._broke)
        self._pacer: Pacer | None = None
        self._recovered: Callable[[], None] | None = None
        self._down = Outage(calm=_CALM_SECONDS)
        self._limited = Outage(calm=_CALM_SECONDS)
        self._in_vain = 0
        self._recent: deque[float] = deque(maxlen=_STORM)
        self._hold = _FIRST_HOLD
        self._held_until = self._hurried = float("-inf")

    def guard(self, pacer: Pacer, *, recovered: Callable[[], None]) -> None:
        """Hold this pacer when Discord says so; `recovered` is called when it answers again after failures."""
        self._pacer, self._recovered = pacer, recovered

    async def _began(self, _: object, about: SimpleNamespace, began: aiohttp.TraceRequestStartParams) -> None:
        about.number = None
        if self._pacer is not None and _is_limited(began):
            about.number = await self._pacer.sent()

    def _arrived(self, about: SimpleNamespace) -> None:
        if self._pacer is not None and about.number is not None:
            self._pacer.answered(about.number)

    async def _ended(self, _: object, about: SimpleNamespace, ended: aiohttp.TraceRequestEndParams) -> None:
        self._arrived(about)
        if not _is_rest(ended):
            return
        status, now = ended.response.status, asyncio.get_running_loop().time()
        if status >= _BROKEN:
            self._failed(f"status {status}", now)
            return
        if status != _TOO_MANY and not is_json(status, ended.response.headers):
            # A proxy or a captive portal, whatever the status says.
            self._failed(f"an answer that is not Discord's, status {status}", now)
            return
        self._worked(now)
        if status == _TOO_MANY:
            self._too_many(ended.response.headers, now)
        elif not self._storming(now):
            self._hold = _FIRST_HOLD
            over = self._limited.worked(now)
            if over is not None:
                _tell(over, "Discord takes requests as usual again after %.0f s; answers of 429 meanwhile: %d")

    def _worked(self, now: float) -> None:
        over = self._down.worked(now)
        if over is not None:
            _tell(over, "Discord's REST API answers again after %.0f s; requests in vain: %d")
        if self._in_vain >= _IN_A_ROW and now >= self._hurried + _CALM_SECONDS and self._recovered is not None:
            self._hurried = now
            self._recovered()
        self._in_vain = 0

    def misunderstood(self, why: str) -> None:
        """Hear that an answer made no sense although it looked like one of Discord's."""
        if self._in_vain == 0:
            self._in_vain = _IN_A_ROW - 1
            self._failed(why, asyncio.get_running_loop().time())

    async def _broke(self, _: object, about: SimpleNamespace, broke: aiohttp.TraceRequestExceptionParams) -> None:
        self._arrived(about)
        if _is_rest(broke) and isinstance(broke.exception, (aiohttp.ClientError, OSError, TimeoutError)):
            self._failed(type(broke.exception).__name__, asyncio.get_running_loop().time())

    def _failed(self, why: str, now: float) -> None:
        self._in_vain += 1
        if (self._in_vain >= _IN_A_ROW or self._down.on) and self._down.failed(now):
            logger.warning(
                "Discord's REST API does not answer (%s): questions, closes and reveals wait and are tried again; "
                "answers by reaction are still received",
                why,
            )

    def _too_many(self, headers: Any, now: float) -> None:  # noqa: ANN401 - a multi-dict of aiohttp's
        self._recent.append(now)
        # Without these headers it is not Discord that answers, but what stands before it and blocks the address.
        blocked = not headers.get("Via") or "json" not in headers.get("Content-Type", "")
        wanted = _seconds(headers.get("Retry-After"))
        everywhere = blocked or "X-RateLimit-Global" in headers or headers.get("X-RateLimit-Scope") == "global"
        if self._limited.failed(now):
            logger.warning(
                "Discord limits the bot (429, %s): requests are held back and sent later; no answer is lost by that",
                "this address is blocked for a while" if blocked else "everywhere" if everywhere else "on some routes",
            )
        if (blocked or self._storming(now)) and now >= self._held_until:
            # Once for all requests that were under way: each time it turns out too short, the next is twice as long.
            wanted, everywhere = max(wanted, self._hold), True
            self._held_until, self._hold = now + wanted, min(2 * self._hold, _LONGEST_HOLD)
        if everywhere and self._pacer is not None:
            self._pacer.hold(min(wanted, _LONGEST_HOLD))

    def _storming(self, now: float) -> bool:
        return len(self._recent) == _STORM and now - self._recent[0] < _STORM_SECONDS


def _is_rest(about: _Traced) -> bool:
    return "/api/" in about.url.path


def _is_limited(about: _Traced) -> bool:
    """Tell whether Discord's global limit counts a request: answers to commands and buttons are free."""
    return _is_rest(about) and not any(free in about.url.path for free in _FREE)


def _seconds(text: str | None) -> float:
    try:
        seconds = float(text or 0)
    except ValueError:
        return 0.0
    return max(seconds, 0.0) if math.isfinite(seconds) else 0.0


def _tell(over: Over, text: str) -> None:
    logger.info(text, over.seconds, over.failures)
