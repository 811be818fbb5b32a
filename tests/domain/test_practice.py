"""Practice: which item comes next, and that a posing can be made again from its seed."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.practice import PracticeSource, Practised, fingerprint, new_seed, pick, pose_by, similar
from tests.builders import NOW, make_bank, make_item, make_option, make_posed, make_trap

_HOUR, _WEEK = timedelta(hours=1), timedelta(days=7)


def test_a_seed_poses_the_same_order_again() -> None:
    """Stem and order come back from the item and its seed, which is all that a button remembers."""
    seed = new_seed(Random(1))
    assert pose_by(make_item(), seed) == pose_by(make_item(), seed)
    orders = {pose_by(make_item(), new_seed(Random(number))).order for number in range(50)}
    assert len(orders) > 10


def test_the_fingerprint_tells_a_changed_item() -> None:
    """A changed stem, option, order or key shows; a better rationale does not."""
    item = make_item()
    first, *others = item.options
    changed = [
        replace(item, stem="Another stem?"),
        replace(item, options=(make_option("Other", correct=True), *others)),
        replace(item, options=(*others, first)),
        replace(item, options=(replace(first, correct=False), replace(others[0], correct=True), *others[1:])),
    ]
    assert fingerprint(item) not in [fingerprint(each) for each in changed]
    better = replace(item, options=(replace(first, why="Because."), *others))
    assert fingerprint(better) == fingerprint(item)


def test_similar_items_go_by_trap_and_then_by_objective() -> None:
    """An item on the trap that was fallen for is nearest, then one on another of the traps, then the objective."""
    item = make_item("1.1-001", traps={"B": "fallen", "C": "other"})
    bank = make_bank(
        [
            item,
            make_item("1.1-002", traps={"B": "other"}),
            make_item("1.1-003", traps={"B": "fallen"}, objective="2.1"),
            make_item("1.1-004"),
            make_item("1.1-005", objective="2.1"),
        ],
        traps=[make_trap("fallen"), make_trap("other")],
    )
    assert similar(bank, item, {"fallen"}) == {"1.1-002": 1, "1.1-003": 0, "1.1-004": 2}


def test_what_was_practised_tells_its_traps() -> None:
    """The traps of what was chosen were fallen for; a fully right answer resisted every trap of the item."""
    posed = make_posed(make_item(traps={"B": "b", "C": "c", "D": "c"}))

    def traps(choice: str) -> tuple[set[str], set[str]]:
        done = Practised(
            guild_id=None,
            member_id=1,
            bank="sample",
            posed=posed,
            seed="s",
            choice=choice,
            units=0,
            full=choice == "A",
            at=NOW,
            source=PracticeSource.DRILL,
        )
        return set(done.fallen), set(done.resisted)

    assert traps("B") == ({"b"}, set())
    assert traps("CD") == ({"c"}, set())
    assert traps("A") == (set(), {"b", "c"})
    assert traps("") == (set(), set())


def test_what_was_seen_recently_waits() -> None:
    """The nearest item comes first unless it was done within a day; then a farther one does."""
    near = {"near": 0, "far": 2}
    assert pick(near, {}, now=NOW, rng=Random(1)) == "near"
    assert pick(near, {"near": NOW - _WEEK}, now=NOW, rng=Random(1)) == "near"
    assert pick(near, {"near": NOW - _HOUR}, now=NOW, rng=Random(1)) == "far"


def test_when_all_were_seen_the_oldest_comes_again() -> None:
    """Practising on and on goes round all items that are near enough, never back and forth between two."""
    near, now = {"a": 0, "b": 0, "c": 2}, NOW
    seen: dict[str, datetime] = {}
    order = []
    for _ in range(6):
        chosen = pick(near, seen, now=now, rng=Random(1))
        assert chosen is not None
        order.append(chosen)
        seen[chosen] = now
        now += timedelta(minutes=1)
    assert sorted(order[:3]) == ["a", "b", "c"]
    assert order[3:] == order[:3]


def test_of_no_items_none_is_picked() -> None:
    """Where nothing is near there is nothing to offer."""
    assert pick({}, {}, now=NOW, rng=Random(1)) is None


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2), min_size=1), st.integers())
def test_what_was_never_seen_beats_what_was_seen_at_equal_distance(near: dict[str, int], seed: int) -> None:
    """Nothing done before comes while something as near was never done."""
    first = min(near)
    chosen = pick(near, {first: NOW - _WEEK}, now=NOW, rng=Random(seed))
    assert chosen is not None
    if chosen == first:
        assert all(place > near[first] for name, place in near.items() if name != first)
