"""An outage: many failures that are one trouble, so that an operator reads of its beginning and its end only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """An outage that ended: how many `seconds` it lasted, and how many `failures` it had."""

    seconds: float
    failures: int


class Outage:
    """Tells a beginning from the failures that follow it, and an end from a success in between.

    It is over when things have gone well for `calm` seconds. `now` is in seconds of a clock that never steps.
    """

    def __init__(self, *, calm: float = 0.0) -> None:
        self._calm = calm
        self._began: float | None = None
        self._better: float | None = None
        self._failures = 0

    @property
    def on(self) -> bool:
        """Tell whether it lasts."""
        return self._began is not None

    def failed(self, now: float) -> bool:
        """Count a failure; true when an outage begins with it."""
        begins = self._began is None
        if begins:
            self._began, self._failures = now, 0
        self._failures += 1
        self._better = None
        return begins

    def worked(self, now: float) -> Over | None:
        """Note that something went well; gives the outage when that means it is over."""
        if self._began is None:
            return None
        if self._better is None:
            self._better = now
        if now - self._better < self._calm:
            return None
        over = Over(seconds=self._better - self._began, failures=self._failures)
        self._began = self._better = None
        return over
