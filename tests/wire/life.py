"""A day in the life of two questions, one of either kind, during which the bot may die as often as it is told to.

Somebody starts it again each time; while it is down people go on answering. What they do is the same in every telling,
so that a life with crashes can be compared with one without.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import orjson

from tests.wire.clock import WireClock
from tests.wire.guilds import learners
from tests.wire.hooks import Point
from tests.wire.marks import Asked, asked_in
from tests.wire.nursery import Bot, Nursery
from tests.wire.people import emoji_of
from tests.wire.processes import bot_arguments
from tests.wire.server import WireServer
from tests.wire.state import Channel, Guild, Message
from tests.wire.truth import choices, posts, stored_choices, stored_marks
from tests.wire.waiting import until

KILLED = -9
MORNING = datetime(2026, 11, 23, 7, 29, 30, tzinfo=UTC)
DUE, SOON = timedelta(seconds=35), timedelta(seconds=5)
LEASE = timedelta(seconds=61)
SCRIPTED, PER_DEATH, DEATHS = 5, 3, 2
_TIDYING = 0.5
_PATIENCE = 30.0


class WentWrong(Exception):
    """What should hold does not; the text says what."""


def expect(holds: object, otherwise: str) -> None:
    """Raise `WentWrong` unless something holds."""
    if not holds:
        raise WentWrong(otherwise)


@dataclass(slots=True, kw_only=True)
class Life:
    """One telling. Everything it needs is in `folder`; bot number n dies at `plans[n]`, if there is one.

    `scheduled` says whether a schedule asks the questions, `besides` how many other messages the bot writes.
    """

    scheduled: ClassVar[bool] = True
    besides: ClassVar[int] = 0

    folder: Path
    server: WireServer
    guild: Guild
    channel: Channel
    clock: WireClock
    nursery: Nursery
    items: Sequence[str]
    plans: Sequence[Point] = ()
    bots: list[Bot] = field(default_factory=list)
    deaths: int = 0
    acted: set[tuple[int, int]] = field(default_factory=set)
    ending: bool = False

    @property
    def database(self) -> Path:
        """The bot's database."""
        return self.folder / "bot.db"

    @property
    def log(self) -> Path:
        """What the bots say."""
        return self.folder / "bot.log"

    @property
    def acks(self) -> Path:
        """What the bots acknowledged."""
        return self.folder / "acks"

    def trace(self, number: int) -> Path:
        """Give the points that bot `number` reached, from 0."""
        return self.folder / f"trace.{number}"

    @property
    def members(self) -> list[int]:
        """Everyone who answers, the same at each place in every telling; the last one is late."""
        return learners(self.server.world, self.guild)

    def asked(self) -> list[tuple[Asked, Message]]:
        """List the questions that stand in the channel."""
        standing = posts(self.server.world, self.channel.id)
        return [(each, standing[each.number][0]) for each in asked_in(self.database) if each.number in standing]

    def truth(self, asked: Asked, message: Message) -> dict[int, str]:
        """Give what everyone answered in time by what the server saw."""
        given = choices(message, single=asked.single, letters=asked.letters)
        return {member: choice for member, choice in given.items() if member != self.members[-1]}

    async def be_told(self) -> None:
        """Live through it.

        Raises:
            WentWrong: something is not as it should be.
            TimeoutError: something that should happen does not.
        """
        keeping = asyncio.create_task(self._keep_alive(), name="supervisor")
        telling = asyncio.create_task(self._day(), name="day")
        try:
            await asyncio.wait({keeping, telling}, return_when=asyncio.FIRST_EXCEPTION)
            for each in (keeping, telling):
                if each.done():
                    each.result()
        finally:
            for each in (keeping, telling):
                each.cancel()
            await asyncio.gather(keeping, telling, return_exceptions=True)
            if self.bots:
                await self.bots[-1].make_sure()

    async def _keep_alive(self) -> None:
        while True:
            bot = self._start()
            code = await bot.ended(300)
            if self.ending and code == 0:
                return
            expect(code == KILLED, f"the bot ended by itself, with {code}")
            self._look_after_promises()
            self._go_on_without_it()
            self.deaths += 1
            # A step that was begun belongs to the dead for as long as its lease.
            self.jump(self.clock() + LEASE)

    def _start(self) -> Bot:
        number = len(self.bots)
        options = {
            "trace": self.trace(number),
            "acks": self.acks,
            "steps": self.clock.steps,
            "items": ",".join(self.items),
            "longest_nap": 0.1,
        }
        arguments = bot_arguments(
            self.server.address, self.database, clock=self.clock, plan=self.plans[number : number + 1], options=options
        )
        self.bots.append(self.nursery.run(arguments, self.log))
        return self.bots[-1]

    def jump(self, instant: datetime) -> None:
        """Let the clock of everybody show a later instant."""
        assert self.clock.steps is not None
        ahead = float(self.clock.steps.read_text(encoding="ascii")) + (instant - self.clock()).total_seconds()
        # At once: a bot that looks in the middle of writing would see an empty file, and the clock go back.
        written = self.clock.steps.with_suffix(".new")
        written.write_text(str(ahead), encoding="ascii")
        written.replace(self.clock.steps)

    async def _day(self) -> None:
        await self._wait(lambda: self.deaths or self.server.gateway.connected, "the bot does not come")
        self.jump(MORNING + DUE)
        await self._wait(self._all_open, "not every question is open, with all its letters")
        for asked, message in self.asked():
            await self._act_out(asked, message)
        self.jump(max(asked.closes_at for asked, _ in self.asked()) + SOON)
        await self._wait(lambda: self._in_state("explained"), "not every question is explained")
        for asked, message in self.asked():
            await self._come_late(asked, message)
        await self._rest()

    def oddities(self) -> list[str]:
        """Say what is wrong besides questions, answers and scores."""
        return []

    async def _act_out(self, asked: Asked, message: Message) -> None:
        """Let everyone do what they do with a question that is open."""
        for place, mark, added in _script(asked):
            await self._act(asked, message, self.members[place], mark, added=added)

    async def _rest(self) -> None:
        """Let the bot stop."""
        self.ending = True
        stopped: set[int] = set()
        await self._wait(lambda: self._stop(stopped), "the bot does not stop")

    async def _come_late(self, asked: Asked, message: Message) -> None:
        """Let the last member answer a question that is explained, and wait until the bot has heard it, if it lives."""
        died = self.deaths
        self.server.people.tap(message.id, self.members[-1], asked.right[0])

        def heard() -> bool:
            return any(line[1:3] == (message.id, self.members[-1]) for line in _lines(self.acks))

        with contextlib.suppress(TimeoutError):
            await until(lambda: heard() or self.deaths != died, patience=_TIDYING)

    def _stop(self, stopped: set[int]) -> bool:
        """Ask whatever bot there is to stop, once; tell whether one has."""
        last = self.bots[-1]
        if last.number not in stopped and self._is_up(last):
            stopped.add(last.number)
            last.terminate()
        return last.code.done() and last.code.result() == 0

    def _is_up(self, bot: Bot) -> bool:
        """Tell whether a bot has come so far that it can be asked to stop."""
        return bool(self.server.gateway.connected) and not bot.code.done()

    def _in_state(self, *states: str) -> bool:
        found = asked_in(self.database)
        return len(found) == len(self.items) and all(each.state in states for each in found)

    def _all_open(self) -> bool:
        return self._in_state("open") and all(self._has_letters(*each) for each in self.asked())

    def _has_letters(self, asked: Asked, message: Message) -> bool:
        return all(self._seeded(message, letter) for letter in asked.letters)

    def _seeded(self, message: Message, letter: str) -> bool:
        reaction = message.reactions.get(emoji_of(letter))
        return reaction is not None and self.server.world.bot.id in reaction.normal

    async def _act(self, asked: Asked, message: Message, member: int, mark: str, *, added: bool) -> None:
        """Let a member do something, and wait until the bot has it: whoever answers does so at leisure."""
        if (message.id, member) in self.acted:
            return
        do = self.server.people.tap if added else self.server.people.lift
        do(message.id, member, mark.upper(), burst=mark.islower())
        died = self.deaths
        with contextlib.suppress(TimeoutError):
            # An earlier letter is taken off by the bot, if it lives to.
            await until(lambda: self._tidy(asked, message, member) or self.deaths != died, patience=_TIDYING)
        await self._wait(lambda: self._is_stored(asked, message, member), f"{mark} of {member} is not stored")

    def _tidy(self, asked: Asked, message: Message, member: int) -> bool:
        return not asked.single or len(held(message, member)) <= 1

    def _is_stored(self, asked: Asked, message: Message, member: int) -> bool:
        same = stored_choices(self.database, asked.number).get(member) == self.truth(asked, message).get(member)
        return same and stored_marks(self.database, asked.number).get(member, set()) == held(message, member)

    def _look_after_promises(self) -> None:
        """See that everything that was acknowledged is stored now that the bot is dead."""
        promised: dict[tuple[int, int], int] = defaultdict(int)
        for _, message_id, member, _, verdict in _lines(self.acks):
            promised[message_id, member] += verdict == "recorded"
        for asked, message in self.asked():
            stored, true = stored_choices(self.database, asked.number), self.truth(asked, message)
            for member in self.members[:-1]:
                done = sum(tap.user_id == member for tap in message.taps)
                # Whoever did more than was acknowledged may have been heard, or not.
                if done and promised[message.id, member] >= done:
                    found, wanted = stored.get(member), true.get(member)
                    expect(found == wanted, f"acknowledged {wanted} of {member} is lost: {found} is stored")

    def _go_on_without_it(self) -> None:
        """Let people answer, change and withdraw while the bot is down."""
        for asked, message in self.asked():
            if asked.state not in ("planned", "open"):
                continue
            first = SCRIPTED + PER_DEATH * self.deaths
            changes, withdraws, comes = self.members[first : first + PER_DEATH]
            for member in (changes, withdraws):
                self.acted.add((message.id, member))
                for mark in held(message, member):
                    self.server.people.lift(message.id, member, mark.upper(), burst=mark.islower())
            for letter in asked.right:
                self.server.people.tap(message.id, changes, letter)
            self.server.people.tap(message.id, comes, asked.wrong[0], burst=True)

    async def _wait(self, look: Callable[[], object], otherwise: str) -> None:
        try:
            await until(look, patience=_PATIENCE)
        except TimeoutError:
            raise WentWrong(otherwise) from None


