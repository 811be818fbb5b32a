"""The clock of a wire test: it may begin anywhere, run faster than life, and be stepped while processes run on it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_SEQUENCE_BITS = 22


def machine_seconds() -> float:
    """Give the machine's wall clock, which every process of a test shares, in seconds."""
    return time.time()  # noqa: TID251 - the one place of these tests that asks the machine


@dataclass(slots=True, kw_only=True)
class WireClock:
    """Runs `speed` times as fast as life from `start`, which it showed when the machine's clock showed `anchor`.

    Processes with the same three values agree. `steps` names a file with an offset in seconds, looked at each time:
    writing another number there steps the clock of whoever was given the file, and of nobody else.
    """

    start: datetime = field(default_factory=lambda: datetime.fromtimestamp(machine_seconds(), UTC))
    speed: float = 1.0
    anchor: float = field(default_factory=machine_seconds)
    steps: Path | None = None

    def __call__(self) -> datetime:
        passed = (machine_seconds() - self.anchor) * self.speed
        return self.start + timedelta(seconds=passed + self._offset())

    def _offset(self) -> float:
        if self.steps is None:
            return 0.0
        try:
            return float(self.steps.read_text(encoding="ascii") or 0)
        except FileNotFoundError:
            return 0.0


class Snowflakes:
    """Makes ids the way Discord does: by time, each greater than the one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        self._last = max(self._last + 1, snowflake(self._clock()))
        return self._last


def snowflake(at: datetime) -> int:
    """Give the least id of an instant."""
    return ((at - DISCORD_EPOCH) // timedelta(milliseconds=1)) << _SEQUENCE_BITS


def instant(snowflake_id: int) -> datetime:
    """Give the instant at which something with an id was made, to the millisecond."""
    return DISCORD_EPOCH + timedelta(milliseconds=snowflake_id >> _SEQUENCE_BITS)
