"""Cards to study by: a trap with its contrast, and a lesson as pages."""

from collections.abc import Iterator

from bot.chat.render.text import LAYOUT_LIMIT, cut
from bot.domain.bank import Bank
from bot.domain.chain import Link
from bot.domain.lesson import Lesson
from bot.domain.trap import Trap

_PAGE_TARGET = 3200
"""Characters after which a page of a lesson is full enough to be read in one go."""


def trap_card(bank: Bank, trap: Trap) -> list[str]:
    """Write a trap as blocks: the belief, the contrast, why it tempts, how to tell the two apart, sources."""
    rows = "\n".join(f"▫️ **{trap.left}:** {row.left}\n▪️ **{trap.right}:** {row.right}" for row in trap.contrast)
    return [
        f"### 🪤 {trap.name}\n> {trap.belief}",
        f"**The difference**\n{rows}",
        f"**Why it tempts**\n{trap.why_tempting}",
        f"**Tell them apart**\n{trap.tell_apart}",
        f"-# Met in: {_met_in(bank, trap)}\n-# Sources: {_sources(bank, trap.sources)}",
    ]


def lesson_pages(bank: Bank, lesson: Lesson) -> list[list[str]]:
    """Write a lesson as pages of blocks; each page is at most 4,000 characters."""
    pages: list[list[str]] = [[]]
    for block in _blocks(bank, lesson):
        if pages[-1] and sum(map(len, pages[-1])) + len(block) > _PAGE_TARGET:
            pages.append([])
        pages[-1].append(cut(block, LAYOUT_LIMIT - 200))
    return pages


def lesson_title(bank: Bank, lesson: Lesson, page: int, pages: int) -> str:
    """Write the heading of a lesson's page."""
    return f"### {bank.short_title} {lesson.id} · {lesson.title}\n-# Page {page} of {pages}"


def _blocks(bank: Bank, lesson: Lesson) -> Iterator[str]:
    takeaways = "\n".join(f"- {each}" for each in lesson.takeaways)
    yield f"*{lesson.summary}*\n\n**Takeaways**\n{takeaways}"
    if lesson.chain is not None:
        yield f"**The chain**\nWhen every link is sound: {lesson.chain.outcome}"
        for number, link in enumerate(lesson.chain.links, start=1):
            yield _link(number, link)
    for section in lesson.sections:
        yield f"**{section.title}**\n{section.text.strip()}"
    for number, step in enumerate(lesson.workflow, start=1):
        heading = "**Workflow, step by step**\n" if number == 1 else ""
        name = bank.traps[step.trap].name if step.trap in bank.traps else step.trap
        yield f"{heading}**{number}. {step.step}**\nConfigure: {step.configuration}\nResult: {step.result}\n🪤 {name}"
    for number, look_alike in enumerate(lesson.look_alikes, start=1):
        heading = "**Look-alikes**\n" if number == 1 else ""
        yield f"{heading}**{look_alike.control}** {look_alike.does}\n↳ {look_alike.not_the_answer}"
    if lesson.monitor:
        watched = "\n".join(f"- **{each.what}** ({each.where}): {each.tells}" for each in lesson.monitor)
        yield f"**What to monitor**\n{watched}"
    yield f"**Sources**\n{_dated_sources(bank, lesson.sources)}\n-# Updated {lesson.updated.isoformat()}"


def _link(number: int, link: Link) -> str:
    faults = "\n".join(f"- {fault.name}{' *(quiet)*' if fault.quiet else ''}: {fault.symptom}" for fault in link.faults)
    return f"**{number} → {link.title}**\n{link.configure}\nResult: {link.result}\nWhen it fails:\n{faults}"


def _met_in(bank: Bank, trap: Trap) -> str:
    lessons = [
        f"{lesson.id} {lesson.title}"
        for lesson in bank.lessons.values()
        if any(trap.id in item.traps for item in lesson.items)
    ]
    return ", ".join(lessons) or bank.short_title


def _sources(bank: Bank, ids: tuple[str, ...]) -> str:
    return " · ".join(f"[{bank.sources[each].title}]({bank.sources[each].url})" for each in ids)


def _dated_sources(bank: Bank, ids: tuple[str, ...]) -> str:
    return "\n".join(
        f"- [{bank.sources[each].title}]({bank.sources[each].url}), as of {bank.sources[each].checked.isoformat()}"
        for each in ids
    )
