"""What goes wrong with gateway events: lost, repeated, overtaken or late; scripted, or by a seeded schedule."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random


class EventFaultKind(StrEnum):
    """How an event goes wrong."""

    DROP = "it never arrives"
    REPEAT = "it arrives twice"
    SWAP = "the next event overtakes it"
    DELAY = "it arrives after a while, whatever comes meanwhile"


@dataclass(slots=True, kw_only=True)
class EventFault:
    """One thing that goes wrong with the `nth` event of a name from now, and with `times` in all; `*` is any name."""

    kind: EventFaultKind
    event: str = "MESSAGE_REACTION_*"
    nth: int = 1
    times: int | None = 1
    seconds: float = 0.2
    _seen: int = 0

    def meets(self, event: str) -> bool:
        """Count an event, and tell whether this fault happens to it."""
        if not fnmatchcase(event, self.event):
            return False
        self._seen += 1
        since = self._seen - self.nth
        return since >= 0 and (self.times is None or since < self.times)


@dataclass(slots=True, kw_only=True)
class EventWeather:
    """Things that go wrong with events at random: `rates` gives the probability of each kind per event of a name."""

    rng: Random
    rates: Mapping[EventFaultKind, float]
    event: str = "MESSAGE_REACTION_*"
    longest: float = 0.3

    def strikes(self, event: str) -> EventFault | None:
        """Draw what goes wrong with an event, if anything."""
        if not fnmatchcase(event, self.event):
            return None
        drawn = self.rng.random()
        for kind, rate in self.rates.items():
            drawn -= rate
            if drawn < 0:
                return EventFault(kind=kind, seconds=self.rng.uniform(0, self.longest))
        return None


class EventFaults:
    """Decides about every event before it is numbered: what is lost here no resume brings back."""

    def __init__(self) -> None:
        self._scripted: list[EventFault] = []
        self._weather: list[EventWeather] = []
        self.counts: Counter[EventFaultKind] = Counter()
        """How many events met each kind so far."""

    def add(self, fault: EventFault) -> EventFault:
        """Let something go wrong from now on."""
        self._scripted.append(fault)
        return fault

    def blow(self, weather: EventWeather) -> EventWeather:
        """Let things go wrong at random from now on."""
        self._weather.append(weather)
        return weather

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._scripted.clear()
        self._weather.clear()

    def strike(self, event: str) -> EventFault | None:
        """Decide what goes wrong with an event."""
        if not (self._scripted or self._weather):
            return None
        fault = self._drawn(event)
        if fault is not None:
            self.counts[fault.kind] += 1
        return fault

    def _drawn(self, event: str) -> EventFault | None:
        met = [fault for fault in self._scripted if fault.meets(event)]
        if met:
            return met[0]
        drawn = (weather.strikes(event) for weather in self._weather)
        return next((fault for fault in drawn if fault is not None), None)
