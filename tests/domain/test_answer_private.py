"""Answers by button: what replaces them, and what does not."""

from datetime import timedelta

from hypothesis import assume, given

from bot.domain.answer import Came, Surface
from bot.domain.item import ItemKind
from tests.builders import NOW, make_answer
from tests.domain.posts import LETTERS, Post, choices, kinds, multiple, single, toggles

HOUR = timedelta(hours=1)


@given(kind=kinds, taps=toggles, chosen=choices)
def test_a_private_answer_replaces_whatever_was_tapped(kind: ItemKind, taps: list[str], chosen: str) -> None:
    """A later private answer counts alone, whatever is on the post; nothing chosen withdraws."""
    answer = Post(kind=kind).toggle(taps).choose(chosen).answer
    assert (answer.choice, answer.given, answer.surface) == (chosen, bool(chosen), Surface.PRIVATE)


@given(kind=kinds, taps=toggles, chosen=choices)
def test_taking_letters_away_never_withdraws_a_private_answer(kind: ItemKind, taps: list[str], chosen: str) -> None:
    """Removed by the member, cleared by a moderator, heard or found later: the private answer stays."""
    post = Post(kind=kind).toggle(taps).choose(chosen)
    wanted = (post.answer.choice, post.answer.surface, post.answer.at)
    for mark in list(post.marks)[::2]:
        post.toggle(mark)
    post.miss(list(post.marks)[:1]).find().clear().find(outage_began=post.now + HOUR)
    assert (post.answer.choice, post.answer.surface, post.answer.at) == wanted


def test_a_later_letter_replaces_a_private_answer() -> None:
    """A tap after the private answer counts; on a multi-select post with every letter that is there."""
    assert single().toggle("A").choose("B").toggle("C").held == ("C", False)
    assert multiple().toggle("A").choose("BC").toggle("D").held == ("AD", False)
    assert multiple().choose("BC").toggle("D").answer.surface is Surface.REACTIONS


def test_the_same_letter_tapped_after_a_private_answer_is_by_reaction() -> None:
    """Tapping what was chosen privately makes the letter on the post the answer: taking it away withdraws."""
    post = single().choose("A").toggle("A")
    assert (post.answer.choice, post.answer.surface, post.answer.at) == ("A", Surface.REACTIONS, post.now)
    assert post.toggle("A").held == ("", False)


def test_a_later_private_answer_replaces_an_earlier_one() -> None:
    """The last word counts, to its time; withdrawing counts as one."""
    post = multiple().choose("AB").choose("C")
    assert (post.answer.choice, post.answer.at) == ("C", post.now)
    assert post.choose("").held == ("", False)


def test_a_private_answer_settles_an_unresolved_one() -> None:
    """Saying privately which letter was meant leaves one answer, and no snapshot of the same letters unsettles it."""
    post = single().miss("AB").find().choose("B")
    assert post.held == ("B", False)
    assert post.find(outage_began=post.now + HOUR).held == ("B", False)


def test_a_private_choice_is_kept_in_alphabetical_order() -> None:
    """Letters come as they were picked and are stored as they are shown."""
    assert multiple().choose("CAB").answer.choice == "ABC"


@given(kind=kinds, before=toggles, missed=toggles, chosen=choices)
def test_a_private_answer_given_after_the_outage_began_beats_the_snapshot(
    kind: ItemKind, before: list[str], missed: list[str], chosen: str
) -> None:
    """Letters found later may be older than it, so they do not count; they are remembered as seen."""
    post = Post(kind=kind).toggle(before)
    began = post.now
    post.miss(missed).choose(chosen).find(outage_began=began)
    assert (post.answer.choice, post.answer.surface) == (chosen, Surface.PRIVATE)
    assert post.answer.marks == frozenset(post.marks)
    assert post.find(outage_began=post.now + HOUR).answer.choice == chosen, "what was seen is never new again"


@given(kind=kinds, before=toggles, missed=toggles, chosen=choices)
def test_a_letter_added_in_a_later_outage_replaces_a_private_answer(
    kind: ItemKind, before: list[str], missed: list[str], chosen: str
) -> None:
    """An answer from before the outage gives way to letters tapped during it, as it does to letters tapped live."""
    post = Post(kind=kind).toggle(before).choose(chosen)
    seen, began = set(post.letters), post.now + HOUR
    post.miss(missed)
    new = sorted(set(post.letters) - seen)
    assume(new)
    post.find(outage_began=began)
    expected = post.letters if kind is ItemKind.MULTIPLE else "".join(new)
    assert post.held == (expected, kind is ItemKind.SINGLE and len(new) > 1)
    assert (post.answer.surface, post.answer.came) == (Surface.REACTIONS, Came.CATCH_UP)


def test_without_an_outage_a_snapshot_leaves_a_private_answer_alone() -> None:
    """A diff that found a letter nobody can date does not replace what was said by button."""
    post = single().choose("A").miss("B").find()
    assert post.held == ("A", False)
    assert post.answer.seen == "B"


def test_letters_found_beside_a_private_answer_are_of_unknown_order() -> None:
    """Should the member tap and take back a letter later, none of those found together is credited."""
    post = single()
    post.miss("AB").choose("C").find(outage_began=NOW).toggle("D")
    assert post.held == ("D", False)
    assert post.toggle("D").held == ("AB", True)


def test_the_moment_an_outage_begins_belongs_to_it() -> None:
    """A private answer of the very instant at which the bot was last alive beats the snapshot."""
    post = single().choose("A")
    began = post.now
    assert post.miss("B").find(outage_began=began).held == ("A", False)


def test_a_private_answer_outlives_every_clear() -> None:
    """What is not on the post cannot be cleared from it."""
    post = multiple().toggle("A").choose("BC").clear(LETTERS)
    assert (post.held, post.answer.seen) == (("BC", False), "")
    assert make_answer("BC", surface=Surface.PRIVATE).seen == ""


@given(kind=kinds, taps=toggles)
def test_a_private_withdrawal_stands_beside_letters(kind: ItemKind, taps: list[str]) -> None:
    """Letters that were on the post when the answer was withdrawn by button bring back nothing, heard or found."""
    post = Post(kind=kind).toggle(taps).choose("")
    post.find().find(outage_began=post.now + HOUR)
    assert post.held == ("", False)
    for mark in list(post.marks):
        post.toggle(mark)
    assert post.held == ("", False)


def test_a_letter_ends_a_private_withdrawal() -> None:
    """A letter tapped later is the answer; on a multi-select post together with those that are there."""
    assert single().toggle("A").choose("").toggle("B").held == ("B", False)
    assert multiple().toggle("A").choose("").toggle("B").held == ("AB", False)
    assert single().toggle("A").choose("").toggle("AA").held == ("A", False), "taken away and tapped again"
