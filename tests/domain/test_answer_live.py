"""Answers while the bot listens: taps, second thoughts, super reactions and clears."""

import pytest
from hypothesis import given

from bot.domain.answer import Answer, Came, Surface, cleared, lifted, tapped, tidied
from bot.domain.item import ItemKind
from tests.builders import NOW, make_answer
from tests.domain.posts import LETTERS, Post, kinds, multiple, single, toggles

LATER = NOW.replace(hour=10)


def test_nothing_tapped_is_no_answer() -> None:
    """Somebody who did nothing holds nothing to grade."""
    assert not Answer(at=NOW).given
    assert Answer(at=NOW).letters == ""


@pytest.mark.parametrize(
    ("taps", "choice"), [("A", "A"), ("AB", "B"), ("ABC", "C"), ("ABAB", ""), ("ABA", "B"), ("ABB", "A"), ("ABCC", "B")]
)
def test_single_select_the_latest_letter_that_is_there_counts(taps: str, choice: str) -> None:
    """The last letter tapped is the answer; taken away, the one before that is still there; none: withdrawn."""
    assert single().toggle(taps).held == (choice, False)


@pytest.mark.parametrize(("added", "choice"), [("ABAB", "B"), ("ABA", "A"), ("AAB", "B"), ("ABCA", "A")])
def test_single_select_a_letter_added_again_is_the_latest(added: str, choice: str) -> None:
    """Fast taps whose removals are never heard of end on the letter tapped last."""
    answer = Answer(at=NOW)
    for mark in added:
        answer = tapped(answer, mark, kind=ItemKind.SINGLE, now=NOW)
    assert (answer.choice, answer.unresolved) == (choice, False)


def test_single_select_fast_taps_with_the_bot_tidying_up() -> None:
    """A, B, A, B with the bot removing each earlier letter ends on B, and no removal of its own withdraws it."""
    answer = Answer(at=NOW)
    for mark, earlier in ("A", ""), ("B", "A"), ("A", "B"), ("B", "A"):
        answer = tapped(answer, mark, kind=ItemKind.SINGLE, now=NOW)
        answer = tidied(answer, earlier) if earlier else answer
    assert (answer.choice, answer.seen) == ("B", "B")


@pytest.mark.parametrize(
    ("taps", "choice"), [("A", "A"), ("BA", "AB"), ("ABAB", ""), ("ABA", "B"), ("DCBA", "ABCD"), ("ABCB", "AC")]
)
def test_multi_select_the_letters_that_are_there_count(taps: str, choice: str) -> None:
    """The answer is the set of letters present; taking one away withdraws it."""
    assert multiple().toggle(taps).held == (choice, False)


@given(kind=kinds, taps=toggles)
def test_a_repeated_event_of_the_latest_tap_changes_nothing(kind: ItemKind, taps: list[str]) -> None:
    """Hearing twice of the last tap, or of a letter being taken away, leaves the answer as it was."""
    post = Post(kind=kind).toggle(taps)
    for mark in taps[-1:]:
        repeat = tapped if mark in post.marks else lifted
        assert repeat(post.answer, mark, kind=kind, now=LATER) == post.answer


def test_a_letter_that_was_never_seen_can_go() -> None:
    """A removal whose addition was missed withdraws nothing."""
    answer = make_answer("B")
    for kind in ItemKind:
        assert lifted(answer, "A", kind=kind, now=LATER) == answer


@pytest.mark.parametrize("kind", ItemKind)
def test_both_sorts_of_reaction_on_one_letter_are_one_choice(kind: ItemKind) -> None:
    """An ordinary and a super reaction on one letter count once, and the letter stays until both are gone."""
    post = Post(kind=kind).toggle("Aa")
    assert post.held == ("A", False)
    assert post.answer.letters == "A"
    assert post.toggle("A").held == ("A", False)
    assert post.toggle("a").held == ("", False)


def test_single_select_a_super_reaction_is_a_tap_like_any_other() -> None:
    """Adding a super reaction to an earlier letter makes that letter the latest."""
    assert single().toggle("ABa").held == ("A", False)
    assert single().toggle("ABab").held == ("B", False)


def test_single_select_one_sort_lifted_keeps_the_choice() -> None:
    """A letter held both ways stays the answer when one of them goes, whichever was tapped last."""
    assert single().toggle("aBAA").held == ("A", False)
    assert single().toggle("aBAAa").held == ("B", False)


