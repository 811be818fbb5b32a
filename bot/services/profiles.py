"""Profiles: the traps that one learner keeps falling for, and those that catch a server."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.bank import Bank
from bot.domain.profile import AGAIN, RECENT, WINDOW, Crowd, Share, group_weights, profile, trend
from bot.domain.related import items_on
from bot.domain.trap import Trap
from bot.services.library import Library
from bot.services.ports import Clock
from bot.storage import profiles
from bot.storage.store import Store, Tx

REPEATED = 3
"""How many of their traps a learner is shown."""

SHOWN = 5
"""How many of a server's traps an organiser is shown."""

MIN_MEMBERS = 5
"""An organiser is told nothing of a trap, or of a stretch of time, in which fewer members met it."""

_SIDE = 3
"""So many members have to have fallen, and as many not, for their number to be told: an organiser who is one of them
would else know of every other. Fewer are told as a range that is wide enough to keep that open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A trap that a learner has not left behind: how often it caught them in half a year, and when last.

    `spent` says that practice could only ask what they had a moment ago: it has one item.
    """

    bank: Bank
    trap: Trap
    times: int
    last: datetime
    spent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """How a server does on a trap: the members who met it, how many of them fell, and the answers of late and before.

    `recent` and `before` are `None` where they would tell of too few members.
    """

    bank: Bank
    trap: Trap
    members: Crowd
    recent: Share | None
    before: Share | None


class Profiles:
    """Looks up which confusions keep coming back."""

    def __init__(self, store: Store, clock: Clock, *, library: Library) -> None:
        self._store = store
        self._clock = clock
        self._library = library

    async def repeated(self, guild_id: int | None, member_id: int) -> tuple[Repeated, ...]:
        """List the traps that a learner repeats most in a server; those that no bank has any more are left out.

        Without a server it is what they repeat in direct messages.
        """
        now = self._clock()
        async with self._store.read() as tx:
            met = await profiles.encounters(tx, guild_id, member_id, since=now - WINDOW)
        lately = {(each.bank, each.trap) for each in met if now - each.at < AGAIN}
        found = [
            Repeated(
                bank=bank,
                trap=bank.traps[each.trap],
                times=each.times,
                last=each.last,
                spent=len(items_on(bank, each.trap)) == 1 and (each.bank, each.trap) in lately,
            )
            for each in profile(met, now)
            for bank in self._library.banks
            if bank.id == each.bank and each.trap in bank.traps
        ]
        return tuple(found[:REPEATED])

    async def insights(self, guild_id: int) -> tuple[Insight, ...]:
        """List the traps that catch a server most, the heaviest first, without saying whom."""
        found: list[tuple[float, Insight]] = []
        async with self._store.read() as tx:
            for bank in self._library.banks:
                found += await self._of_bank(tx, guild_id, bank)
        found.sort(key=lambda each: -each[0])
        return tuple(insight for _, insight in found[:SHOWN])

    async def _of_bank(self, tx: Tx, guild_id: int, bank: Bank) -> list[tuple[float, Insight]]:
        now = self._clock()
        since = now - WINDOW
        meetings = await profiles.meetings(tx, guild_id, bank.id, since=since)
        people = await profiles.people(tx, guild_id, bank.id, since=since, lately=now - RECENT)
        found = []
        for trap_id, weight in group_weights(meetings, now).items():
            if trap_id not in bank.traps or people[trap_id].everyone.met < MIN_MEMBERS:
                continue
            recent, before = trend([each for each in meetings if each.trap == trap_id], now)
            insight = Insight(
                bank=bank,
                trap=bank.traps[trap_id],
                members=_crowd(people[trap_id].everyone),
                recent=recent if _may_be_told(people[trap_id].recent) else None,
                before=before if _may_be_told(people[trap_id].before) else None,
            )
            found.append((weight, insight))
        return found


def _crowd(members: Share) -> Crowd:
    """Give how many fell, as narrowly as it may be told; at least one did."""
    if members.fell < _SIDE:
        return Crowd(met=members.met, least=1, most=_SIDE - 1)
    if members.met - members.fell < _SIDE:
        return Crowd(met=members.met, least=members.met - _SIDE + 1, most=members.met)
    return Crowd(met=members.met, least=members.fell, most=members.fell)


def _may_be_told(members: Share) -> bool:
    """Tell whether figures of these members' answers say of nobody that they fell."""
    if members.met < MIN_MEMBERS:
        return False
    return not members.fell or _SIDE <= members.fell <= members.met - _SIDE
