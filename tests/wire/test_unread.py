"""The soak's judge after outages: which readings repaired them for sure, and what nobody can know of the others.

In each of these plays a letter is missed, and found when the question closes; what counts is what was heard before.
"""

from datetime import datetime, timedelta

import pytest

from tests.wire.audit import may_be
from tests.wire.minutes import What
from tests.wire.play import Play, Scene


def out(play: Play) -> None:
    """Lose the connection for a while, and miss whatever happened."""
    play.live(What.LOST)
    play.live(What.BACK)


def heard_then_missed(play: Play) -> None:
    """Be heard with one letter, and put another there of which no event comes."""
    play.tap("C")
    play.tap("B", heard=False)
    play.close()


def not_read(play: Play) -> None:
    """Be heard since an outage after which nobody reads the post: what is found may be of that outage."""
    out(play)
    heard_then_missed(play)


def read_since(play: Play) -> None:
    """Be heard after a reading of what the outage left."""
    out(play)
    play.read()
    heard_then_missed(play)


def read_before_it_was_over(play: Play) -> None:
    """Be read while Discord may still tell of something."""
    play.live(What.LOST)
    play.read()
    play.live(What.BACK)
    heard_then_missed(play)


def read_while_they_acted(play: Play) -> None:
    """Do something while the post is read: what the reading shows of them may be old by then, and is passed over."""
    out(play)
    play.read(lambda each: each.tap("A"))
    heard_then_missed(play)


def read_while_another_acted(play: Play) -> None:
    """Be read while somebody else does something."""
    out(play)
    play.read(lambda each: each.tap("A", by=each.other))
    heard_then_missed(play)


def replayed(play: Play) -> None:
    """Be heard after an outage of which Discord has told everything."""
    play.live(What.LOST)
    play.live(What.RESUMED)
    heard_then_missed(play)


def lost_while_away(play: Play) -> None:
    """Be heard while Discord tells what happened, before the connection is lost again: it is one outage."""
    play.live(What.LOST)
    play.tap("C")
    play.live(What.LOST)
    play.live(What.BACK)
    play.tap("B", heard=False)
    play.close()


def lost_anew(play: Play) -> None:
    """Be heard between two outages, of which the first is told to its end."""
    play.live(What.LOST)
    play.tap("C")
    play.live(What.RESUMED)
    out(play)
    play.tap("B", heard=False)
    play.close()


def private_before(play: Play) -> None:
    """Answer privately before an outage, and put a letter there in it."""
    play.choose("C")
    play.live(What.LOST)
    play.tap("B", heard=False)
    play.live(What.BACK)
    play.close()


def private_since(play: Play) -> None:
    """Answer privately after an outage began in which a letter was put there."""
    play.live(What.LOST)
    play.tap("B", heard=False)
    play.live(What.BACK)
    play.choose("C")
    play.close()


def private_without(play: Play) -> None:
    """Answer privately, and put a letter there of which no event comes, though there is no outage."""
    play.choose("C")
    play.tap("B", heard=False)
    play.close()


def private_at_the_time(play: Play) -> None:
    """Answer privately in the moment in which the connection is lost."""
    play.choose("C")
    play.pace = timedelta(seconds=5)
    play.live(What.LOST)
    play.tap("B", heard=False)
    play.live(What.BACK)
    play.close()


def then_killed(play: Play, *recalled: datetime | None) -> None:
    """Be heard and stored, and put another letter there while the bot is dead; the next one recalls something."""
    play.tap("C")
    play.store()
    play.live(What.ENDED)
    play.tap("B", heard=False)
    for since in recalled:
        play.recall(since)
    play.live(What.BACK)
    play.close()


def read_and_killed(play: Play) -> None:
    """Be read after an outage, long before a kill."""
    out(play)
    play.read()
    then_killed(play)


def read_and_killed_at_once(play: Play) -> None:
    """Be read just before a kill: whether it is stored that the post was read nobody knows."""
    play.pace = timedelta(seconds=20)
    read_and_killed(play)


def killed_unread(play: Play) -> None:
    """Be heard after an outage that nobody repairs before a kill: the next bot knows of it."""
    out(play)
    then_killed(play)


def killed_unread_and_forgotten(play: Play) -> None:
    """Meet a next bot that does not know of it."""
    out(play)
    then_killed(play, None)


def killed_unread_at_once(play: Play) -> None:
    """Be heard after an outage just before a kill, of which the next bot knows, or does not."""
    play.pace = timedelta(seconds=20)
    killed_unread(play)


def read_and_killed_but_unread_for_the_next(play: Play) -> None:
    """Be read after an outage, long before a kill after which the next bot has noted that nobody read the post."""
    began = play.now + play.pace
    out(play)
    play.read()
    then_killed(play, began)


def read_without_another_and_killed(play: Play) -> None:
    """Be read while somebody else acted: for the next bot the post is unread as a whole."""
    out(play)
    play.read(lambda each: each.tap("A", by=each.other))
    then_killed(play)


def read_without_another_and_recalled(play: Play) -> None:
    """Meet a next bot that has noted that the post was unread."""
    began = play.now + play.pace
    out(play)
    play.read(lambda each: each.tap("A", by=each.other))
    then_killed(play, began)


def read_without_another_and_recalled_as_read(play: Play) -> None:
    """Meet one that has noted that it was read."""
    out(play)
    play.read(lambda each: each.tap("A", by=each.other))
    then_killed(play, None)


def read_again_and_killed(play: Play) -> None:
    """Be read while somebody else acted, who is read later."""
    out(play)
    play.read(lambda each: each.tap("A", by=each.other))
    play.read()
    then_killed(play)


