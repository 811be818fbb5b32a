"""The gateway's absence: told when it lasts, once, and when it is over."""

import asyncio
import logging

from bot.domain.outage import Outage

logger = logging.getLogger(__name__)

_BRIEF_SECONDS = 5.0
"""Discord moves bots to other machines now and then: a connection that is back by then is not worth a line."""


class Gone:
    """An absence of the gateway, from the first lost connection to the next that holds."""

    def __init__(self) -> None:
        self._outage = Outage()
        self._patience: asyncio.Task[None] | None = None
        self._told = False

    def begin(self) -> None:
        """Note that there is no connection; this may be said at every attempt."""
        if self._outage.failed(_steady()):
            self._told = False
            self._patience = asyncio.create_task(self._tell(), name="gateway gone")

    def over(self, repaired: str) -> None:
        """Note that there is a connection again, and how what was missed is repaired."""
        over = self._outage.worked(_steady())
        self.forget()
        if over is not None and self._told:
            logger.info(
                "connected to Discord's gateway again after %.0f s (%d attempts failed): %s",
                over.seconds,
                over.failures,
                repaired,
            )

    def forget(self) -> None:
        """Say nothing more: it is over, or the bot stops."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    async def _tell(self) -> None:
        await asyncio.sleep(_BRIEF_SECONDS)
        self._told = True
        logger.warning(
            "Discord's gateway has been gone for %.0f s; trying to reconnect. Reactions added or taken away meanwhile "
            "are found when it is back; commands and buttons do not work until then",
            _BRIEF_SECONDS,
        )


def _steady() -> float:
    return asyncio.get_running_loop().time()
