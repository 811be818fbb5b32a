"""A play: one question, what one member does with it, and what is in the minutes of a bot; for the soak's judge."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from tests.wire.guilds import found_guild, learners
from tests.wire.hearing import Told, hear
from tests.wire.looking import Reading
from tests.wire.marks import Asked
from tests.wire.messages import create
from tests.wire.minutes import Book, Line, What
from tests.wire.people import People
from tests.wire.privately import Word
from tests.wire.reactions import add
from tests.wire.server import make_server
from tests.wire.state import Interaction, InteractionKind, Message, World

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LETTERS = "ABCD"
TAKEN, REFUSED = "✅ Your answer: 🇩, given privately", "This question is closed: answers can no longer change."


@dataclass(slots=True, kw_only=True)
class Play:
    """A question, one member, and a bot of which only the minutes are known; by default each act takes a minute.

    The question opens as soon as it is sent, unless it has to be `found` later. Beside the member who is judged there
    is another one.
    """

    single: bool = True
    found: bool = False
    pace: timedelta = timedelta(minutes=1)
    now: datetime = MONDAY
    book: Book = field(
        default_factory=lambda: Book(heard={}, reads={}, used={}, moves={1: []}, lives=[], stored={}, commits=[])
    )
    words: list[Word] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    people: People = field(init=False)
    world: World = field(init=False)
    message: Message = field(init=False)
    member: int = field(init=False)
    other: int = field(init=False)

    def __post_init__(self) -> None:
        self.world = world = make_server(clock=lambda: self.now).world
        guild = found_guild(world, members=2)
        self.people, (self.member, self.other) = People(world), learners(world, guild)
        self.message = create(world, next(iter(guild.channels.values())), world.bot, {"content": "Which?"})
        self.book.heard[self.message.id] = []
        if self.found:
            self.move("open")
        else:
            self.book.moves[1] += [Line(at=self.now, what=each, state="open") for each in (What.MOVING, What.MOVED)]
        for mark in "🇦🇧🇨🇩":
            add(world, self.message, world.bot.id, mark)
        self.move("seeded")

    def line(self, what: What, **more: str | int) -> Line:
        """Write a line of the minutes, a moment later."""
        self.now += self.pace
        return Line(at=self.now, what=what, **more)  # type: ignore[arg-type]

    def move(self, state: str, *, done: bool = True) -> None:
        """Move the question on."""
        self.book.moves[1].append(self.line(What.MOVING, state=state))
        if done:
            self.book.moves[1].append(self.line(What.MOVED, state=state))

    def tap(self, letter: str, *, heard: bool = True, by: int | None = None) -> None:
        """Let the member tap a letter, or somebody else."""
        self.people.tap(self.message.id, by or self.member, letter)
        self._hear(heard)

    def lift(self, letter: str, *, heard: bool = True) -> None:
        """Let the member take a letter back."""
        self.people.lift(self.message.id, self.member, letter)
        self._hear(heard)

    def clear(self, *, heard: bool = True) -> None:
        """Let a moderator clear everything."""
        self.people.clear(self.message.id, moderator_id=-1)
        line = self.line(What.CLEARED)
        self.book.heard[self.message.id] += [line] * heard

    def choose(self, letters: str, said: str = TAKEN) -> None:
        """Let the member answer privately."""
        line = self.line(What.USED)
        used = Interaction(
            id=len(self.words) + 1,
            token="",
            kind=InteractionKind.COMPONENT,
            channel_id=0,
            guild_id=0,
            user_id=self.member,
            made=0,
        )
        self.words.append(Word(member=self.member, letters=letters, used=used, said=said))
        self.book.used[used.id] = line

    def live(self, what: What) -> None:
        """Let something happen to the bot, which gave its last sign of life two minutes before."""
        line = self.line(what)
        alive = line.at - timedelta(minutes=2) if what is What.ENDED else None
        self.book.lives.append(replace(line, alive=alive))

    def recall(self, since: datetime | None) -> None:
        """Let the next bot find noted since when the post was unread, or that it was not."""
        noted = () if since is None else ((1, since),)
        self.book.lives.append(replace(self.line(What.RECALLED), unread=noted))

    def read(self, meanwhile: "Scene | None" = None) -> None:
        """Let the bot set about reading the post, and do so at once when something has happened meanwhile."""
        self.now += self.pace
        begun = self.now
        if meanwhile is not None:
            meanwhile(self)
        now = self.now
        self.readings.append(Reading(begun=begun, asked=now, told=now, shown=now, done=now))
        self.now += timedelta(seconds=1)

    def store(self, *, theirs: bool = True) -> None:
        """Let the bot store what it heard: of the member, or of others."""
        begun, done = self.line(What.STORING).at, self.line(What.STORED).at
        self.book.commits.append((begun, done))
        if theirs:
            self.book.stored.setdefault((1, self.member), []).append((begun, done))

    def close(self) -> None:
        """Close the question as a bot does in good weather."""
        self.move("closing")
        self.read()
        self.move("closed")

    def told(self) -> Told:
        """Give what may be stored of the member."""
        asked = Asked(
            number=1,
            guild_id=0,
            message_id=self.message.id,
            item="",
            on=date(2026, 11, 23),
            closes_at=MONDAY,
            closing_at=None,
            state="explained",
            single=self.single,
            rule="exam",
            weight=Fraction(1),
            letters=LETTERS,
            right="A",
        )
        return hear(asked, self.message, self.words, self.book, self.readings)[self.member]

    def _hear(self, heard: bool) -> None:
        line = self.line(What.HEARD, nth=len(self.message.taps) - 1)
        self.book.heard[self.message.id] += [line] * heard


Scene = Callable[[Play], None]
