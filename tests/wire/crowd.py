"""A crowd: hundreds of members who answer, change their minds and withdraw, whatever the network does.

They do nothing of which a bot that was deaf meanwhile could not tell in the end what they meant. On a question with one
right answer some take their letter back before they tap another; the others wait until a letter is stored before they
tap the next one; and nobody taps a letter again that they have tapped there before. Where several letters count, they
do as they like.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.wire.life import held
from tests.wire.marks import Asked
from tests.wire.people import People
from tests.wire.state import Message

Stored = Callable[[int], Mapping[int, str]]
"""Gives by the number of a question what is stored for its members."""

_SUPER = 0.2
_LATE = 0.02


@dataclass(slots=True, kw_only=True)
class Post:
    """A question as its members see it."""

    asked: Asked
    message: Message
    members: list[int]
    late: set[int] = field(default_factory=set)
    tapped: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    owed: float = 0.0
    revealed: bool = False


class Crowd:
    """Lets members act. `margin` is how long before the close they stop, `pace` how many act on a post in a second."""

    def __init__(self, people: People, rng: Random, *, margin: timedelta, pace: float) -> None:
        self._people = people
        self._rng = rng
        self._margin = margin
        self._pace = pace
        self.posts: dict[int, Post] = {}
        self.acts = 0

    def act(self, now: datetime, seconds: float, stored: Stored) -> None:
        """Let so many members act as do in some seconds."""
        for post in self.posts.values():
            if now < post.asked.closes_at - self._margin and not post.revealed:
                post.owed += self._pace * seconds
                known = stored(post.asked.number) if post.owed >= 1 else {}
                while post.owed >= 1:
                    post.owed -= 1
                    self._answer(post, self._rng.choice(post.members), known)
            elif post.revealed and self._rng.random() < _LATE:
                self._come_late(post)

    def _answer(self, post: Post, member: int, known: Mapping[int, str]) -> None:
        if member in post.late:
            return
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
        if member in post.late or member not in post.tapped:
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
