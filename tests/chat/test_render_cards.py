"""Lessons as pages and traps as cards: everything is shown, and every page fits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.chat.answer_buttons import MyAnswer
from bot.chat.layouts import card
from bot.chat.render.cards import lesson_pages, lesson_title, trap_card
from bot.chat.render.passages import PAGE_BLOCKS, PAGE_TARGET, Passage, paged
from bot.chat.render.sizes import components, too_large
from bot.chat.render.text import LAYOUT_LIMIT
from bot.domain.bank import Bank
from bot.domain.chain import Chain, Fault, Link
from bot.domain.lesson import Lesson, LookAlike, Section, Watch, WorkflowStep
from tests.builders import make_bank, make_item, make_lesson, make_trap

_ENTRIES = st.lists(st.integers(min_value=1, max_value=1800).map(lambda size: "e" * size), min_size=1, max_size=30)


def _with(lesson: Lesson) -> Bank:
    return replace(make_bank(), lessons={lesson.id: lesson})


def _flat(pages: list[list[str]]) -> str:
    return "\n".join(block for page in pages for block in page)


@pytest.fixture(scope="module", name="shipped")
def _shipped() -> list[Bank]:
    """Give the banks that come with Trapwise."""
    return [shelf.bank for shelf in app.load_shelves([app.shipped_content()])]


def test_every_line_of_the_shipped_lessons_is_shown(shipped: list[Bank]) -> None:
    """Nothing of a lesson is lost on its way to the pages: not one of its sources, nor when it was updated."""
    for bank in shipped:
        for lesson in bank.lessons.values():
            told = _flat(lesson_pages(bank, lesson))
            assert told.count("as of ") >= len(lesson.sources)
            faults = [fault.symptom for link in (lesson.chain.links if lesson.chain else ()) for fault in link.faults]
            for part in (
                lesson.summary,
                *lesson.takeaways,
                *faults,
                *(each.text.strip() for each in lesson.sections),
                *(each.result for each in lesson.workflow),
                *(each.not_the_answer for each in lesson.look_alikes),
                *(each.tells for each in lesson.monitor),
                *(f"]({bank.sources[each].url})" for each in lesson.sources),
                f"-# Updated {lesson.updated.isoformat()}",
            ):
                assert part in told


def test_the_sources_of_the_first_lesson_are_all_there(shipped: list[Bank]) -> None:
    """Lesson 6.2 has 47 sources, more than one page holds."""
    bank = next(bank for bank in shipped if bank.id == "md-102")
    pages = lesson_pages(bank, bank.lessons["6.2"])
    assert _flat(pages).count(", as of ") == len(bank.lessons["6.2"].sources) >= 47
    assert any("**Sources**, continued" in block for block in pages[-1])


def test_the_shipped_banks_fit(shipped: list[Bank]) -> None:
    """Nothing of the shipped banks is too large, and pages are well filled."""
    for bank in shipped:
        assert list(too_large(bank)) == []
        for lesson in bank.lessons.values():
            sizes = [sum(map(len, page)) for page in lesson_pages(bank, lesson)]
            assert max(sizes) <= PAGE_TARGET
            assert sum(sizes[:-1]) / len(sizes[:-1]) > PAGE_TARGET * 0.85


@given(st.lists(_ENTRIES, min_size=1, max_size=40))
def test_pages_lose_nothing_and_fit(lists: list[list[str]]) -> None:
    """However long the lists, every entry is on a page in order, and no page is too long or has too many blocks."""
    passages = [
        Passage(
            heading=f"**{number}**", again="again", entries=tuple(f"{place}{entry}" for place, entry in enumerate(each))
        )
        for number, each in enumerate(lists)
    ]
    pages = paged(passages)
    lines = [line for line in _flat(pages).splitlines() if line != "again"]
    assert lines == [line for passage in passages for line in (passage.heading, *passage.entries)]
    for page in pages:
        assert page
        assert len(page) <= PAGE_BLOCKS
        assert sum(map(len, page)) <= PAGE_TARGET


def test_many_short_passages_are_spread_over_pages() -> None:
    """Forty short sections or look-alikes make pages that Discord takes, with both buttons."""
    lesson = replace(
        make_lesson(),
        sections=tuple(Section(title=f"S{number}", text="Short.") for number in range(40)),
        look_alikes=tuple(LookAlike(control=f"C{n}", does="Does.", not_the_answer="Is not.") for n in range(40)),
    )
    bank = _with(lesson)
    assert list(too_large(bank)) == []
    pages = lesson_pages(bank, lesson)
    for number, page in enumerate(pages, start=1):
        card([lesson_title(bank, lesson, number, len(pages)), *page], buttons=[MyAnswer(1), MyAnswer(2)])
    assert "**C39** Does.\n↳ Is not." in _flat(pages)


@pytest.mark.parametrize(("texts", "buttons"), [(1, 0), (1, 1), (16, 2), (3, 5)])
def test_components_are_counted_as_discord_counts_them(texts: int, buttons: int) -> None:
    """The count is that of the layout that is sent: the frame, texts, lines and the row of buttons."""
    layout = card(["text"] * texts, buttons=[MyAnswer(number) for number in range(buttons)])
    assert components(texts, buttons) == layout.total_children_count


def test_what_is_too_large_is_found() -> None:
    """A section, a trap or a question longer than Discord takes is told before anyone posts it."""
    lesson = replace(make_lesson(items=[make_item()]), sections=(Section(title="Long", text="x" * LAYOUT_LIMIT),))
    trap = replace(make_trap(), why_tempting="x" * LAYOUT_LIMIT)
    item = replace(make_item(), id="1.1-002", stem="x" * 2000)
    lesson = replace(lesson, items=(*lesson.items, item))
    found = list(too_large(replace(_with(lesson), traps={trap.id: trap})))
    assert [each[:2] for each in found] == [("item", "1.1-002"), ("trap", trap.id), ("lesson", "1.1")]
    assert "question is 2," in found[0][2]
    assert "page 2 is 4," in found[2][2]


def test_an_item_whose_reveal_would_lose_its_sources_is_found() -> None:
    """A reveal always fits, yet a bank is told when that would cost more than shrinking."""
    bank = make_bank()
    source = replace(bank.sources["LOCK"], url=f"https://example.org/{'x' * LAYOUT_LIMIT}")
    found = list(too_large(replace(bank, sources={"LOCK": source})))
    assert ("item", "1.1-001") in [each[:2] for each in found]
    assert "its reveal is " in found[0][2]


def test_a_lesson_reads_in_order() -> None:
    """A lesson goes from its takeaways through chain, sections, workflow and look-alikes to its sources."""
    fault = Fault(id="f", name="No key", quiet=True, symptom="It opens.", evidence="LOCK")
    link = Link(id="l", title="Lock it", configure="Turn the key.", result="Locked.", evidence="LOCK", faults=(fault,))
    lesson = replace(
        make_lesson(),
        chain=Chain(outcome="The door stays shut.", links=(link,)),
        sections=(Section(title="Doors", text="Doors swing.\n"),),
        workflow=(WorkflowStep(step="Close", configuration="Push.", result="Shut.", trap="door-as-lock"),),
        look_alikes=(LookAlike(control="Latch", does="Clicks.", not_the_answer="It does not lock."),),
        monitor=(Watch(what="Handle", where="the door", tells="whether it gives"),),
    )
    assert lesson_pages(_with(lesson), lesson) == [
        [
            "*What keeps a door shut.*\n\n**Takeaways**\n- A door is not a lock.",
            "**The chain**\nWhen every link is sound: The door stays shut.",
            "**1 → Lock it**\nTurn the key.\nResult: Locked.\nWhen it fails:\n- No key *(quiet)*: It opens.",
            "**Doors**\nDoors swing.",
            "**Workflow, step by step**\n**1. Close**\nConfigure: Push.\nResult: Shut.\n🪤 Door ⇄ Lock",
            "**Look-alikes**\n**Latch** Clicks.\n↳ It does not lock.",
            "**What to monitor**\n- **Handle** (the door): whether it gives",
            "**Sources**\n- [All about locks](https://example.org/locks), as of 2026-11-01\n-# Updated 2026-11-23",
        ]
    ]
    bare = make_lesson()
    assert len(lesson_pages(_with(bare), bare)[0]) == 2


def test_a_trap_card_contrasts_both_things() -> None:
    """A trap's card has the belief, both sides of each row, the test, and where it is met."""
    bank = make_bank([make_item(traps={"B": "door-as-lock"})])
    told = trap_card(bank, make_trap())
    assert told[0] == "### 🪤 Door ⇄ Lock\n> A door that is shut is locked."
    assert "▫️ **Door:** Shuts\n▪️ **Lock:** Locks" in told[1]
    assert told[-1].startswith("-# Met in: 1.1 Lesson 1.1\n-# Sources: [All about locks](")
