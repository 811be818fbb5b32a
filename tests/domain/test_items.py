"""Items as written and as posed, rounds, traps and banks: what follows from them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.item import LETTERS
from bot.domain.posed import pose
from tests.builders import NOW, make_bank, make_blueprint, make_item, make_posed, make_round, make_trap

NONCE_LIMIT = 25
"""Characters of a nonce that Discord takes."""

keys = st.sets(st.sampled_from("ABCDEFGHIJ"), min_size=1).map(lambda letters: "".join(sorted(letters)))


@given(key=keys, seed=st.integers())
def test_posing_shuffles_and_loses_nothing(key: str, seed: int) -> None:
    """Every option is there once, under a letter of its own, and the key letters show the right options."""
    item = make_item(key=key, options=10)
    posed = pose(item, Random(seed))
    assert sorted(posed.order) == list(range(10))
    assert posed.letters == LETTERS
    assert [letter for letter, _ in posed.options] == list(LETTERS)
    assert {option.text for _, option in posed.options} == {option.text for option in item.options}
    assert posed.key == {letter for letter, option in posed.options if option.correct}
    assert len(posed.key) == len(item.key) == len(key)


@given(seed=st.integers())
def test_posing_is_reproducible(seed: int) -> None:
    """The same seed shows the same order."""
    item = make_item(options=6)
    assert pose(item, Random(seed)) == pose(item, Random(seed))


def test_posing_moves_the_key_about() -> None:
    """Over many rounds the right option stands under every letter about equally often."""
    item, rng = make_item(options=4), Random(1)
    places = [next(iter(pose(item, rng).key)) for _ in range(400)]
    assert all(60 < places.count(letter) < 140 for letter in "ABCD")


def test_letters_are_as_many_as_options() -> None:
    """Two options are A and B, ten go to J."""
    assert make_posed(make_item(options=2)).letters == "AB"
    assert make_posed(make_item(options=10)).letters == "ABCDEFGHIJ"


def test_an_item_knows_its_key_and_its_traps() -> None:
    """The key goes by the author's places; traps are those its distractors name."""
    item = make_item(key="AC", traps={"B": "door-as-lock", "D": "door-as-lock"})
    assert item.key == {0, 2}
    assert item.traps == {"door-as-lock"}
    assert make_item().traps == frozenset()


@given(
    round_id=st.integers(1, 2**63 - 1),
    planned_at=st.datetimes(datetime(2026, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_a_nonce_fits_and_tells_rounds_apart(round_id: int, planned_at: datetime) -> None:
    """Discord takes it, it is the same at every attempt, and another round or another start has another one."""
    asked = make_round(round_id=round_id, planned_at=planned_at)
    assert 0 < len(asked.nonce) <= NONCE_LIMIT
    assert asked.nonce == replace(asked, attempts=3).nonce
    assert asked.nonce != replace(asked, id=round_id - 1).nonce


def test_a_nonce_changes_with_the_claim() -> None:
    """A database that was made anew counts its rounds from 1 again without repeating a nonce."""
    assert make_round().nonce != make_round(planned_at=NOW + timedelta(seconds=1)).nonce


def test_a_trap_is_named_by_both_things() -> None:
    """Learners meet a trap as the two things it confuses."""
    assert make_trap().name == "Door ⇄ Lock"


def test_a_bank_finds_its_items() -> None:
    """Items come lesson by lesson, are found by id, and one that is gone is `None`."""
    items = [make_item("2", lesson="b"), make_item("1", lesson="a"), make_item("3", lesson="b")]
    bank = make_bank(items)
    assert [item.id for item in bank.items()] == ["2", "3", "1"]
    assert bank.item("3") == items[2]
    assert bank.item("4") is None


def test_a_blueprint_lists_its_objectives() -> None:
    """Objectives of every domain by id, in order."""
    assert list(make_blueprint().objectives()) == ["1.1", "1.2", "2.1", "2.2"]
