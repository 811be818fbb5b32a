"""Where a trap leads: lessons, items and other traps."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.bank import Bank
from bot.domain.chain import Chain, Fault, Link
from bot.domain.lesson import Lesson, LookAlike, Section, WorkflowStep
from bot.domain.related import items_on, met_in, related, section_about
from bot.domain.trap import Trap
from tests.builders import make_bank, make_item, make_lesson, make_trap

NAMES = [*"abcdef"]


def _trap(trap_id: str, left: str = "", right: str = "", see_also: tuple[str, ...] = ()) -> Trap:
    """Make a trap of two things that no other has, unless they are named."""
    return replace(make_trap(trap_id), left=left or f"{trap_id}-1", right=right or f"{trap_id}-2", see_also=see_also)


def _bank(*traps: Trap, items: dict[str, str] | None = None, lessons: dict[str, str] | None = None) -> Bank:
    """Make a bank whose items have distractors with these traps, one letter each; `lessons` names other lessons."""
    made = [
        make_item(
            item, traps=dict(zip("BCDEFGHIJ", each, strict=False)), options=9, lesson=(lessons or {}).get(item, "1")
        )
        for item, each in (items or {}).items()
    ]
    return make_bank(made, traps=traps)


def _near(bank: Bank, trap_id: str, limit: int = 9) -> list[str]:
    return [each.id for each in related(bank, bank.traps[trap_id], limit=limit)]


def test_the_nearest_come_first() -> None:
    """What the author names, what names it, what shares a thing, what shares an item."""
    bank = _bank(
        _trap("f"),
        _trap("e"),
        _trap("d", right="A Lock"),
        _trap("c", see_also=("a",)),
        _trap("b"),
        _trap("a", left="a lock", see_also=("b",)),
        _trap("z"),
        items={"1": "ae", "2": "f", "3": "z"},
        lessons={"3": "9"},
    )
    assert _near(bank, "a") == ["b", "c", "d", "e"]
    assert _near(bank, "a", limit=2) == ["b", "c"]
    assert _near(bank, "z") == []


def test_a_lesson_in_common_is_better_than_nothing() -> None:
    """Traps that only share a lesson are named where nothing nearer is."""
    bank = _bank(*map(_trap, "abcd"), items={"1": "a", "2": "b", "3": "c", "4": "d"}, lessons={"3": "9"})
    assert _near(bank, "a") == ["b", "d"]
    assert _near(bank, "c") == []


def test_an_authors_order_is_kept_and_more_items_are_nearer() -> None:
    """`see_also` is in its own order; of traps that share items the one that shares most comes first."""
    traps = (_trap("a", see_also=("c", "b")), *map(_trap, "bcde"))
    bank = _bank(*traps, items={"1": "ad", "2": "ae", "3": "ae"})
    assert _near(bank, "a") == ["c", "b", "e", "d"]


def test_a_thing_in_more_words_is_the_same_thing() -> None:
    """Machine risk is met again in a machine risk score; one word in common, or a beginning, is not enough."""
    bank = _bank(
        _trap("a", right="Machine risk"),
        _trap("b", left="machine risk score"),
        _trap("c", left="Machine room"),
        _trap("d", left="Machines risk"),
    )
    assert _near(bank, "a") == ["b"]
    assert _near(bank, "b") == ["a"]


@given(
    links=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=6),
    items=st.lists(st.sets(st.sampled_from(NAMES), min_size=1), max_size=4),
    limit=st.integers(0, 8),
)
def test_no_trap_is_related_to_itself_or_twice(links: list[tuple[str, str]], items: list[set[str]], limit: int) -> None:
    """Whatever the bank: different traps, and at most as many as asked for."""
    traps = [_trap(name, see_also=tuple({b: 0 for a, b in links if a == name})) for name in NAMES]
    bank = _bank(*traps, items={str(place): "".join(sorted(each)) for place, each in enumerate(items)})
    for name in NAMES:
        near = _near(bank, name, limit)
        assert name not in near
        assert len(near) == len(set(near)) <= limit


def _lesson(**changes: object) -> Lesson:
    return replace(make_lesson("7"), **changes)  # type: ignore[arg-type]


def test_a_trap_is_met_in_every_lesson_that_names_it() -> None:
    """Naming it in an item, a workflow step, a look-alike, a link or a fault of one is enough."""
    fault = Fault(id="f", name="f", quiet=False, symptom="s", evidence="e")
    link = Link(id="l", title="l", configure="c", result="r", evidence="e", faults=(fault,), trap="a")
    naming = [
        _lesson(workflow=(WorkflowStep(step="s", configuration="c", result="r", trap="a"),)),
        _lesson(look_alikes=(LookAlike(control="c", does="d", not_the_answer="n", trap="a"),)),
        _lesson(chain=Chain(outcome="o", links=(link,))),
        _lesson(chain=Chain(outcome="o", links=(replace(link, trap=None, faults=(replace(fault, trap="a"),)),))),
        _lesson(items=(make_item(traps={"B": "a"}),)),
    ]
    for lesson in naming:
        bank = replace(_bank(_trap("a"), _trap("b")), lessons={"7": lesson, "8": make_lesson("8")})
        assert [each.id for each in met_in(bank, "a")] == ["7"]
        assert met_in(bank, "b") == []


def test_items_on_a_trap_are_those_with_a_distractor_of_it() -> None:
    """An item is on a trap when one of its wrong options names it."""
    bank = _bank(_trap("a"), _trap("b"), items={"1": "ab", "2": "b"})
    assert [each.id for each in items_on(bank, "a")] == ["1"]
    assert [each.id for each in items_on(bank, "b")] == ["1", "2"]
    assert items_on(bank, "x") == []


def test_the_section_about_a_trap_is_the_one_that_speaks_of_its_things() -> None:
    """A word that every section uses decides nothing; a lesson that says nothing of a trap has no section about it."""
    sections = (
        Section(title="Handles", text="A handle opens what is shut. Doors, doors, doors."),
        Section(title="Keys", text="A key turns. The door stays shut, and the bolt is out."),
    )
    lesson = _lesson(sections=sections)
    assert section_about(lesson, _trap("a", "Shut door", "Bolted door")) == 1
    assert section_about(lesson, replace(_trap("b", "Handle", "Door"), contrast=())) == 0
    assert section_about(lesson, replace(_trap("c", "Window", "Curtain"), contrast=())) is None
    assert section_about(_lesson(), _trap("d")) is None
