"""Under way: the rounds that take answers or are about to be graded, by round and by post, as they are in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.domain.answer import Answer
from bot.domain.rounds import UNDER_WAY, Round, RoundState
from bot.services.live import Gap, Live
from bot.services.ports import Clock
from bot.storage import answers as stored
from bot.storage import rounds as ledger
from bot.storage.store import Store


class UnderWay:
    """Knows every round under way, what its members hold, and since when something may have been missed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._live: dict[int, Live] = {}
        self._by_message: dict[int, Live] = {}
        self._sequence = 0
        self._shared = False
        # While Discord is gone, and until it has told again what happened meanwhile.
        self._away: Gap | None = None
        # No private answer looks older than this, whatever the clock says.
        self._earliest: datetime | None = None

    async def load(
        self, *, alive: datetime | None = None, unread: Mapping[int, datetime] = MappingProxyType({})
    ) -> list[Round]:
        """Take up every round under way from the database; gives the open and closing ones.

        An earlier run was `alive` last at an instant, and some rounds were `unread` even then, since another one.
        """
        async with self._store.read() as tx:
            found = await ledger.in_states(tx, UNDER_WAY)
            held = await stored.of_rounds(tx, [each.id for each in found])
        if alive is not None:
            self._away = Gap(self.now_at(), alive)
            self.signed(alive, unread)
        for each in found:
            self._take_up(each, held[each.id])
            if alive is not None and (live := self._live.get(each.id)) is not None:
                live.begin(alive, unread.get(each.id), self.now_at())
        return found

    def opened(self, asked: Round, *, found: bool = False) -> None:
        """Begin to take answers for a round that was just posted, with those that waited for it.

        One that was `found` stood there for a while before it was known here.
        """
        self._take_up(asked, {})
        if found and (live := self._live.get(asked.id)) is not None:
            place = self.now_at()
            live.gaps.append(Gap(place, self._clock(), place))

    async def take_up(self, found: Round) -> None:
        """Take up one round under way that is not known here: another process, or one that crashed, posted it."""
        if found.id in self._live:
            return
        async with self._store.read() as tx:
            held = (await stored.of_rounds(tx, [found.id]))[found.id]
        if found.id not in self._live:
            self._take_up(found, held)

    def dropped(self, round_id: int) -> None:
        """Forget a round that is graded or void."""
        live = self._live.pop(round_id, None)
        if live is not None and live.round.message_id is not None:
            self._by_message.pop(live.round.message_id, None)

    def round_of(self, message_id: int) -> Round | None:
        """Give the round that a post belongs to, while it takes or has just taken letters: a mere look-up."""
        live = self._by_message.get(message_id)
        return None if live is None else live.round

    def under_way(self, round_id: int) -> Round | None:
        """Give a round while it takes or has just taken answers: a mere look-up."""
        live = self._live.get(round_id)
        return None if live is None else live.round

    def open_rounds(self) -> list[Round]:
        """List the rounds that take answers."""
        return [live.round for live in self._live.values() if not live.closing]

    def held(self, round_id: int, member_id: int) -> Answer | None:
        """Give what a member holds for a round under way."""
        live = self._live.get(round_id)
        return None if live is None else live.answers.get(member_id)

    def all_held(self, round_id: int) -> Mapping[int, Answer] | None:
        """Give what everyone holds for a round under way, `None` when it is not: void meanwhile, for one."""
        live = self._live.get(round_id)
        return None if live is None else dict(live.answers)

    @property
    def shared(self) -> bool:
        """Whether another process works on the same database, by mistake."""
        return self._shared

    async def note_others(self, *, present: bool) -> None:
        """Note whether another process works on the same database, and forget what it has graded or dropped."""
        self._shared = present
        if present and (known := list(self._live)):
            async with self._store.read() as tx:
                left = await ledger.still(tx, known, UNDER_WAY)
            for round_id in set(known) - left:
                self.dropped(round_id)

    def now_at(self) -> int:
        """Give the next place in the order of changes; a snapshot begun now is compared by it."""
        self._sequence += 1
        return self._sequence

    def went_away(self) -> None:
        """Note that Discord is gone: from now on something may be missed on every post, until it is read.

        What Discord tells again afterwards may have happened in time, whenever we hear it.
        """
        if self._away is None:
            now = self._clock()
            self._away = Gap(self.now_at(), now)
            self._earliest = max(self._earliest or now, now)
            for live in self._live.values():
                live.gaps.append(self._away)

    @property
    def away(self) -> bool:
        """Whether Discord is gone, or has yet to tell what happened meanwhile."""
        return self._away is not None

    def came_back(self, *, replayed: bool = False) -> None:
        """Note that Discord has told what happened meanwhile, or never will."""
        if self._away is None:
            return
        self._away.until = self.now_at()
        if replayed:
            for live in self._live.values():
                live.gaps = [gap for gap in live.gaps if gap is not self._away]
        self._away = None

    def unread(self) -> dict[int, datetime]:
        """Give the rounds on whose posts something may have been missed, and since when."""
        return {round_id: since for round_id, live in self._live.items() if (since := live.unread_since) is not None}

    def is_unread(self, round_id: int) -> bool:
        """Tell whether something may have been missed on a round's post."""
        live = self._live.get(round_id)
        return live is not None and live.unread_since is not None

    def signed(self, alive: datetime, unread: Mapping[int, datetime]) -> None:
        """Note the sign of life that is stored now, and what was unread then."""
        self._earliest = max(alive, *unread.values()) if unread else alive

    def seeded(self, round_id: int) -> None:
        """Note that a post has the bot's own letters: one that is missing from now on was cleared."""
        live = self._live.get(round_id)
        if live is not None and not live.round.seeded:
            live.round = replace(live.round, seeded=True)
            live.seeded_at = self.now_at()

    def _take_up(self, found: Round, held: dict[int, Answer]) -> None:
        if found.message_id is None:
            return
        closed_at = self._sequence if found.state is RoundState.CLOSING else None
        gaps = [self._away] if self._away is not None else []
        live = Live(round=found, answers=held, closed_at=closed_at, gaps=gaps)
        self._live[found.id] = live
        if found.by_letter:
            self._by_message[found.message_id] = live
