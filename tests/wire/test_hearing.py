"""The soak's judge: what a bot must hold of a member by what it heard, could find, and cannot know."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

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
    """A question, one member, and a bot of which only the minutes are known; each act takes a minute."""

    single: bool = True
    now: datetime = MONDAY
    book: Book = field(default_factory=lambda: Book(heard={}, used={}, moves={1: []}, lives=[], stored={}))
    words: list[Word] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    people: People = field(init=False)
    world: World = field(init=False)
    message: Message = field(init=False)
    member: int = field(init=False)

    def __post_init__(self) -> None:
        self.world = world = make_server(clock=lambda: self.now).world
        guild = found_guild(world, members=2)
        self.people, self.member = People(world), learners(world, guild)[0]
        self.message = create(world, next(iter(guild.channels.values())), world.bot, {"content": "Which?"})
        self.book.heard[self.message.id] = []
        self.move("open")
        for mark in "🇦🇧🇨🇩":
            add(world, self.message, world.bot.id, mark)
        self.move("seeded")

    def line(self, what: What, **more: str | int) -> Line:
        """Write a line of the minutes, a minute later."""
        self.now += timedelta(minutes=1)
        return Line(at=self.now, what=what, **more)  # type: ignore[arg-type]

    def move(self, state: str, *, done: bool = True) -> None:
        """Move the question on."""
        self.book.moves[1].append(self.line(What.MOVING, state=state))
        if done:
            self.book.moves[1].append(self.line(What.MOVED, state=state))

    def tap(self, letter: str, *, heard: bool = True) -> None:
        """Let the member tap a letter."""
        self.people.tap(self.message.id, self.member, letter)
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
        """Let something happen to the bot."""
        self.book.lives.append(self.line(what))

    def read(self) -> None:
        """Let the bot read the post."""
        self.now += timedelta(minutes=1)
        self.readings.append(Reading(begun=self.now, told=self.now))

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


def heard(play: Play) -> None:
    """Answer by every surface, one after the other."""
    play.tap("A")
    play.choose("D")
    play.tap("B")
    play.lift("B")
    play.close()


def private_last(play: Play) -> None:
    """Answer privately after a letter, and take the letter back."""
    play.tap("A")
    play.choose("D")
    play.lift("A")
    play.close()


def withdrawn(play: Play) -> None:
    """Withdraw privately what a letter said."""
    play.tap("A")
    play.choose("")
    play.close()


def cleared(play: Play) -> None:
    """Lose one's letter to a moderator, heard or not."""
    play.tap("A")
    play.clear()
    play.close()


def cleared_unheard(play: Play) -> None:
    """Lose one's letter to a moderator while nobody listens."""
    play.tap("A")
    play.clear(heard=False)
    play.close()


def dropped(play: Play) -> None:
    """Tap letters of which no event ever comes."""
    play.tap("A")
    play.lift("A", heard=False)
    play.tap("B", heard=False)
    play.close()


def two_dropped(play: Play) -> None:
    """Tap two of them."""
    play.tap("A", heard=False)
    play.tap("B", heard=False)
    play.close()


def missed(play: Play) -> None:
    """Tap in an outage, after what was heard before it."""
    play.tap("A")
    play.live(What.LOST)
    play.tap("B", heard=False)
    play.live(What.BACK)
    play.close()


def late(play: Play) -> None:
    """Tap after the close, and be heard."""
    play.tap("A")
    play.move("closing")
    play.tap("B")
    play.read()
    play.move("closed")


def late_unheard(play: Play) -> None:
    """Tap after the close, unheard, and be found."""
    play.tap("A")
    play.move("closing")
    play.tap("B", heard=False)
    play.read()
    play.move("closed")


def too_late(play: Play) -> None:
    """Tap when all is counted."""
    play.tap("A")
    play.close()
    play.tap("B")


def killed_when_it_was_stored(play: Play) -> None:
    """Answer, and be stored before a kill."""
    play.choose("A", said="")
    play.book.stored[1, play.member] = [(play.line(What.STORING).at, play.line(What.STORED).at)]
    play.live(What.ENDED)
    play.close()


