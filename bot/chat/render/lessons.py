"""Lessons as pages: each part of a lesson has a page of its own, or several, that can be gone to by name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.chat.render.passages import Entry, Passage, paged
from bot.domain.bank import Bank
from bot.domain.chain import Chain, Fault, Link
from bot.domain.lesson import Lesson
from bot.domain.related import section_about

# Keys of parts; with the number of a further page they stay within ten characters, for the sake of custom ids.
INTRO, CHAIN, FAULTS, STEPS, ALIKE, WATCH, SOURCES = "intro", "chain", "faults", "steps", "alike", "watch", "sources"

QUIET = "*Quiet* faults are the treacherous ones: everything looks configured, and still it does not work."
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a lesson: its key in custom ids, its title, and its passages; `chain` is drawn on its first page."""

    key: str
    title: str
    passages: tuple[Passage, ...]
    chain: Chain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: the key that leads to it, its part's, its blocks, and the chain to draw after the first of them.

    `traps` are the ids of the traps that it names and the bank has, each once.
    """

    key: str
    part: str
    blocks: tuple[str, ...]
    traps: tuple[str, ...] = ()
    chain: Chain | None = None


def lesson_parts(bank: Bank, lesson: Lesson) -> list[Part]:
    """List the parts that a lesson has, in reading order: what is looked up often comes before what is read once."""
    parts = [Part(key=INTRO, title="Takeaways", passages=(_takeaways(lesson),))]
    if lesson.chain is not None:
        links = list(enumerate(lesson.chain.links, start=1))
        sound = (_outcome(lesson.chain), *(_link(number, link) for number, link in links))
        faults = (_fault_heading(), *(_faults(bank, number, link) for number, link in links))
        parts.append(Part(key=CHAIN, title="The chain", passages=sound, chain=lesson.chain))
        parts.append(Part(key=FAULTS, title="Where the chain breaks", passages=faults))
    if lesson.workflow:
        parts.append(Part(key=STEPS, title="Workflow, step by step", passages=(_workflow(bank, lesson),)))
    if lesson.look_alikes:
        parts.append(Part(key=ALIKE, title="Look-alikes", passages=(_look_alikes(bank, lesson),)))
    if lesson.monitor:
        parts.append(Part(key=WATCH, title="What to monitor", passages=(_monitor(lesson),)))
    for number, section in enumerate(lesson.sections, start=1):
        passage = Passage(heading=f"**{section.title}**", entries=(Entry(section.text.strip()),))
        parts.append(Part(key=_section(number), title=section.title, passages=(passage,)))
    return [*parts, Part(key=SOURCES, title="Sources", passages=(_dated_sources(bank, lesson),))]


def lesson_pages(bank: Bank, lesson: Lesson) -> list[Page]:
    """Write a lesson as pages of blocks; nothing of it is left out.

    A page holds at most 15 blocks and about 3,200 characters; only one entry that is longer by itself can exceed that,
    which `bot.chat.render.sizes` finds before the bank is used.
    """
    return [page for part in lesson_parts(bank, lesson) for page in _pages(bank, part)]


def page_about(bank: Bank, lesson: Lesson, traps: Iterable[str]) -> str:
    """Give the key of the page to read about the first of these traps that the lesson tells of; else its first page.

    It is where the chain breaks by it, else among the look-alikes, else in the workflow; a trap that only items have is
    looked for in the sections.
    """
    wanted = list(traps)
    pages = lesson_pages(bank, lesson)
    for trap in wanted:
        for part in (FAULTS, ALIKE, STEPS):
            for page in pages:
                if page.part == part and trap in page.traps:
                    return page.key
    for trap in wanted:
        place = section_about(lesson, bank.traps[trap]) if trap in bank.traps else None
        if place is not None:
            return _section(place + 1)
    return INTRO


def _section(number: int) -> str:
    return f"part-{number}"


def _pages(bank: Bank, part: Part) -> Iterator[Page]:
    for number, sheet in enumerate(paged(part.passages), start=1):
        yield Page(
            key=part.key if number == 1 else f"{part.key}-{number}",
            part=part.key,
            blocks=tuple(sheet.blocks),
            traps=tuple(each for each in sheet.traps if each in bank.traps),
            chain=part.chain if number == 1 else None,
        )


def lesson_title(bank: Bank, lesson: Lesson, page: int, pages: int) -> str:
    """Write the heading of a lesson's page."""
    return f"### {bank.short_title} {lesson.id} · {lesson.title}\n-# Page {page} of {pages}"


