"""What services need from outside: the time, and a narrow port towards the chat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.domain.bank import Bank, Source
from bot.domain.quiz import Quiz
from bot.domain.rounds import Round
from bot.domain.scenarios.finding import Diagnosis
from bot.domain.standings import Standing
from bot.domain.tally import Tally
from bot.domain.trap import Trap

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""

TOP = 10
"""How many members the top of the day names."""

TOP_OF_QUIZ = 5
"""How many members the standings of a quiz name while it is under way."""


class Refusal(StrEnum):
    """Why the chat did not do something."""

    POST_GONE = "the post is gone"
    CHANNEL_GONE = "the channel was deleted"
    FORBIDDEN = "a permission is missing"
    UNAVAILABLE = "Discord does not answer"
    REJECTED = "Discord rejects the request"


class PublishFailed(Exception):
    """The chat did not do what was asked; `why` says whether trying again can help."""

    def __init__(self, why: Refusal, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything on a post: each member's marks (see `bot.domain.answer`), and the letters without the bot's seed.

    Bots are left out. `names` are the display names met on the way.
    """

    marks: Mapping[int, frozenset[str]]
    unseeded: str = ""
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What a question's post shows besides its item; `image` is the file of its picture, `quiz` what it belongs to."""

    round: Round
    bank: Bank
    image: Path | None = None
    quiz: Quiz | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """What the reveal of a closed round tells; of one that was corrected, how it stands.

    `traps` and `sources` are the ones the item names, as far as the bank still has them. `top` are the first of the
    day's `earners`, the members who earned anything that day: at most `TOP` of them. `diagnosis` is what was wrong in a
    generated case, as far as its lesson still tells it the same. `asked_again` says of a corrected round that its item
    was asked again since, so that later answers to it may be ranked or practice because of that. Of an item of a
    `quiz`, `top` and `earners` are of everyone who took part in it so far.
    """

    round: Round
    bank_title: str
    lesson_id: str
    lesson_title: str
    tally: Tally
    traps: Mapping[str, Trap]
    sources: tuple[Source, ...]
    top: tuple[Standing, ...]
    earners: int
    diagnosis: Diagnosis | None = None
    asked_again: bool = False
    quiz: Quiz | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """What announces a quiz."""

    quiz: Quiz
    bank: Bank


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalBoard:
    """What a quiz ends with: how everyone stands, and the traps that caught somebody with how many, most first.

    `asked` is how many items were revealed. Without its `bank`, which may be gone, no trap is named.
    """

    quiz: Quiz
    bank: Bank | None
    asked: int
    standings: tuple[Standing, ...]
    traps: tuple[tuple[Trap, int], ...]


class Publisher(Protocol):
    """What Trapwise does in a chat by itself. Every method may raise `PublishFailed`."""

    async def post(self, posting: Posting) -> int:
        """Send a question and give its message id; the round's nonce keeps a repetition from showing twice."""

    async def find_post(self, wanted: Round) -> int | None:
        """Look in the channel for a question that was sent, but whose message id was never stored."""

    async def retell(self, posting: Posting) -> None:
        """Write a question's post anew: it is over, or closes at another time than that told, or its quiz is paused."""

    async def seed(self, opened: Round, letters: str) -> None:
        """Put letters on the post; those that are there stay.

        Where one was cleared that we have not heard of, putting it back would make the clear look like withdrawals.
        """

    async def collect(self, asked: Round) -> Snapshot:
        """Read who holds which letter, all pages of ordinary and super reactions."""

    async def explain(self, reveal: Reveal) -> int:
        """Send the reveal as a reply to the question and give its message id."""

    async def correct(self, reveal: Reveal) -> None:
        """Write a reveal anew where it stands: its round is void since, or counts again."""

    async def find_reveal(self, wanted: Round) -> int | None:
        """Look in the channel for a reveal that was sent, but whose message id was never stored."""

    async def discuss(self, explained: Round) -> None:
        """Open a discussion thread on the reveal."""

    async def tidy(self, asked: Round, member_id: int, letter: str) -> bool:
        """Take a member's earlier letter off the post: best effort, never raises; tells whether it is gone."""

    async def tell(self, user_id: int, text: str) -> None:
        """Send someone a direct message, if they take them; never raises."""


class QuizPublisher(Protocol):
    """What Trapwise shows of quizzes besides their questions and reveals. Every method may raise `PublishFailed`."""

    async def invite(self, lobby: Lobby) -> int:
        """Send what announces a quiz and give its message id; its nonce keeps a repetition from showing twice."""

    async def find_lobby(self, quiz: Quiz) -> int | None:
        """Look in the channel for what announces a quiz, sent without our learning of it."""

    async def conclude(self, board: FinalBoard) -> int:
        """Send what a quiz ends with and give its message id."""

    async def find_board(self, quiz: Quiz) -> int | None:
        """Look in the channel for what a quiz ended with, sent without our learning of it."""