def cleared_while_read(play: Play) -> None:
    """Be found by a reading with a letter that a moderator clears before it is done."""
    play.tap("A", heard=False)
    begun = play.line(What.BACK).at
    play.now += timedelta(minutes=1)
    play.clear()
    for letter in "🇦🇧🇨🇩":
        add(play.world, play.message, play.message.author.id, letter)
    play.readings.append(Reading(begun=begun, told=begun, pages=[play.line(What.BACK).at]))
    play.close()


@pytest.mark.parametrize(
    ("scene", "one", "several"),
    [
        (heard, "A", "A"),
        (private_last, "D", "D"),
        (withdrawn, "", ""),
        (cleared, "A", "A"),
        (cleared_unheard, "A", "A"),
        (dropped, "B", "B"),
        (two_dropped, "?AB", "AB"),
        (missed, "B", "AB"),
        (late, "A", "A"),
        (late_unheard, "B", "AB"),
        (too_late, "A", "A"),
        (killed_when_it_was_stored, "A", "A"),
    ],
)
def test_one_answer_is_right_where_it_can_be_known(scene: Scene, one: str, several: str) -> None:
    """What was heard counts in its order until the close, and what was not is found by the reading for the close."""
    for single, wanted in ((True, one), (False, several)):
        play = Play(single=single)
        scene(play)
        assert play.told() == Told(answers=frozenset({wanted}))


def killed_at_once(play: Play) -> None:
    """Answer privately, and hear nothing before a kill."""
    play.choose("A")
    play.choose("B", said="")
    play.live(What.ENDED)
    play.close()


def in_the_commit(play: Play) -> None:
    """Answer while the commit that closes is under way."""
    play.tap("A")
    play.move("closing", done=False)
    play.choose("B", said="")
    play.book.moves[1].append(play.line(What.MOVED, state="closing"))
    play.read()
    play.move("closed")


def older_or_not(play: Play) -> None:
    """Answer privately, and be found with a letter after an outage."""
    play.choose("A")
    play.live(What.LOST)
    play.tap("B", heard=False)
    play.live(What.BACK)
    play.close()


def heard_since(play: Play) -> None:
    """Tap in an outage, and be heard with another letter before anybody reads the post."""
    play.live(What.LOST)
    play.tap("B", heard=False)
    play.live(What.BACK)
    play.tap("C")
    play.close()


def heard_again(play: Play) -> None:
    """Tap unheard before the close, and be heard after it."""
    play.tap("A")
    play.tap("B", heard=False)
    play.move("closing", done=False)
    play.tap("C")
    play.book.moves[1].append(play.line(What.MOVED, state="closing"))
    play.read()
    play.move("closed")


@pytest.mark.parametrize(
    ("scene", "answers"),
    [
        (killed_at_once, {"A", "B"}),
        (in_the_commit, {"A", "B"}),
        (older_or_not, {"A", "B"}),
        (heard_since, {"B", "C"}),
        (cleared_while_read, {"A", ""}),
        (heard_again, {"A", "C", "?BC", "B"}),
    ],
)
def test_more_than_one_answer_is_right_only_where_nobody_can_know(scene: Scene, answers: set[str]) -> None:
    """Around a kill, in the closing commit and after an outage each of a few answers is right, and no other."""
    play = Play()
    scene(play)
    assert play.told() == Told(answers=frozenset(answers))


def test_a_word_on_the_wrong_side_of_the_close_is_a_complaint() -> None:
    """A private answer must not be refused before the commit that closes begins, nor taken once it is done."""
    early, after = Play(), Play()
    early.choose("D", said=REFUSED)
    early.close()
    after.close()
    after.words.clear()
    after.move("closed")
    after.now = after.book.moves[1][-4].at - timedelta(seconds=1)
    after.choose("D")
    assert "refused before the close" in early.told().wrong[0]
    assert "taken after the close" in after.told().wrong[0]


def test_a_receipt_promises_what_was_chosen() -> None:
    """Letters in a receipt that were not chosen are a complaint; so is a fault; a closed question is none."""
    play = Play()
    for letters, said in (("D", TAKEN), ("A", TAKEN), ("D", REFUSED), ("D", "Something went wrong on my side; …")):
        play.choose(letters, said)
    assert [bool(word.complaint()) for word in play.words] == [False, True, False, True]
    assert [word.taken for word in play.words] == [True, True, False, True]
