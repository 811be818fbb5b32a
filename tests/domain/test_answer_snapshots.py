"""Answers after an outage: what a full diff makes of letters that came and went unheard."""

from datetime import timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.domain.answer import Answer, Came, reconciled
from bot.domain.item import ItemKind
from tests.builders import NOW, make_answer
from tests.domain.posts import LETTERS, Post, choices, kinds, multiple, ordinary_toggles, single, toggles


@given(kind=kinds, taps=toggles)
def test_a_snapshot_of_what_was_seen_changes_nothing(kind: ItemKind, taps: list[str]) -> None:
    """After any taps that were all heard, a full diff leaves the answer as it is, to its time and origin."""
    post = Post(kind=kind).toggle(taps)
    before = post.answer
    assert post.find().answer == before


@given(kind=kinds, heard=toggles, missed=toggles, cleared=choices, private=st.none() | choices)
def test_the_same_snapshot_twice_is_the_same_as_once(
    kind: ItemKind, heard: list[str], missed: list[str], cleared: str, private: str | None
) -> None:
    """Whatever was heard, missed, cleared or chosen privately, a second look finds nothing more."""
    post = Post(kind=kind).toggle(heard)
    if private is not None:
        post.choose(private)
    post.clear(cleared, heard=False).miss(missed)
    first = post.find(outage_began=post.now + timedelta(hours=1)).answer
    post.unseeded = cleared
    assert post.find(outage_began=post.now).answer == first
    assert first.marks == frozenset(post.marks)


@given(kind=kinds, heard=toggles, missed=toggles)
def test_a_snapshot_gives_what_is_there(kind: ItemKind, heard: list[str], missed: list[str]) -> None:
    """From any state a snapshot of a multi-select post gives what is there; a single-select answer lies within it."""
    post = Post(kind=kind).toggle(heard).miss(missed).find()
    if kind is ItemKind.MULTIPLE:
        assert post.held == (post.letters, False)
    else:
        assert set(post.answer.choice) <= set(post.letters)
        assert bool(post.answer.choice) == bool(post.letters)


@given(taps=toggles)
def test_multi_select_taps_equal_one_snapshot_of_their_end(taps: list[str]) -> None:
    """Any interleaving of taps gives the same choice as a first look at what they left."""
    assert multiple().toggle(taps).held == multiple().miss(taps).find().held


@given(kind=kinds, taps=ordinary_toggles, change=st.sampled_from(LETTERS))
def test_one_change_means_the_same_heard_or_found(kind: ItemKind, taps: list[str], change: str) -> None:
    """A letter missed live and found by a full diff ends in the same answer."""
    heard = Post(kind=kind).toggle(taps).toggle(change)
    found = Post(kind=kind).toggle(taps).miss(change).find()
    assert found.held == heard.held
    assert found.answer.marks == heard.answer.marks


@example(heard=["b", "A", "B", "C", "D"], missed=["B", "C", "D"])
@given(heard=toggles, missed=toggles)
def test_single_select_reads_a_snapshot_by_its_new_letters(heard: list[str], missed: list[str]) -> None:
    """One new letter is the answer, several are unresolved; without one, what was chosen stays while it is there."""
    post = single().toggle(heard)
    seen, chosen = set(post.letters), post.answer.choice
    post.miss(missed).find()
    new = sorted(set(post.letters) - seen)
    if new:
        assert post.held == ("".join(new), len(new) > 1)
    elif chosen in post.letters:
        assert post.held == (chosen, False)
    else:
        was = Post(kind=post.kind).toggle(heard).answer.seen
        # A letter stands where its latest mark stands that is still there; another sort of reaction takes that place.
        left = {
            letter: max(
                (was.index(mark) for mark in was if mark.upper() == letter and mark in post.marks),
                default=max(was.index(mark) for mark in was if mark.upper() == letter),
            )
            for letter in post.letters
        }
        assert post.held == (max(left, key=left.__getitem__, default=""), False)