def _takeaways(lesson: Lesson) -> Passage:
    return Passage(
        heading=f"*{lesson.summary}*\n\n**Takeaways**",
        again="**Takeaways**, continued",
        entries=tuple(Entry(f"- {_no_list(each)}") for each in lesson.takeaways),
    )


def _outcome(chain: Chain) -> Passage:
    return Passage(heading="**The chain**", entries=(Entry(f"When every link is sound: {chain.outcome}"),))


def _link(number: int, link: Link) -> Passage:
    return Passage(heading=f"**{number} · {link.title}**", entries=(Entry(_done(link.configure, link.result)),))


def _done(configured: str, result: str) -> str:
    return f"*Configure:* {configured}\n*Result:* {result}"


def _fault_heading() -> Passage:
    return Passage(heading="**Where the chain breaks**", entries=(Entry(f"One broken link is enough. {QUIET}"),))


def _faults(bank: Bank, number: int, link: Link) -> Passage:
    title = f"**{number} · {link.title}**"
    own = [Entry(_trap(bank, link.trap), link.trap)] if link.trap is not None else []
    entries = (*own, *(_fault(bank, fault) for fault in link.faults))
    return Passage(heading=title, again=f"{title}, continued", entries=entries)


def _fault(bank: Bank, fault: Fault) -> Entry:
    text = f"- **{fault.name}**{' *(quiet)*' if fault.quiet else ''}: {fault.symptom}"
    return Entry(text if fault.trap is None else f"{text}\n  {_trap(bank, fault.trap)}", fault.trap)


def _workflow(bank: Bank, lesson: Lesson) -> Passage:
    entries = (
        Entry(
            f"**{number} · {step.step}**\n{_done(step.configuration, step.result)}\n{_trap(bank, step.trap)}", step.trap
        )
        for number, step in enumerate(lesson.workflow, start=1)
    )
    heading = "**Workflow, step by step**"
    return Passage(heading=heading, again=f"{heading}, continued", entries=tuple(entries), gap="\n\n")


def _look_alikes(bank: Bank, lesson: Lesson) -> Passage:
    entries = (
        Entry(
            "\n".join(
                [
                    f"**{each.control}**",
                    each.does,
                    f"↳ {each.not_the_answer}",
                    *([_trap(bank, each.trap)] if each.trap else []),
                ]
            ),
            each.trap,
        )
        for each in lesson.look_alikes
    )
    return Passage(heading="**Look-alikes**", again="**Look-alikes**, continued", entries=tuple(entries), gap="\n\n")


def _trap(bank: Bank, trap_id: str) -> str:
    return f"🪤 {bank.traps[trap_id].name if trap_id in bank.traps else trap_id}"


def _monitor(lesson: Lesson) -> Passage:
    entries = (Entry(f"- **{each.what}** ({each.where}): {each.tells}") for each in lesson.monitor)
    return Passage(heading="**What to monitor**", again="**What to monitor**, continued", entries=tuple(entries))


def _dated_sources(bank: Bank, lesson: Lesson) -> Passage:
    sources = [bank.sources[each] for each in lesson.sources]
    return Passage(
        heading="**Sources**",
        again="**Sources**, continued",
        entries=(
            *(Entry(f"- [{each.title}]({each.url}), as of {each.checked.isoformat()}") for each in sources),
            Entry(f"-# Updated {lesson.updated.isoformat()}"),
        ),
    )


def _no_list(text: str) -> str:
    """Keep a number that a text begins with from becoming the number of a list."""
    return _NUMBERED.sub(r"\1\\\2", text)
