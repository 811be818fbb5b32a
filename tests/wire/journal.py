"""The journal of requests: what was asked when, and how it ended."""

import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from tests.wire.waiting import until

_TOO_MANY = 429
_INVALID = (401, 403, _TOO_MANY)


@dataclass(slots=True, kw_only=True)
class Entry:
    """One request. `at` is in seconds of the machine's steady clock; `status` is 0 while it lasts, or was cut off.

    `code` is Discord's own code of a refusal, `fault` what a test let go wrong with it.
    """

    at: float
    route: str
    path: str
    place: str
    status: int = 0
    code: int = 0
    fault: str = ""
    seconds: float = 0.0


class Journal:
    """Keeps every request in the order of arrival."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._under_way = 0
        self._last = time.monotonic()

    def begin(self, route: str, path: str, place: str) -> Entry:
        """Note a request that arrives."""
        entry = Entry(at=time.monotonic(), route=route, path=path, place=place)
        self.entries.append(entry)
        self._under_way += 1
        return entry

    def end(self, entry: Entry) -> None:
        """Note that it is over."""
        self._last = time.monotonic()
        entry.seconds = self._last - entry.at
        self._under_way -= 1

    def of(self, route: str) -> list[Entry]:
        """List the requests of a route."""
        return [entry for entry in self.entries if entry.route == route]

    def statuses(self, route: str | None = None) -> Counter[int]:
        """Count the requests, of a route or all, by status."""
        return Counter(entry.status for entry in self.entries if route in (None, entry.route))

    @property
    def limited(self) -> int:
        """Count the requests that were one too many."""
        return self.statuses()[_TOO_MANY]

    @property
    def invalid(self) -> int:
        """Count what Discord blocks a bot for when it comes to 10,000 in ten minutes: 401, 403 and 429."""
        counted = self.statuses()
        return sum(counted[status] for status in _INVALID)

    def clear(self) -> None:
        """Forget every request so far."""
        self.entries.clear()

    def as_json(self, since: int = 0) -> list[dict[str, Any]]:
        """Give the requests from a place in the order on."""
        return [asdict(entry) for entry in self.entries[since:]]

    async def quiet(self, seconds: float, *, patience: float = 30.0) -> None:
        """Wait until nothing was asked for some seconds.

        Raises:
            TimeoutError: requests kept coming.
        """

        def silent() -> bool:
            return not self._under_way and time.monotonic() - self._last >= seconds

        await until(silent, patience=patience, every=seconds / 4)
