"""A crowd: hundreds of members who answer, change their minds and withdraw, whatever the network does.

Three in five are *steady*: they do nothing of which a bot that was deaf meanwhile could not tell in the end what they
meant. On a question with one right answer some take their letter back before they tap another; the others wait until a
letter is stored before they tap the next one; and nobody taps a letter again that they have tapped there before. Where
several letters count, they do as they like. In the last moments they leave the question alone.

The others are *restless*: letters, private answers and withdrawals in any order, up to the close and beyond it. On some
posts a moderator clears letters, too.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.wire.life import held
from tests.wire.marks import Asked
from tests.wire.people import People
from tests.wire.privately import Menus
from tests.wire.state import Message

Stored = Callable[[int], Mapping[int, str]]
"""Gives by the number of a question what is stored for its members."""

_SUPER = 0.2
_LATE = 0.02
_HASTE = 6.0
"""How much more often the restless act around the close."""

_CLEARED_POSTS, _CLEARS_A_SECOND = 3, 0.05
"""On every third post a moderator clears letters, about every twenty seconds."""


@dataclass(slots=True, kw_only=True)
class Post:
    """A question as its members see it."""

    asked: Asked
    message: Message
    members: list[int]
    menus: Menus
    late: set[int] = field(default_factory=set)
    tapped: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    owed: float = 0.0
    clears: int = 0
    revealed: bool = False


class Crowd:
    """Lets members act. `margin` is how long before the close the steady stop, `pace` how many act in a second."""

    def __init__(self, people: People, rng: Random, *, margin: timedelta, pace: float) -> None:
        self._people = people
        self._rng = rng
        self._margin = margin
        self._pace = pace
        self._acting: set[asyncio.Task[None]] = set()
        self.posts: dict[int, Post] = {}
        self.acts = 0

    def act(self, now: datetime, seconds: float, stored: Stored) -> None:
        """Let so many members act as do in some seconds."""
        for post in self.posts.values():
            if post.revealed:
                if self._rng.random() < _LATE:
                    self._come_late(post)
            elif now < post.asked.closes_at + self._margin:
                self._act_on(post, now, seconds, stored)

    async def finish(self) -> None:
        """Wait until nobody waits for an answer any more."""
        while self._acting:
            await asyncio.wait(self._acting)

    def _act_on(self, post: Post, now: datetime, seconds: float, stored: Stored) -> None:
        near = now >= post.asked.closes_at - self._margin
        if post.asked.number % _CLEARED_POSTS == 0 and self._rng.random() < _CLEARS_A_SECOND * seconds:
            self._clear(post)
        post.owed += self._pace * seconds * (_HASTE if near else 1)
        known = stored(post.asked.number) if post.owed >= 1 and not near else {}
        while post.owed >= 1:
            post.owed -= 1
            member = self._rng.choice(post.members)
            if not is_steady(member):
                self._do_anything(post, member)
            elif not near:
                self._answer(post, member, known)

    def _clear(self, post: Post) -> None:
        letter = None if self._rng.random() < 0.5 else self._rng.choice(post.asked.letters)
        self._people.clear(post.message.id, letter, moderator_id=-1)
        post.clears += 1
        self.acts += 1

    def _do_anything(self, post: Post, member: int) -> None:
        there, drawn = held(post.message, member), self._rng.random()
        if drawn < 0.3 and not post.menus.is_busy(member):
            self._choose(post, member)
        elif drawn < 0.5 and there:
            self._lift(post, member, self._rng.choice(sorted(there)))
        else:
            self._tap(post, member, self._rng.choice(post.asked.letters))

    def _choose(self, post: Post, member: int) -> None:
        count = 1 if post.asked.single else self._rng.randint(1, len(post.asked.letters))
        letters = "" if self._rng.random() < 0.3 else "".join(sorted(self._rng.sample(post.asked.letters, count)))
        acting = asyncio.create_task(post.menus.answer(self._people, self._rng, member, letters))
        self._acting.add(acting)
        acting.add_done_callback(self._acting.discard)
        self.acts += 1

    def _answer(self, post: Post, member: int, known: Mapping[int, str]) -> None:
        if post.asked.single:
            self._answer_one(post, member, known)
        else:
            self._answer_several(post, member)

    def _answer_one(self, post: Post, member: int, known: Mapping[int, str]) -> None:
        there = held(post.message, member)
        if there and (self._is_careful(member) or self._rng.random() < 0.2):
            for mark in there:
                self._lift(post, member, mark)
            if self._rng.random() < 0.3:
                return
        elif there and known.get(member) != post.tapped[member][-1:].upper():
            return
        fresh = [letter for letter in post.asked.letters if letter not in post.tapped[member].upper()]
        if fresh:
            self._tap(post, member, self._rng.choice(fresh))

    def _answer_several(self, post: Post, member: int) -> None:
        there = held(post.message, member)
        if there and self._rng.random() < 0.3:
            self._lift(post, member, self._rng.choice(sorted(there)))
        else:
            self._tap(post, member, self._rng.choice(post.asked.letters))

    def _come_late(self, post: Post) -> None:
        member = self._rng.choice(post.members)
        if member in post.late or member not in post.tapped or not is_steady(member):
            if member not in post.tapped:
                post.late.add(member)
            self._tap(post, member, self._rng.choice(post.asked.letters))

    def _is_careful(self, member: int) -> bool:
        return member % 2 == 0

    def _tap(self, post: Post, member: int, letter: str) -> None:
        burst = self._rng.random() < _SUPER
        post.tapped[member] += letter.lower() if burst else letter
        self.acts += self._people.tap(post.message.id, member, letter, burst=burst)

    def _lift(self, post: Post, member: int, mark: str) -> None:
        self.acts += self._people.lift(post.message.id, member, mark.upper(), burst=mark.islower())


def is_steady(member: int) -> bool:
    """Tell whether a member does only what even a deaf bot could tell."""
    return member % 5 > 1