@example(kind=ItemKind.SINGLE, heard=["C", "A", "c"], missed=["B", "c", "B"])
@given(kind=kinds, heard=toggles, missed=toggles)
def test_events_that_arrive_after_the_snapshot_settle_what_it_found(
    kind: ItemKind, heard: list[str], missed: list[str]
) -> None:
    """A snapshot that is quicker than the events ends, once they are heard, where the events alone would have."""
    alone = Post(kind=kind).toggle(heard).toggle(missed)
    raced = Post(kind=kind).toggle(heard)
    was = list(raced.marks)
    raced.miss(missed).find().hear(missed, was)
    assert raced.held == alone.held
    assert raced.answer.marks == alone.answer.marks


def test_several_new_letters_are_unresolved_until_one_is_told() -> None:
    """Two letters found at once are listed, and a later tap, a repeated one too, settles which one counts."""
    assert single().miss("BA").find().held == ("AB", True)
    assert single().miss("BA").find().toggle("C").held == ("C", False)
    assert single().miss("BA").find().hear("B", []).held == ("B", False)
    assert single().toggle("C").miss("BA").find().held == ("AB", True)


def test_an_unresolved_answer_is_settled_by_taking_letters_away() -> None:
    """Whoever takes away all but one of the letters has said which one is meant; all of them: the one before."""
    assert single().miss("AB").find().toggle("A").held == ("B", False)
    assert single().miss("AB").find().miss("B").find().held == ("A", False)
    assert single().miss("ABC").find().toggle("A").held == ("BC", True)
    assert single().toggle("C").miss("AB").find().toggle("AB").held == ("C", False)
    assert single().miss("AB").find().toggle("AB").held == ("", False)
    assert single().toggle("C").miss("AB").find().toggle("C").held == ("AB", True), "C says nothing about A and B"


def test_an_unresolved_answer_is_settled_by_one_more_letter_found() -> None:
    """A letter that a later snapshot finds alone was tapped last."""
    assert single().miss("AB").find().miss("D").find().held == ("D", False)
    assert single().miss("AB").find().miss("BD").find().held == ("D", False)


def test_letters_whose_order_is_unknown_stay_so() -> None:
    """Falling back on letters that a snapshot found together credits none of them."""
    post = single().miss("AB").find().toggle("C")
    assert post.toggle("C").held == ("AB", True)
    assert single().miss("AB").find().toggle("CAC").held == ("B", False), "A was taken away meanwhile"
    assert single().miss("AB").find().toggle("C").miss("C").find().held == ("AB", True)


@pytest.mark.parametrize("kind", ItemKind)
def test_a_super_reaction_found_on_a_letter_that_was_there_is_nothing_new(kind: ItemKind) -> None:
    """A snapshot is compared by letters: held another way, an earlier letter is no new one, nor out of its order."""
    post = Post(kind=kind).toggle("ABC")
    before = post.answer
    post.miss("aA").find()
    assert (post.answer.choice, post.answer.at) == (before.choice, before.at)
    assert post.answer.letters == "ABC"
    assert post.answer.marks == {"a", "B", "C"}


def test_both_sorts_found_on_one_letter_are_one_new_letter() -> None:
    """One member holding both on one letter made one choice, and nothing is unresolved."""
    assert single().miss("Aa").find().held == ("A", False)
    assert single().miss("Aa").find().toggle("A").held == ("A", False)
    assert multiple().miss("AaB").find().held == ("AB", False)


@given(kind=kinds, taps=toggles)
def test_a_snapshot_without_the_seeds_withdraws_nothing(kind: ItemKind, taps: list[str]) -> None:
    """A clear that is only found later takes no answer away either."""
    post = Post(kind=kind).toggle(taps)
    before = post.held
    assert post.clear(heard=False).find().held == before
    assert post.find().held == before


def test_only_the_letters_without_a_seed_were_cleared() -> None:
    """Beside a cleared letter, one that still has the bot's own reaction was taken away by its member."""
    assert multiple().toggle("ABC").clear("A", heard=False).miss("B").find().held == ("AC", False)
    assert single().toggle("AB").clear("A", heard=False).miss("B").find().held == ("", False)
    assert single().toggle("AB").clear("B", heard=False).find().held == ("B", False), "A was not tapped anew"


