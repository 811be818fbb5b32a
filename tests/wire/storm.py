"""Bad weather: a seeded schedule of everything that can go wrong between a bot and Discord, and of kills."""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from tests.wire.event_faults import EventFaultKind, EventWeather
from tests.wire.faults import Fault, FaultKind, Weather
from tests.wire.server import WireServer

DRIZZLE: Mapping[FaultKind, float] = {
    FaultKind.FAIL_BEFORE: 0.01,
    FaultKind.FAIL_AFTER: 0.01,
    FaultKind.DROP_BEFORE: 0.005,
    FaultKind.DROP_AFTER: 0.005,
    FaultKind.SLOW: 0.05,
}
DOWNPOUR: Mapping[FaultKind, float] = {kind: 6 * rate for kind, rate in DRIZZLE.items()}
TOO_MANY: Mapping[FaultKind, float] = {FaultKind.LIMITED: 0.25}
MUDDLE: Mapping[EventFaultKind, float] = {
    EventFaultKind.DROP: 0.03,
    EventFaultKind.REPEAT: 0.03,
    EventFaultKind.SWAP: 0.03,
    EventFaultKind.DELAY: 0.05,
}


class Storm:
    """Lets something new go wrong every few seconds of real time, and the weather clear up in between."""

    def __init__(self, server: WireServer, rng: Random, *, kill: Callable[[], object]) -> None:
        self._server = server
        self._rng = rng
        self._kill = kill
        self._next = 5.0
        self.counts: Counter[str] = Counter()

    def blow(self, seconds: float) -> None:
        """Do what is due after so many seconds."""
        if seconds >= self._next:
            self._next = seconds + self._rng.uniform(1, 7)
            name, strike = self._rng.choice(self._strikes())
            self.counts[name] += 1
            strike()

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self._server.faults.clear()
        self._server.gateway.faults.clear()
        self._server.gateway.reachable = True

    def _strikes(self) -> list[tuple[str, Callable[[], object]]]:
        gateway, rng = self._server.gateway, self._rng
        return [
            ("clear sky", self.calm),
            ("clear sky", self.calm),
            ("drizzle", lambda: self._rain(DRIZZLE)),
            ("downpour", lambda: self._rain(DOWNPOUR)),
            ("too many requests", lambda: self._rain(TOO_MANY)),
            ("REST outage", self._no_answer),
            ("events muddled", lambda: gateway.faults.blow(EventWeather(rng=rng, rates=MUDDLE))),
            ("connection cut", gateway.cut),
            ("session lost", lambda: gateway.cut(resumable=False)),
            ("session invalid", lambda: gateway.invalidate(resumable=rng.random() < 0.5)),
            ("asked to reconnect", gateway.ask_to_reconnect),
            ("gateway away", lambda: gateway.go_away(rng.uniform(0.5, 4))),
            ("kill", self._kill),
            ("kill", self._kill),
        ]

    def _rain(self, rates: Mapping[FaultKind, float]) -> None:
        self._server.faults.clear()
        self._server.faults.blow(Weather(rng=self._rng, rates=rates))

    def _no_answer(self) -> None:
        self._server.faults.clear()
        self._server.faults.add(Fault(kind=FaultKind.FAIL_BEFORE, times=self._rng.randint(5, 60)))