def held(message: Message, member: int) -> set[str]:
    """Give what a member has on a post: capital letters, or small ones for super reactions."""
    marks = {emoji_of(letter): letter for letter in "ABCDEFGHIJ"}
    there = [(marks[emoji], each) for emoji, each in message.reactions.items() if emoji in marks]
    return {letter for letter, each in there if member in each.normal} | {
        letter.lower() for letter, each in there if member in each.burst
    }


def _lines(file: Path) -> Iterator[tuple[str, int, int, str, str]]:
    if file.exists():
        # The last line may be cut off.
        for line in file.read_bytes().split(b"\n")[:-1]:
            yield tuple(orjson.loads(line))


def _script(asked: Asked) -> list[tuple[int, str, bool]]:
    """Write what members do, by their places: letters appear and disappear, small ones as super reactions."""
    right, other = asked.right[0], asked.right[-1]
    wrong, worse = asked.wrong[0], asked.wrong[1]
    one = [
        (0, right, True),
        (1, wrong, True),
        (1, right, True),
        (2, right, True),
        (2, right, False),
        (3, wrong.lower(), True),
        (3, worse, True),
        (4, right.lower(), True),
        (4, right.lower(), False),
        (4, wrong, True),
    ]
    several = [
        (0, right, True),
        (0, other, True),
        (1, wrong, True),
        (1, other, True),
        (1, wrong, False),
        (2, right, True),
        (2, right, False),
        (3, right, True),
        (3, other.lower(), True),
        (3, wrong, True),
        (4, right.lower(), True),
        (4, right, True),
        (4, right.lower(), False),
    ]
    early = [
        (SCRIPTED + PER_DEATH * death + place, wrong, True) for death in range(DEATHS) for place in range(PER_DEATH - 1)
    ]
    return [*early, *(one if asked.single else several)]