def test_single_select_a_letter_tapped_anew_after_a_missed_clear_is_the_answer() -> None:
    """Everything was cleared and one earlier letter is there again: it was tapped since, as if the clear was heard."""
    heard = single().toggle("AB").clear().toggle("A")
    missed = single().toggle("AB").clear(heard=False).miss("A").find()
    assert heard.held == missed.held == ("A", False)
    assert single().toggle("ABC").clear(heard=False).miss("AB").find().held == ("AB", True)


@given(kind=kinds, before=ordinary_toggles, change=st.sampled_from(LETTERS))
def test_a_clear_and_one_tap_mean_the_same_heard_or_found(kind: ItemKind, before: list[str], change: str) -> None:
    """A clear of everything and a tap after it end in the same answer, whether or not the bot was there."""
    heard = Post(kind=kind).toggle(before).clear().toggle(change)
    missed = Post(kind=kind).toggle(before).clear(heard=False).miss(change).find()
    # With the very same letters back on the post a full diff cannot know that it was cleared.
    assume(missed.letters != Post(kind=kind).toggle(before).letters)
    assert missed.held == heard.held


def test_what_a_snapshot_changes_is_marked_as_caught_up() -> None:
    """A stored answer says that it was found later, and when; what did not change keeps its origin."""
    found = reconciled(make_answer("A"), frozenset("AB"), kind=ItemKind.MULTIPLE, now=NOW + timedelta(hours=1))
    assert (found.choice, found.came, found.at) == ("AB", Came.CATCH_UP, NOW + timedelta(hours=1))
    withdrawn = reconciled(found, frozenset(), kind=ItemKind.MULTIPLE, now=NOW + timedelta(hours=2))
    assert (withdrawn.given, withdrawn.came, withdrawn.at) == (False, Came.CATCH_UP, NOW + timedelta(hours=2))
    nobody = Answer(at=NOW)
    assert reconciled(nobody, frozenset(), kind=ItemKind.SINGLE, now=NOW + timedelta(hours=1)) == nobody


moves = st.one_of(
    st.tuples(st.just("toggle"), toggles),
    st.tuples(st.just("miss"), toggles),
    st.tuples(st.just("clear"), choices),
    st.tuples(st.just("choose"), choices),
    st.tuples(st.just("find"), st.none()),
)


@given(kind=kinds, story=st.lists(moves, max_size=8))
def test_whatever_happens_an_answer_is_sound(kind: ItemKind, story: list[tuple[str, list[str] | str | None]]) -> None:
    """A choice lists letters once, in order, only such as were tapped or chosen; several only where they may be."""
    post, tapped_ever = Post(kind=kind), set[str]()
    for move, what in story:
        if what is None:
            post.find()
        else:
            told = what[:1] if move == "choose" and kind is ItemKind.SINGLE else what
            tapped_ever |= {mark.upper() for mark in told} if move != "clear" else set()
            getattr(post, move)(told)
        choice = post.answer.choice
        assert choice == "".join(sorted(set(choice)))
        assert set(choice) <= tapped_ever
        assert post.answer.unresolved == (len(choice) > 1 and kind is ItemKind.SINGLE)
    assert post.find().answer.marks == frozenset(post.marks)


def test_a_letter_heard_later_stands_against_one_that_was_missed() -> None:
    """What a late snapshot finds from an outage is older than what was heard since: it never is the last word."""
    post = single().toggle("A").miss("B").toggle("C").find(heard="C")
    assert post.held == ("C", False)
    assert post.answer.seen == "ABC"
    assert post.toggle("C").held == ("B", False), "the latest that is left, though it was missed"


def test_letters_that_were_missed_count_on_a_multi_select_post() -> None:
    """There is no last word: every letter that is there counts, heard or found."""
    assert multiple().toggle("A").miss("B").toggle("C").find(heard="C").held == ("ABC", False)


def test_a_letter_that_was_missed_counts_when_the_one_heard_later_is_gone() -> None:
    """A letter heard since the outage and withdrawn in another one stands against nothing."""
    assert single().miss("B").toggle("C").miss("C").find(heard="C").held == ("B", False)


def test_an_answer_heard_later_stands_after_a_clear() -> None:
    """A moderator takes its letter from the post, but not the answer; an older letter does not replace it."""
    assert single().miss("B").toggle("C").clear("C").find(heard="C").held == ("C", False)
