"""Watching: what the operator should know of the place the bot runs in: who else uses its database, and its clock."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.outage import Outage
from bot.storage import process
from bot.storage.store import Tx

logger = logging.getLogger(__name__)

_HOLDER = "holder"
_CALM = timedelta(minutes=2)
"""How long nobody else may have shown up before the database is one's own again: longer than anybody's nap."""

_SLACK = timedelta(seconds=5)
_LEAP = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Watch:
    """Notices another process on the same database, and steps of the wall clock.

    `me` names this process to people. `steady` gives seconds of a clock that never steps and runs as fast as the wall
    clock; without it only steps backward are noticed, and the wall clock tells how long something takes. `shared` says
    whether somebody else uses the database.
    """

    me: str = "a process"
    steady: Callable[[], float] | None = None
    shared: bool = False
    _token: str = field(default_factory=lambda: secrets.token_hex(8))
    _signed: bool = False
    _others: Outage = field(default_factory=lambda: Outage(calm=_CALM.total_seconds()))
    _last: tuple[datetime, float] | None = None

    async def sign(self, tx: Tx, now: datetime) -> str | None:
        """Sign the database; gives the signature that was there, for `signed` once this one is committed."""
        found = await process.recall(tx, _HOLDER)
        await process.remember(tx, _HOLDER, f"{self._token} {now.isoformat()} {self.me}"[:200])
        return found

    def signed(self, found: str | None, now: datetime) -> None:
        """Judge by the signature found below one's own: who finds another one over an earlier one is not alone.

        No clocks are compared for that, so that neither a step of them nor a quick restart looks like somebody else.
        """
        if found is not None and not found.startswith(self._token) and self._signed:
            self._meet(found, now)
        else:
            self._alone(now)
        self._signed = True

    def _meet(self, found: str, now: datetime) -> None:
        self.shared = True
        _, seen, who = found.split(" ", 2)
        if self._others.failed(self._seconds(now)):
            logger.warning(
                "another Trapwise is using this database (last seen %.0f s ago, %s); stop one of them: questions stay "
                "single, but an answer that only one of them hears may be overwritten by the other",
                max(now - datetime.fromisoformat(seen), timedelta(0)).total_seconds(),
                who,
            )

    def _alone(self, now: datetime) -> None:
        over = self._others.worked(self._seconds(now))
        if over is not None:
            self.shared = False
            logger.info("the other Trapwise left this database after %.0f s", over.seconds)

    def _seconds(self, now: datetime) -> float:
        """Give seconds by which lengths of time are told, of the steady clock where there is one."""
        return self.steady() if self.steady is not None else now.timestamp()

    def went_back(self, now: datetime) -> bool:
        """Tell whether the wall clock was set back since the last look; tells the operator of steps either way."""
        steady = self.steady() if self.steady is not None else 0.0
        last, self._last = self._last, (now, steady)
        if last is None:
            return False
        passed = now - last[0]
        if passed < -_SLACK:
            logger.warning(
                "this machine's clock was set back by %.0f s: nothing is asked or closed a second time, and questions "
                "close when it shows their time",
                -passed.total_seconds(),
            )
            return True
        leap = passed - timedelta(seconds=steady - last[1])
        if self.steady is not None and leap > _LEAP:
            logger.warning(
                "this machine's clock went forward by %.0f s: it was set, or the machine slept. What became due "
                "meanwhile is done now",
                leap.total_seconds(),
            )
        return False
