"""What goes wrong with requests: scripted for the nth call of a route, or by a seeded schedule."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random


class FaultKind(StrEnum):
    """How a request goes wrong. *Before* and *after* are about its effect."""

    FAIL_BEFORE = "an error, and nothing was done"
    FAIL_AFTER = "an error, and it was done all the same"
    DROP_BEFORE = "the connection breaks, and nothing was done"
    DROP_AFTER = "the connection breaks, and it was done all the same"
    HOLD_BEFORE = "nothing is done until the fault is released"
    HOLD_AFTER = "it is done, and the answer waits until the fault is released"
    SLOW = "it is done after a while"
    LIMITED = "one request too many"


BEFORE = (FaultKind.FAIL_BEFORE, FaultKind.DROP_BEFORE, FaultKind.LIMITED)
"""The kinds after which nothing was done."""

RETRIED = (500, 502, 504)
"""The statuses that discord.py tries again by itself: up to five times, for 25 seconds."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with a route, by discord.py's name of it; `*` in the name stands for anything.

    It begins with the `nth` matching request from now, and happens `times` times, for good when that is `None`.
    `status`, `text`, `content_type` and `headers` are of errors; `seconds` is how long a slow answer takes, or when a
    limited request may be tried again.
    `met` is set when it first happens.
    """

    kind: FaultKind
    route: str = "*"
    nth: int = 1
    times: int | None = 1
    status: int = 503
    text: str = "upstream connect error"
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.2
    globally: bool = False
    met: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: int = 0

    def meets(self, route: str) -> bool:
        """Count a request, and tell whether this fault happens to it."""
        if not fnmatchcase(route, self.route):
            return False
        self._seen += 1
        since = self._seen - self.nth
        if since < 0 or (self.times is not None and since >= self.times):
            return False
        self.met.set()
        return True

    @property
    def spent(self) -> bool:
        """Tell whether it cannot happen any more."""
        return self.times is not None and self._seen >= self.nth + self.times - 1


@dataclass(slots=True, kw_only=True)
class Weather:
    """Things that go wrong at random: `rates` gives the probability of each kind per request of a route."""

    rng: Random
    rates: Mapping[FaultKind, float]
    route: str = "*"
    statuses: tuple[int, ...] = (500, 502, 503)
    longest: float = 0.3

    def strikes(self, route: str) -> Fault | None:
        """Draw what goes wrong with a request, if anything."""
        if not fnmatchcase(route, self.route):
            return None
        drawn = self.rng.random()
        for kind, rate in self.rates.items():
            drawn -= rate
            if drawn < 0:
                status, seconds = self.rng.choice(self.statuses), self.rng.uniform(0, self.longest)
                return Fault(kind=kind, route=route, status=status, seconds=seconds)
        return None


class Faults:
    """Decides about every request; scripted faults come first, in the order they were added."""

    def __init__(self) -> None:
        self._scripted: list[Fault] = []
        self._weather: list[Weather] = []

    def add(self, fault: Fault) -> Fault:
        """Let something go wrong from now on; gives it back, to be waited for and released."""
        self._scripted.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Let it go wrong no longer, and let go whatever it holds."""
        fault.released.set()
        if fault in self._scripted:
            self._scripted.remove(fault)

    def blow(self, weather: Weather) -> Weather:
        """Let things go wrong at random from now on."""
        self._weather.append(weather)
        return weather

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        for fault in list(self._scripted):
            self.remove(fault)
        self._weather.clear()

    def strike(self, route: str) -> Fault | None:
        """Decide what goes wrong with a request; every scripted fault counts it, the first that fits happens."""
        met = [fault for fault in self._scripted if fault.meets(route)]
        if met:
            return met[0]
        drawn = (weather.strikes(route) for weather in self._weather)
        return next((fault for fault in drawn if fault is not None), None)