def private_and_killed(play: Play) -> None:
    """Answer privately long before a kill."""
    play.choose("C")
    play.store()
    play.live(What.ENDED)
    play.tap("B", heard=False)
    play.live(What.BACK)
    play.close()


def private_and_killed_at_once(play: Play) -> None:
    """Answer privately, be stored and see the bot die: its last sign of life may be older."""
    play.pace = timedelta(seconds=20)
    private_and_killed(play)


def unstored(play: Play) -> None:
    """Be heard, and see the bot die when it has stored what came later."""
    play.choose("C")
    play.choose("B", said="")
    play.store(theirs=False)
    play.live(What.ENDED)
    play.close()


def unstored_for_all_that_is_known(play: Play) -> None:
    """Be heard while a commit is under way, and see the bot die after it: the next one holds it, if there was one."""
    play.choose("C")
    begun = play.line(What.STORING).at
    play.choose("B", said="")
    play.book.commits.append((begun, play.line(What.STORED).at))
    play.live(What.ENDED)
    play.close()


def found_in_two_readings(play: Play) -> None:
    """Put letters there of which no event comes, before a reading and after it."""
    play.tap("C", heard=False)
    play.read()
    play.tap("B", heard=False)
    play.close()


def read_across_the_close(play: Play) -> None:
    """Be read by a reading that has all of it when the question is closing: it counts no more, if that was noticed."""
    play.tap("C", heard=False)
    play.read(lambda each: each.move("closing"))
    play.tap("B", heard=False)
    play.read()
    play.move("closed")


def overtaken(play: Play) -> None:
    """Be read by a reading that another one overtakes, which began later: who compares posts may drop it."""

    def another(play: Play) -> None:
        play.read()
        play.tap("C", heard=False)

    play.read(another)
    play.tap("B", heard=False)
    play.close()


def found_late(play: Play) -> None:
    """Be heard on a post that became known long after it was sent: perhaps it was found, and nobody had listened."""
    heard_then_missed(play)


def found_late_and_read(play: Play) -> None:
    """Be heard on such a post when it was read."""
    play.read()
    heard_then_missed(play)


@pytest.mark.parametrize(
    ("scene", "right", "wrong"),
    [
        (heard_then_missed, "B", "C"),
        (not_read, "C", "B"),
        (read_since, "B", "C"),
        (read_before_it_was_over, "C", "B"),
        (read_while_another_acted, "B", "C"),
        (replayed, "B", "C"),
        (lost_while_away, "C", "B"),
        (lost_anew, "B", "C"),
        (private_before, "B", "C"),
        (private_since, "C", "B"),
        (private_without, "C", "B"),
        (read_and_killed, "B", "C"),
        (read_and_killed_but_unread_for_the_next, "B", "C"),
        (killed_unread, "C", "B"),
        (killed_unread_and_forgotten, "C", "B"),
        (read_without_another_and_recalled, "C", "B"),
        (read_without_another_and_recalled_as_read, "B", "C"),
        (read_again_and_killed, "B", "C"),
        (private_and_killed, "B", "C"),
        (unstored, "B", "C"),
        (found_in_two_readings, "B", "?BC"),
    ],
)
def test_what_is_known_of_an_outage_settles_the_answer(scene: Scene, right: str, wrong: str) -> None:
    """A letter found is newer than one heard, unless it may be of an outage; who stores the other one is wrong."""
    play = Play()
    scene(play)
    assert play.told().answers == {right}
    assert wrong not in play.told().answers


@pytest.mark.parametrize(
    ("scene", "answers"),
    [
        (read_while_they_acted, {"B", "C"}),
        (private_at_the_time, {"B", "C"}),
        (read_and_killed_at_once, {"B", "C"}),
        (killed_unread_at_once, {"B", "C"}),
        (read_without_another_and_killed, {"B", "C"}),
        (private_and_killed_at_once, {"B", "C"}),
        (unstored_for_all_that_is_known, {"B", "C"}),
        (read_across_the_close, {"B", "?BC"}),
        (overtaken, {"B", "?BC"}),
    ],
)
def test_what_is_not_known_of_an_outage_leaves_two(scene: Scene, answers: set[str]) -> None:
    """Where nobody but the bot knows what it had read, and of whom, before that, both are right, and no other."""
    play = Play()
    scene(play)
    assert play.told().answers == answers


def test_a_post_that_was_found_late_may_have_been_missed() -> None:
    """What is heard on it may be newer than what is found, until somebody has read it."""
    late, read = Play(found=True), Play(found=True)
    found_late(late)
    found_late_and_read(read)
    assert late.told().answers == {"B", "C"}
    assert read.told().answers == {"B"}


@pytest.mark.parametrize(
    ("scene", "meant", "right"),
    [(read_since, "B", "B"), (not_read, "B", "C"), (killed_unread_at_once, "B", "BC"), (unstored, "C", "C")],
)
def test_what_was_meant_gives_way_where_it_surely_looks_older(scene: Scene, meant: str, right: str) -> None:
    """Who tapped it last in an outage that nobody repaired could have done so before what was heard since."""
    play = Play()
    scene(play)
    assert may_be(play.told(), meant) == set(right)


@pytest.mark.parametrize(("scene", "older"), [(not_read, "C"), (read_since, ""), (killed_unread_at_once, "C")])
def test_an_answer_says_that_it_stands_on_an_outage(scene: Scene, older: str) -> None:
    """What is right only because what was found may be older is marked: it may differ from what was meant."""
    play = Play()
    scene(play)
    assert play.told().older == set(older)


def test_letters_heard_and_found_count_together_where_several_do() -> None:
    """With several right answers neither takes the place of the other, whatever came first."""
    play = Play(single=False)
    not_read(play)
    assert play.told().answers == {"BC"}
