"""Announcing: telling organisers what happened to their schedules, and hosts what happened to their quizzes."""

from bot.domain.quiz import Quiz
from bot.domain.schedule import Schedule
from bot.services.ports import Clock, Publisher
from bot.storage import notices
from bot.storage.store import Store, Tx


class Announcer:
    """Keeps sentences for organisers, and sends them to whoever made the schedule or the quiz."""

    def __init__(self, store: Store, clock: Clock, publisher: Publisher) -> None:
        self._store = store
        self._clock = clock
        self._publisher = publisher

    async def tell(self, about: Schedule | Quiz, text: str) -> None:
        """Keep a sentence for the server's next organiser command, and send it as a direct message."""
        async with self._store.write() as tx:
            await self.keep(tx, about, text)
        await self.send(about, text)

    async def keep(self, tx: Tx, about: Schedule | Quiz, text: str) -> None:
        """Keep a sentence together with what it tells of; `send` it once that is committed."""
        await notices.add(tx, about.guild_id, text, now=self._clock())

    async def send(self, about: Schedule | Quiz, text: str) -> None:
        """Send a sentence as a direct message to whoever made a schedule or started a quiz."""
        await self._publisher.tell(about.created_by, text)

    async def waiting(self, guild_id: int) -> list[str]:
        """Give the sentences a server's organisers have not seen yet, and count them as seen."""
        async with self._store.write() as tx:
            return await notices.take(tx, guild_id, now=self._clock())
