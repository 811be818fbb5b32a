"""The registry of commands: remembers which command list Discord has, so that it is sent only when it changed."""

from bot.storage import process
from bot.storage.store import Store

_KEY = "commands"


class CommandRegistry:
    """Keeps the fingerprint of the command list that was sent last."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def is_current(self, fingerprint: str) -> bool:
        """Tell whether this list was sent last."""
        async with self._store.read() as tx:
            return await process.recall(tx, _KEY) == fingerprint

    async def sent(self, fingerprint: str) -> None:
        """Remember that this list was sent."""
        async with self._store.write() as tx:
            await process.remember(tx, _KEY, fingerprint)