@given(taps=toggles)
def test_single_select_live_follows_the_taps(taps: list[str]) -> None:
    """A tap is the answer; when its letter is gone altogether, the letter of the latest mark that is left is."""
    post, choice = single(), ""
    for mark in taps:
        post.toggle(mark)
        if mark in post.marks:
            choice = mark.upper()
        elif choice not in post.letters:
            choice = post.marks[-1].upper() if post.marks else ""
        assert post.held == (choice, False)


@given(taps=toggles)
def test_multi_select_live_is_the_set_of_letters_present(taps: list[str]) -> None:
    """After every single tap the answer is exactly what the member sees on the post."""
    post = multiple()
    for mark in taps:
        assert post.toggle(mark).held == (post.letters, False)


@given(kind=kinds, taps=toggles)
def test_what_was_seen_is_what_is_there(kind: ItemKind, taps: list[str]) -> None:
    """While every event is heard the marks on file are those on the post, in the order of tapping."""
    post = Post(kind=kind).toggle(taps)
    assert list(post.answer.seen) == post.marks


@given(kind=kinds, taps=toggles)
def test_the_time_of_an_answer_is_the_time_of_its_last_change(kind: ItemKind, taps: list[str]) -> None:
    """What does not change the choice does not make it younger."""
    post = Post(kind=kind)
    for mark in taps:
        before = post.answer
        after = post.toggle(mark).answer
        assert after.at == (before.at if after.choice == before.choice else post.now)


@given(kind=kinds, taps=toggles)
def test_a_clear_withdraws_nothing(kind: ItemKind, taps: list[str]) -> None:
    """A moderator who clears all letters, or each in turn, takes nobody's answer away."""
    post = Post(kind=kind).toggle(taps)
    before = post.answer
    for letter in LETTERS:
        post.clear(letter)
    assert (post.answer.choice, post.answer.at, post.answer.seen) == (before.choice, before.at, "")
    assert cleared(before, LETTERS) == post.answer


def test_a_clear_takes_both_sorts_of_one_letter() -> None:
    """After one letter was cleared no reaction on it counts as seen; the others do."""
    post = multiple().toggle("AaB").clear("A")
    assert (post.answer.seen, post.held) == ("B", ("AB", False))


def test_multi_select_a_tap_after_a_clear_loses_no_cleared_letter() -> None:
    """Letters that a moderator cleared count beside one tapped later, until their member takes them away."""
    post = multiple().toggle("AB").clear()
    assert post.toggle("C").held == ("ABC", False)
    assert post.toggle("A").held == ("ABC", False), "tapped anew, it is there already"
    assert post.toggle("A").held == ("BC", False)


@given(before=toggles, after=toggles)
def test_multi_select_only_taking_a_letter_away_withdraws_it(before: list[str], after: list[str]) -> None:
    """Across a clear the answer is what was chosen, with what was tapped since, without what was taken away since."""
    post = multiple().toggle(before)
    wanted = set(post.letters)
    post.clear()
    for mark in after:
        post.toggle(mark)
        if mark in post.marks:
            wanted.add(mark.upper())
        elif mark.upper() not in post.letters:
            wanted.discard(mark.upper())
        assert post.held == ("".join(sorted(wanted)), False)


def test_single_select_a_tap_after_a_clear_replaces_the_answer() -> None:
    """After a clear the old letter still counts; a new one replaces it, and taken away leaves none."""
    post = single().toggle("A").clear()
    assert post.held == ("A", False)
    assert post.toggle("B").held == ("B", False)
    assert post.toggle("B").held == ("", False)


def test_the_bots_own_removal_leaves_the_other_sort_of_reaction() -> None:
    """When the bot tidies an ordinary reaction away, the super reaction on that letter is still there to be seen."""
    post = single().toggle("AaB")
    post.marks.remove("A")
    post.answer = tidied(post.answer, "A")
    assert (post.answer.seen, post.held) == ("aB", ("B", False))
    assert post.find().held == ("B", False)


def test_an_answer_says_how_it_came() -> None:
    """What is heard as it happens is live, by reaction."""
    answer = single().toggle("A").answer
    assert (answer.came, answer.surface) == (Came.LIVE, Surface.REACTIONS)
