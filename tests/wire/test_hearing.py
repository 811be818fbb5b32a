"""The soak's judge: what a bot must hold of a member by what it heard, could find, and cannot know."""

from datetime import timedelta

import pytest

from tests.wire.hearing import Told
from tests.wire.looking import Reading
from tests.wire.minutes import What
from tests.wire.play import REFUSED, TAKEN, Play, Scene
from tests.wire.reactions import add


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
    play.store()
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
    done = play.line(What.READ).at
    play.readings.append(Reading(begun=begun, asked=begun, told=begun, shown=done, done=done))
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
        (cleared_while_read, {"A", ""}),
        (heard_again, {"A", "C", "?BC", "B"}),
    ],
)
def test_more_than_one_answer_is_right_only_where_nobody_can_know(scene: Scene, answers: set[str]) -> None:
    """Around a kill and in the closing commit each of a few answers is right, and no other."""
    play = Play()
    scene(play)
    assert play.told().answers == answers
    assert not play.told().older


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
