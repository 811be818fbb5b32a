"""Announcing: telling organisers what happened to their schedules."""

from bot.domain.schedule import Schedule
from bot.services.ports import Clock, Publisher
from bot.storage import notices
from bot.storage.store import Store, Tx


class Announcer:
    """Keeps sentences for organisers, and sends them to whoever made the schedule."""

    def __init__(self, store: Store, clock: Clock, publisher: Publisher) -> None:
        self._store = store
        self._clock = clock
        self._publisher = publisher

    async def tell(self, schedule: Schedule, text: str) -> None:
        """Keep a sentence for the server's next organiser command, and send it as a direct message."""
        async with self._store.write() as tx:
            await self.keep(tx, schedule, text)
        await self.send(schedule, text)

    async def keep(self, tx: Tx, schedule: Schedule, text: str) -> None:
        """Keep a sentence together with what it tells of; `send` it once that is committed."""
        await notices.add(tx, schedule.guild_id, text, now=self._clock())

    async def send(self, schedule: Schedule, text: str) -> None:
        """Send a sentence as a direct message to whoever made a schedule."""
        await self._publisher.tell(schedule.created_by, text)

    async def waiting(self, guild_id: int) -> list[str]:
        """Give the sentences a server's organisers have not seen yet, and count them as seen."""
        async with self._store.write() as tx:
            return await notices.take(tx, guild_id, now=self._clock())
