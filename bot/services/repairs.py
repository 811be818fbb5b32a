"""Repairs: the open posts that Discord would not let us read or mend, and when each is tried again."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=10)


class Repairs:
    """Remembers which rounds' posts want a repair. A restart forgets it: then every open post is read anyway."""

    def __init__(self) -> None:
        # By round: when it is due again, and after how long a wait.
        self._wanted: dict[int, tuple[datetime, timedelta]] = {}

    def failed(self, round_id: int, now: datetime) -> None:
        """Note that a repair was in vain; each time in a row the next one is put off for twice as long."""
        _, waited = self._wanted.get(round_id, (now, FIRST_WAIT / 2))
        wait = min(2 * waited, LONGEST_WAIT)
        self._wanted[round_id] = now + wait, wait

    def done(self, round_id: int) -> None:
        """Forget a round: it was repaired, or nothing can repair it."""
        self._wanted.pop(round_id, None)

    def clear(self) -> None:
        """Forget them all: every post is being read anew."""
        self._wanted.clear()

    def hasten(self, now: datetime) -> None:
        """Let none wait any longer: Discord answers again, or the clock was set back."""
        self._wanted = {round_id: (now, wait) for round_id, (_, wait) in self._wanted.items()}

    def due(self, now: datetime) -> set[int]:
        """Give the rounds whose repair is due."""
        return {round_id for round_id, (at, _) in self._wanted.items() if at <= now}
