"""A round's life: everything that can happen to it, one thing after the other, each compared with the model."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bot.domain.rounds import RoundState
from bot.storage.store import StorageBusy
from tests.builders import NOW, make_bank, make_item
from tests.fakes import Clock
from tests.services.house import House, Killed
from tests.services.round_model import Event, Fate, Journal, Letters, Look, Outage
from tests.services.round_world import CHANNEL, OWNER, Chat, hear, kill_around_commits

MEMBERS = (1, 2)
OPEN_FOR = timedelta(hours=2)
NAME = "Daily question"
FINISHED = (RoundState.EXPLAINED, RoundState.VOID)
Task: TypeAlias = asyncio.Task[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A sign of life, where and when, and the outage that was not repaired then."""

    place: int
    at: datetime
    unread: Outage | None


class Life:
    """One round, two members, and a chat that outlives every process. Every step takes a second."""

    def __init__(self, file: Path, patch: pytest.MonkeyPatch, *, single: bool = True, tidies: bool = False) -> None:
        self.letters = "ABC" if single else "ABCD"
        item = make_item(key="A" if single else "AB", options=len(self.letters))
        self.clock = Clock(NOW)
        self.journal = Journal(single=single, members=MEMBERS)
        self.chat = Chat(self._begun, self._looked, self._returned)
        self.chat.tidies = tidies
        self.house = House(file=file, clock=self.clock, publisher=self.chat, banks=(make_bank([item]),))
        self._hearing: set[Task] = set()
        self._repairs: set[Task] = set()
        # What was not heard and no diff has found yet, by member.
        self._outages: dict[int, list[Outage]] = {member: [] for member in MEMBERS}
        self._signed: Sign | None = None
        self._signing: Sign | None = None
        self._latest = NOW
        # Who did something last where, and who did something after the close that this process knows of.
        self._heard: dict[int, int] = {}
        self._late: set[int] = set()
        # Which letters were cleared where.
        self._swept: list[tuple[int, str]] = []
        self._compared = 0
        self._looked_at_close = False
        kill_around_commits(patch, self.chat)

    async def begin(self) -> "Life":
        """Start a first process; its schedule is due at once."""
        await self.start()
        await self.house.schedule(weekdays=(0,), next_run=NOW, open_for=OPEN_FOR, catch_up=OPEN_FOR)
        return self

    async def posted(self) -> "Life":
        """Start a first process, post the question, and listen."""
        await self.begin()
        await self.tick()
        await self.connect()
        return self

    # What people do.

    async def tap(self, member: int, marks: str) -> None:
        """Tap marks, those that are there to take them away; the process hears of it."""
        for mark in marks:
            self.chat.toggle(member, mark)
        await self.deliver()

    async def choose(self, member: int, letters: str) -> None:
        """Answer by button; the process hears of it."""
        self.chose(member, letters)
        await self.deliver()

    def chose(self, member: int, letters: str) -> None:
        """Answer by button; the process hears of it later."""
        self.chat.happens(Event(kind="choose", member=member, what=letters[:1] if self.journal.single else letters))

    async def clear(self, letters: str) -> None:
        """Let a moderator clear letters."""
        self.chat.clear(letters)
        await self.deliver()

    async def deliver(self) -> None:
        """Let the process hear of all that happened, at once."""
        await self._go(self._deliver())

    async def resume(self) -> None:
        """Let an organiser make the schedule go on."""
        with suppress(StorageBusy):
            await self._go(self.house.organising.resume(100, NAME))

    # What happens to the process.

    async def start(self) -> None:
        """Start a process; it is not connected yet."""
        self.chat.dead, self.chat.doom = False, 0
        await self.house.open()

    async def kill(self) -> None:
        """Kill the process while it waits for something."""
        self.chat.dead = True
        await self._go()

    async def connect(self) -> None:
        """Connect, without a replay of what was missed."""
        self.chat.connected, over = True, self.journal.next()
        for member, outages in self._outages.items():
            for outage in outages:
                outage.until = outage.until or over
            if not self.chat.message:
                self._outages[member] = []
        await self._go(self._catch_up())

    async def lose(self) -> None:
        """Lose the gateway, and what is on the wire."""
        self._disconnected()
        self.house.answering.went_away()
        place = self.journal.next()
        outage = Outage(places=(place, place), letters=(place, place), at=self.clock())
        for outages in self._outages.values():
            outages.append(outage)
        await self._go()

    async def tick(self) -> None:
        """Wake the loop."""
        unread = [each for outages in self._outages.values() for each in outages[:1] if self._live()]
        self._signing = Sign(
            place=self.journal.next(),
            at=self.clock() + timedelta(seconds=1),
            unread=min(unread, key=lambda each: each.places, default=None),
        )
        with suppress(StorageBusy):
            await self._go(self.house.daily.tick())
        if not self.chat.dead:
            self._alive()

    async def release(self) -> None:
        """Let go on what was held."""
        self.chat.release()
        await self._go()

    async def close(self) -> None:
        """Let the round's time come, and wake the loop."""
        self.clock.now = max(self.clock.now, NOW + OPEN_FOR + timedelta(minutes=1))
        await self.tick()

    async def end(self) -> None:
        """Let everything work again, and the round come to its end: whatever happened, it is the right one."""
        self.chat.faults.clear()
        self.chat.armed, self.chat.doom = None, 0
        self.chat.release()
        if self.chat.dead:
            await self.start()
        await self.release()
        await self.deliver()
        if self.chat.connected:
            await self.lose()
        looks = self._compared
        await self.connect()
        if self.state() is RoundState.OPEN:
            assert self._compared > looks, "nobody looked for what was missed"
            assert self.chat.seeds[self.chat.message] == self.letters
        for _ in range(60):
            await self.tick()
            if self.state() in FINISHED or (self.state() is None and self.clock() > NOW + OPEN_FOR):
                break
            await self.resume()
            self.clock.now = max(self.clock() + timedelta(minutes=11), NOW + OPEN_FOR)
        await self.kill()
        await self.start()
        await self.connect()
        await self.tick()
        self._check_results()

    async def bury(self) -> None:
        """Close what is left."""
        if not self.chat.dead:
            self.chat.dead = True
            await self._bury()

    def _live(self) -> bool:
        """Tell whether the round takes answers, or is about to be graded."""
        return self.state() in (RoundState.OPEN, RoundState.CLOSING)

    def state(self) -> RoundState | None:
        """Give the round's state as it is stored."""
        rows = self.house.rows("SELECT state FROM rounds")
        return RoundState(rows[0][0]) if rows else None

    # How it is compared.

    def _check(self) -> None:
        assert len(self.chat.posts) <= 1
        assert len(self.chat.reveals) <= 1
        assert self.house.rows("SELECT id FROM rounds WHERE id > 1 OR closing_at < closes_at") == []
        stored = dict.fromkeys(MEMBERS, ("", False))
        for member, choice, unresolved in self.house.rows("SELECT member_id, choice, unresolved FROM answers"):
            stored[member] = choice, bool(unresolved)
        self.journal.check(stored)

    def _check_results(self) -> None:
        results = {row[1]: row[2] for row in self.house.results()}
        if not self.chat.posts:
            assert (self.state(), results) in ((None, {}), (RoundState.VOID, {}))
            return
        assert self.state() is RoundState.EXPLAINED
        # Only where the bot may not look does it grade what it heard.
        assert self._looked_at_close or self.chat.forbidden
        (reveal,) = self.chat.reveals
        key = reveal.round.posed.key
        told = {tuple(self.journal.told(world).items()) for world in self.journal.fold()}
        (answers,) = told
        assert results == {
            member: 0 if unsure else int(5040 * _share(frozenset(choice), key))
            for member, (choice, unsure) in answers
            if choice
        }
        assert reveal.tally.participants == len(results)

    # How it is done.

    async def _go(self, work: Coroutine[Any, Any, Any] | None = None) -> None:
        """Do something, and whatever follows from it, until everything waits; then compare."""
        self.clock.advance(seconds=1)
        self._latest = max(self._latest, self.clock())
        try:
            if work is not None:
                await work
            await self._rest()
        except Killed:
            assert self.chat.dead
        for task in [each for each in self._hearing | self._repairs if each.done()]:
            self._hearing.discard(task)
            self._repairs.discard(task)
            if not task.cancelled() and not isinstance(task.exception(), Killed):
                task.result()
        if self.chat.dead:
            await self._bury()
        for look in [each for each in self.journal.looks() if each.returned and (self.chat.dead or not self.chat.busy)]:
            look.fate = Fate.LOST if self.chat.dead else Fate.STORED
            for member in set(MEMBERS) - look.skip if look.fate is Fate.STORED else ():
                left = [each for each in self._outages[member] if each.until is None or each.until > look.place]
                self._outages[member] = left
        self._check()

    async def _rest(self) -> None:
        while (going := self._going()) and not self.chat.dead:
            if self.chat.busy:  # whoever waits for the database waits for long
                done, _ = await asyncio.wait(going, timeout=0.02)
                if not done:
                    return
                continue
            self.chat.changed.clear()
            changed = asyncio.create_task(self.chat.changed.wait())
            await asyncio.wait({*going, changed}, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()

    def _going(self) -> set[Task]:
        """Everything that can go on: not what is held, nor what waits for what is held."""
        workers: set[Task] = set(self.house.daily._workers.values())
        hearing = self._hearing if not self.house.answering.is_posting(CHANNEL) else set()
        again: set[Task] = set(self.house.daily._repairing.values())
        return {
            task for task in workers | self._repairs | again | hearing if not task.done() and task not in self.chat.held
        }

    async def _bury(self) -> None:
        self.chat.held.clear()
        self.chat.busy, self.chat.busy_in = False, 0
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.house.close()
        for event in self.journal.events():
            event.fate = Fate.LOST
        self._disconnected()
        self._alive()
        self._outages = {member: self._found_dead() for member in MEMBERS}
        self._hearing.clear()
        self._repairs.clear()
        self._late.clear()

    def _alive(self) -> None:
        """Learn whether the last tick's sign of life was stored."""
        told = self.house.rows("SELECT value FROM process WHERE key = 'alive'")
        if self._signing is not None and told == [(self._signing.at.isoformat(),)]:
            self._signed, self._signing = self._signing, None

    def _found_dead(self) -> list[Outage]:
        """Give what the next process knows of its outage: when the last sign of life was, and what was unread then."""
        if self._signed is None:
            return []
        known, died = self._signed.unread, self.journal.next()
        if known is None:
            place, at = self._signed.place, self._signed.at
            return [Outage(places=(place, place), letters=(died, died), at=at, clock=at)]
        return [Outage(places=known.places, letters=(known.places[0], died), at=known.at, clock=known.at)]

    def _disconnected(self) -> None:
        self.chat.connected = False
        self.chat.wire.clear()

    async def _catch_up(self) -> None:
        self._repairs.add(asyncio.create_task(self._repair()))

    async def _repair(self) -> None:
        OWNER.set(asyncio.current_task())
        await self.house.daily.catch_up()

    async def _deliver(self) -> None:
        events, state = list(self.chat.wire), self.state()
        self.chat.wire.clear()
        self.journal.deliver(events, behind=self.chat.busy)
        for event in events:
            event.place = self.journal.next()
            self.journal.heard_at[event.member] = self._latest
            closed = state not in (RoundState.PLANNED, RoundState.OPEN)
            match event.kind:
                case "choose":
                    self.journal.private_at[event.place] = self._latest
                case "clear":
                    self._swept.append((event.place, event.what))  # it touches nobody
            if event.kind != "clear" and not (event.kind == "choose" and closed):
                # A button that is refused says nothing about the letters on the post.
                self._heard[event.member] = event.place
                self._late |= {event.member} if closed else set()
            self._hearing.add(asyncio.create_task(self._hear(event, state)))

    async def _hear(self, event: Event, state: RoundState | None) -> None:
        await hear(event, self.house.answering, self.chat, self.house.stepper.repair_later)
        if state is RoundState.OPEN:
            assert event.fate is Fate.STORED, f"{event} does not count in an open round"
        elif state is not RoundState.PLANNED:
            assert event.fate is Fate.REFUSED, f"{event} counts in a round that is {state}"

    def _begun(self) -> Look:
        outages = {member: outages[0] for member, outages in self._outages.items() if outages}
        noted = bool(self.house.rows("SELECT id FROM rounds WHERE seeded"))
        closing = self.state() is not RoundState.OPEN
        look = Look(place=self.journal.next(), closing=closing, outages=outages, noted=noted)
        self.journal.entries.append(look)
        return look

    def _looked(self, look: Look) -> None:
        look.unseeded = Letters(self.letters) - Letters(self.chat.seeds[self.chat.message])
        look.marks = {member: self.chat.there(member) for member in MEMBERS}
        look.cleared = self._cleared(look)

    def _cleared(self, look: Look) -> frozenset[Letters]:
        """Give what a moderator cleared: nothing that never was there. That it was may not have been noted yet."""
        if not self.chat.planted:
            return frozenset({Letters()})
        return frozenset({look.unseeded} if look.noted else {look.unseeded, Letters()})

    def _returned(self, look: Look) -> None:
        if look.place < self._compared or (not look.closing and self.state() is not RoundState.OPEN):
            look.fate = Fate.REFUSED  # overtaken by a later one, or by the close, which looks again
            return
        look.cleared |= self._cleared(look)
        look.returned, self._compared = True, look.place
        look.swept = Letters("".join(letters for place, letters in self._swept if place > look.place))
        if look.closing:
            self._looked_at_close = True
            look.skip = frozenset(self._late)
        else:
            look.skip = frozenset(member for member in MEMBERS if self._heard.get(member, 0) > look.place)


def _share(chosen: Letters, key: Letters) -> Fraction:
    right, wrong = len(chosen & key), len(chosen - key)
    return Fraction(max(min(right, len(key) - wrong), 0), len(key)) if len(key) > 1 else Fraction(chosen == key)
