"""Lessons as pages: everything is shown, and every page fits."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.chat.layouts import card
from bot.chat.lesson_buttons import LessonLink, LessonMenu, LessonPage, open_lesson
from bot.chat.render.blocks import Picture
from bot.chat.render.lessons import QUIET, Page, lesson_pages, lesson_parts, page_about
from bot.chat.render.passages import PAGE_BLOCKS, PAGE_TARGET, Entry, Passage, paged
from bot.chat.render.sizes import components, too_large
from bot.chat.render.text import LAYOUT_LIMIT
from bot.chat.report_buttons import Report
from bot.content.limits import LONGEST_ID, MOST_ENTRIES
from bot.domain.bank import Bank
from bot.domain.chain import Chain, Fault, Link
from bot.domain.lesson import Lesson, LookAlike, Section, Watch, WorkflowStep
from bot.domain.related import met_in
from tests.builders import make_bank, make_chain, make_item, make_lesson, make_trap

_ENTRIES = st.lists(st.integers(min_value=1, max_value=1800).map(lambda size: "e" * size), min_size=1, max_size=30)


def _with(lesson: Lesson) -> Bank:
    return replace(make_bank(), lessons={lesson.id: lesson})


def _flat(pages: Iterable[Sequence[str]]) -> str:
    return "\n".join(block for page in pages for block in page)


def _components(layout: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - discord.py does not type its method
    sent: list[dict[str, Any]] = layout.to_components()
    return sent


def _blocks(pages: list[Page]) -> list[tuple[str, ...]]:
    return [page.blocks for page in pages]


@pytest.fixture(scope="module", name="shipped")
def _shipped() -> list[Bank]:
    """Give the banks that come with Trapwise."""
    return [shelf.bank for shelf in app.load_shelves([app.shipped_content()])]


def test_every_line_of_the_shipped_lessons_is_shown(shipped: list[Bank]) -> None:
    """Nothing of a lesson is lost on its way to the pages: not one of its sources, nor when it was updated."""
    for bank in shipped:
        for lesson in bank.lessons.values():
            told = _flat(_blocks(lesson_pages(bank, lesson)))
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
    assert _flat(_blocks(pages)).count(", as of ") == len(bank.lessons["6.2"].sources) >= 47
    assert any("**Sources**, continued" in block for block in pages[-1].blocks)


def test_the_shipped_banks_fit(shipped: list[Bank]) -> None:
    """Nothing of the shipped banks is too large, and no page is longer than one reads in one go."""
    for bank in shipped:
        assert list(too_large(bank)) == []
        for lesson in bank.lessons.values():
            assert max(sum(map(len, page.blocks)) for page in lesson_pages(bank, lesson)) <= PAGE_TARGET


@given(st.lists(_ENTRIES, min_size=1, max_size=40))
def test_pages_lose_nothing_and_fit(lists: list[list[str]]) -> None:
    """However long the lists, every entry is on a page in order, and no page is too long or has too many blocks."""
    passages = [
        Passage(
            heading=f"**{number}**",
            again="again",
            entries=tuple(Entry(f"{place}{entry}", f"t{place}") for place, entry in enumerate(each)),
        )
        for number, each in enumerate(lists)
    ]
    sheets = paged(passages)
    pages = [sheet.blocks for sheet in sheets]
    lines = [line for line in _flat(pages).splitlines() if line != "again"]
    assert lines == [line for each in passages for line in (each.heading, *(entry.text for entry in each.entries))]
    for sheet in sheets:
        named = {f"t{line.rstrip('e')}" for line in _flat([sheet.blocks]).splitlines() if line.endswith("e")}
        assert set(sheet.traps) == named
    for page in pages:
        assert page
        assert len(page) <= PAGE_BLOCKS
        assert sum(map(len, page)) <= PAGE_TARGET


async def test_many_short_passages_are_spread_over_pages() -> None:
    """Forty short sections or look-alikes make pages that Discord takes, with both buttons."""
    lesson = replace(
        make_lesson(),
        sections=tuple(Section(title=f"S{number}", text="Short.") for number in range(40)),
        look_alikes=tuple(LookAlike(control=f"C{n}", does="Does.", not_the_answer="Is not.") for n in range(40)),
    )
    bank = _with(lesson)
    assert list(too_large(bank)) == []
    for page in lesson_pages(bank, lesson):
        layout, _ = await open_lesson(bank, lesson, page.key)
        assert _components(layout)
    assert "**C39**\nDoes.\n↳ Is not." in _flat(_blocks(lesson_pages(bank, lesson)))


@pytest.mark.parametrize(("texts", "pictures", "buttons"), [(1, 0, 0), (1, 1, 1), (15, 1, 2), (3, 0, 5)])
@pytest.mark.parametrize("menus", [0, 1, 2])
def test_components_are_counted_as_discord_counts_them(texts: int, pictures: int, buttons: int, menus: int) -> None:
    """The count is that of the layout that is sent: the frame, texts, pictures, lines, and the rows below."""
    blocks = ["text"] * texts + [Picture(name="a.png", data=b"", alt="A picture")] * pictures
    intro = [discord.SelectOption(label="Intro")]
    goto = [LessonMenu("sample", "1.1", f"part-{number}", options=intro) for number in range(menus)]
    layout = card(blocks, buttons=[Report(number) for number in range(buttons)], menus=goto)
    assert components(texts + pictures, buttons, menus=len(goto)) == layout.total_children_count


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
    """A lesson goes from its takeaways through chain, workflow, look-alikes and sections to its sources."""
    fault = Fault(id="f", name="No key", quiet=True, symptom="It opens.", evidence="LOCK", trap="door-as-lock")
    link = Link(id="l", title="Lock it", configure="Turn the key.", result="Locked.", evidence="LOCK", faults=(fault,))
    link = replace(link, trap="door-as-lock")
    lesson = replace(
        make_lesson(),
        chain=Chain(outcome="The door stays shut.", links=(link,)),
        sections=(Section(title="Doors", text="Doors swing.\n"),),
        workflow=(WorkflowStep(step="Close", configuration="Push.", result="Shut.", trap="door-as-lock"),),
        look_alikes=(
            LookAlike(control="Latch", does="Clicks.", not_the_answer="It does not lock.", trap="door-as-lock"),
        ),
        monitor=(Watch(what="Handle", where="the door", tells="whether it gives"),),
    )
    pages = lesson_pages(_with(lesson), lesson)
    assert {page.key: page.blocks for page in pages} == {
        "intro": ("*What keeps a door shut.*\n\n**Takeaways**\n- A door is not a lock.",),
        "chain": (
            "**The chain**\nWhen every link is sound: The door stays shut.",
            "**1 · Lock it**\n*Configure:* Turn the key.\n*Result:* Locked.",
        ),
        "faults": (
            f"**Where the chain breaks**\nOne broken link is enough. {QUIET}",
            "**1 · Lock it**\n🪤 Door ⇄ Lock\n- **No key** *(quiet)*: It opens.\n  🪤 Door ⇄ Lock",
        ),
        "steps": ("**Workflow, step by step**\n**1 · Close**\n*Configure:* Push.\n*Result:* Shut.\n🪤 Door ⇄ Lock",),
        "alike": ("**Look-alikes**\n**Latch**\nClicks.\n↳ It does not lock.\n🪤 Door ⇄ Lock",),
        "watch": ("**What to monitor**\n- **Handle** (the door): whether it gives",),
        "part-1": ("**Doors**\nDoors swing.",),
        "sources": (
            "**Sources**\n- [All about locks](https://example.org/locks), as of 2026-11-01\n-# Updated 2026-11-23",
        ),
    }
    assert [page.key for page in pages] == ["intro", "chain", "faults", "steps", "alike", "watch", "part-1", "sources"]
    assert [page.key for page in pages if page.chain is not None] == ["chain"]
    assert [page.key for page in pages if page.traps == ("door-as-lock",)] == ["faults", "steps", "alike"]


def test_a_trap_has_a_page_to_read() -> None:
    """Where the chain breaks by it, else its look-alike, else its step, else a section on it, else the first page."""
    alike = LookAlike(control="Latch", does="Clicks.", not_the_answer="It does not lock.")
    step = WorkflowStep(step="Close", configuration="Push.", result="Shut.", trap="b")
    traps = {each: replace(make_trap(each), left=f"{each}{each}{each}", contrast=()) for each in "abcde"}
    chain = make_chain(1)
    lesson = replace(
        make_lesson(),
        chain=replace(chain, links=(replace(chain.links[0], trap="a"),)),
        look_alikes=(replace(alike, trap="a"), replace(alike, trap="b")),
        workflow=(step, replace(step, trap="c")),
        sections=(Section(title="Other", text="Nothing."), Section(title="Of ddd", text="Text.")),
    )
    bank = replace(_with(lesson), traps=traps)
    assert [page_about(bank, lesson, each) for each in "abcde"] == ["faults", "alike", "steps", "part-2", "intro"]
    assert page_about(bank, lesson, ["e", "gone", "b"]) == "alike"
    assert page_about(bank, lesson, []) == "intro"


def test_the_shipped_traps_have_a_page_in_each_lesson_that_meets_them(shipped: list[Bank]) -> None:
    """None of them opens a lesson at its beginning."""
    for bank in shipped:
        for trap in bank.traps:
            assert all(page_about(bank, lesson, [trap]) != "intro" for lesson in met_in(bank, trap)), trap


async def test_a_lesson_without_a_chain_has_no_page_for_it() -> None:
    """What a lesson lacks is neither a page nor a line of the menu, and a link to it opens the first page."""
    bare = make_lesson()
    bank = _with(bare)
    assert [(part.key, part.title) for part in lesson_parts(bank, bare)] == [
        ("intro", "Takeaways"),
        ("sources", "Sources"),
    ]
    layout, pictures = await open_lesson(bank, bare, "chain")
    assert pictures == []
    assert _components(layout) == _components((await open_lesson(bank, bare))[0])


async def test_the_chain_is_shown_as_a_picture_with_the_same_in_words() -> None:
    """The page of the chain has one picture, described; the texts beside it name every link and the outcome."""
    chain = make_chain(3)
    lesson = replace(make_lesson(), chain=chain)
    layout, pictures = await open_lesson(_with(lesson), lesson, "chain")
    (picture,) = pictures
    assert picture.data.startswith(b"\x89PNG")
    gallery = discord.MediaGalleryItem("attachment://chain.png", description=picture.alt).to_dict()
    frame = _components(layout)[0]
    assert [part["items"] for part in frame["components"] if part["type"] == 12] == [[gallery]]
    texts = "\n".join(part["content"] for part in frame["components"] if part["type"] == 10)
    for fact in (*(link.title for link in chain.links), chain.outcome):
        assert fact in texts
        assert fact in picture.alt


async def test_a_chain_that_cannot_be_drawn_is_told_in_words() -> None:
    """Titles in a script that the shipped fonts lack leave the page without a picture, and with everything else."""
    chain = make_chain(2)
    foreign = replace(chain, links=(replace(chain.links[0], title="接続"), chain.links[1]))
    lesson = replace(make_lesson(), chain=foreign)
    layout, pictures = await open_lesson(_with(lesson), lesson, "chain")
    assert pictures == []
    assert "接続" in str(_components(layout))


async def test_the_menu_names_parts_and_marks_where_one_is() -> None:
    """Of a lesson with more parts than a menu holds, those around the open page can be gone to."""
    lesson = replace(make_lesson(), sections=tuple(Section(title=f"S{n}", text="Short.") for n in range(1, 41)))
    bank = _with(lesson)
    for key, first, last in (("intro", "Takeaways", "S24"), ("part-20", "S8", "S32"), ("sources", "S17", "Sources")):
        menu = _components((await open_lesson(bank, lesson, key))[0])[-1]["components"][0]
        labels = [option["label"] for option in menu["options"]]
        assert (len(labels), labels[0], labels[-1]) == (25, first, last)
        assert [option["value"] for option in menu["options"] if option.get("default")] == [key]


async def test_a_chain_is_drawn_beside_other_work() -> None:
    """While a picture is drawn for one reader the bot goes on with everybody's answers."""
    lesson = replace(make_lesson(), chain=replace(make_chain(5), outcome="This one was never drawn before."))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    work = asyncio.create_task(others())
    await open_lesson(_with(lesson), lesson, "chain")
    work.cancel()
    assert turns > 1


def test_a_number_at_the_start_of_a_takeaway_makes_no_list() -> None:
    """A takeaway that begins with a number and a full stop is shown as written."""
    lesson = replace(make_lesson(), takeaways=("2026. That was the year.", "30 days is the default.", "7) Seven"))
    text = lesson_pages(_with(lesson), lesson)[0].blocks[0]
    assert "- 2026\\. That was the year.\n- 30 days is the default.\n- 7\\) Seven" in text


@pytest.mark.parametrize("button", [LessonLink, LessonPage, LessonMenu])
def test_ids_of_lesson_buttons_always_fit(button: type[LessonLink | LessonPage | LessonMenu]) -> None:
    """The longest ids of a bank and a lesson and the longest key stay within the hundred characters of a custom id."""
    assert len(button("b" * LONGEST_ID, "1" * LONGEST_ID, f"part-{MOST_ENTRIES}-2").custom_id) <= 100
