"""The quality of a bank: what a candidate could guess by, how stems read, and what a strict check asks for."""

import io
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import cli
from bot.content.quality import ENOUGH, lix, quality, shortcomings
from bot.domain.bank import Bank
from bot.domain.item import Item
from tests.builders import make_bank, make_item
from tests.content.sample import LESSON_FILE, Sample


def items(keys: Iterable[str]) -> list[Item]:
    """Make items with these keys, half of them about each domain's objectives in turn."""
    objectives = ("1.1", "1.2", "2.1", "2.2")
    return [
        make_item(f"1.1-{number:03}", key=key, objective=objectives[number % 4], traps=_traps(key))
        for number, key in enumerate(keys, start=1)
    ]


def _traps(key: str) -> dict[str, str]:
    return {next(letter for letter in "ABCD" if letter not in key): "door-as-lock"}


def told(bank: Bank) -> list[tuple[str, str]]:
    """List what could be better, without the ids of items."""
    return [(kind, what) for kind, _, what in shortcomings(bank)]


def worded(item: Item, *texts: str) -> Item:
    """Give an item's options other texts."""
    options = zip(item.options, texts, strict=True)
    return replace(item, options=tuple(replace(option, text=text) for option, text in options))


def test_keys_are_counted_by_letter() -> None:
    """Each letter is shown with the keys it has and those that chance would give it."""
    found = quality(make_bank([make_item("1.1-001", key="A"), make_item("1.1-002", key="AB", options=5)]))
    assert {letter: (share.keys, share.expected) for letter, share in found.letters.items()} == {
        "A": (2, 0.7), "B": (1, 0.7), "C": (0, 0.7), "D": (0, 0.7), "E": (0, 0.4),
    }  # fmt: skip


def test_lengths_are_compared_with_chance() -> None:
    """An item counts where the longest or the shortest option is a key; of several as long, by their share."""
    longest = worded(make_item("1.1-001", key="A"), "A bolt and a lock", "A bolt", "A door", "A hinge")
    shared = worded(make_item("1.1-002", key="A"), "A bolt", "A lock", "A rope and a door", "A hinge")
    found = quality(make_bank([longest, shared]))
    assert (found.key_is_longest, found.key_is_shortest, found.by_chance) == (50, 25, 25)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The door is open. Why?", 2.5),
        ("Doors without hinges fall.", 4 + 25),
        ("", 0),
    ],
)
def test_readability(text: str, value: float) -> None:
    """LIX adds the words of a sentence to the share of words of more than six letters."""
    assert lix(text) == value


def test_what_is_alike_and_what_teaches_no_trap() -> None:
    """Stems that share half of their word sequences are paired, and items without any trap are listed."""
    one = replace(make_item("1.1-001"), stem="The old door of the shed stands open all night long, and why is that?")
    two = replace(make_item("1.1-002"), stem="The old door of the shed stands open all night long, and who is there?")
    found = quality(make_bank([one, two, make_item("1.1-003", traps={"B": "door-as-lock"})]))
    assert found.alike == (("1.1-001", "1.1-002"),)
    assert found.without_trap == ("1.1-001", "1.1-002")


def test_an_even_bank_has_no_shortcomings() -> None:
    """Keys spread over the letters and objectives, of the length of their distractors: nothing to say."""
    assert told(make_bank(items("ABCD" * 10))) == []


def test_a_letter_that_is_often_the_key() -> None:
    """Where one letter is the key more than half again as often as by chance, and others seldom, that is said."""
    assert ("bank", "option A is a key 31 times, by chance it would be 10 times") in told(
        make_bank(items("A" * 31 + "BCD" * 3))
    )


@pytest.mark.parametrize(("key", "others", "name"), [("Bolts", "Bolt", "longest"), ("Bolt", "Bolts", "shortest")])
def test_a_length_that_gives_keys_away(key: str, others: str, name: str) -> None:
    """Where the key is the longest or the shortest option too often, that is said, once for the bank."""
    given_away = [
        worded(item, *(key if option.correct else others for option in item.options)) for item in items("ABCD" * 10)
    ]
    assert told(make_bank(given_away)) == [
        ("bank", f"the {name} option is a key in 100 % of the items, by chance it would be in 25 %")
    ]


def test_a_key_that_stands_out() -> None:
    """A key much longer than every distractor is named."""
    item = worded(make_item(), "A lock with a key that nobody else has", "A bolt", "A latch", "A rope")
    assert [(kind, id_) for kind, id_, what in shortcomings(make_bank([item])) if "stands out" in what] == [
        ("item", "1.1-001")
    ]


def test_a_stem_that_reads_hard() -> None:
    """A stem of long words in long sentences is named with its LIX."""
    stem = "Notwithstanding organisational circumstances, administrators subsequently investigate authentication"
    assert ("item", "its stem reads hard (LIX 107): shorter sentences or words would help") in told(
        make_bank([replace(make_item(), stem=f"{stem}?")])
    )


def test_a_trap_that_is_met_once() -> None:
    """A trap that only one item names is no confusion that comes back."""
    assert ("trap", "a distractor of 2 items at least should name this trap; 1 does") in told(
        make_bank([make_item(traps={"B": "door-as-lock"})])
    )


def test_a_blueprint_that_is_not_kept_to() -> None:
    """Domains far from their weights, and objectives without an item, are named; in a small bank not."""
    lopsided = [replace(item, objective="1.1") for item in items("ABCD" * 10)]
    said = told(make_bank(lopsided))
    assert [what for _, what in said if "has 100.0 % of the items" in what]
    assert [what for _, what in said if what.startswith("no item is about objective 1.2 ")]
    assert not [what for kind, what in told(make_bank(lopsided[: ENOUGH - 1])) if kind == "bank"]


@given(st.lists(st.sampled_from(["A", "B", "AB", "CD"]), min_size=1, max_size=8))
def test_chance_deals_as_many_keys_as_there_are(keys: list[str]) -> None:
    """Whatever the keys, what chance would give all letters together is what there is."""
    found = quality(make_bank(items(keys)))
    assert sum(share.keys for share in found.letters.values()) == sum(map(len, keys))
    assert abs(sum(share.expected for share in found.letters.values()) - sum(map(len, keys))) < 0.05 * 4 + 1e-9


def test_a_strict_check_tells_where(sample: Sample) -> None:
    """`--strict` reports what could be better as problems with their places; an ordinary check does not mind."""
    assert cli.check([sample.folder], io.StringIO()) == 0
    out = io.StringIO()
    assert cli.check([sample.folder], out, strict=True) == 1
    assert out.getvalue().splitlines() == [
        f"{sample.folder}/traps.yaml:12:9: a distractor of 2 items at least should name this trap; 1 does",
        "1 problem in 1 file",
    ]


def test_a_strict_check_measures_sizes_too(sample: Sample) -> None:
    """What does not fit once rendered stays a problem beside what could be better."""
    out = io.StringIO()
    assert cli.check([sample.folder], out, rendered=lambda _: [("item", "1.1-001", "is too long")], strict=True) == 1
    assert f"{sample.folder / LESSON_FILE}:58:9: is too long" in out.getvalue()
    assert "2 problems in 2 files" in out.getvalue()
