"""Cards to study by: a trap with its contrast, and a lesson as pages."""

from bot.chat.render.passages import Passage, paged
from bot.domain.bank import Bank
from bot.domain.chain import Link
from bot.domain.lesson import Lesson
from bot.domain.trap import Trap


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
    """Write a lesson as pages of blocks; nothing of it is left out.

    A page holds at most 15 blocks and about 3,200 characters; only one entry that is longer by itself can exceed that,
    which `bot.chat.render.sizes` finds before the bank is used.
    """
    return paged(
        [
            _takeaways(lesson),
            *_chain(lesson),
            *(Passage(heading=f"**{each.title}**", entries=(each.text.strip(),)) for each in lesson.sections),
            *([_workflow(bank, lesson)] if lesson.workflow else []),
            *([_look_alikes(lesson)] if lesson.look_alikes else []),
            *([_monitor(lesson)] if lesson.monitor else []),
            _dated_sources(bank, lesson),
        ]
    )


def lesson_title(bank: Bank, lesson: Lesson, page: int, pages: int) -> str:
    """Write the heading of a lesson's page."""
    return f"### {bank.short_title} {lesson.id} · {lesson.title}\n-# Page {page} of {pages}"


def _takeaways(lesson: Lesson) -> Passage:
    return Passage(
        heading=f"*{lesson.summary}*\n\n**Takeaways**",
        again="**Takeaways**, continued",
        entries=tuple(f"- {each}" for each in lesson.takeaways),
    )


def _chain(lesson: Lesson) -> list[Passage]:
    if lesson.chain is None:
        return []
    outcome = Passage(heading="**The chain**", entries=(f"When every link is sound: {lesson.chain.outcome}",))
    return [outcome, *(_link(number, link) for number, link in enumerate(lesson.chain.links, start=1))]


def _link(number: int, link: Link) -> Passage:
    title = f"**{number} → {link.title}**"
    return Passage(
        heading=f"{title}\n{link.configure}\nResult: {link.result}\nWhen it fails:",
        again=f"{title}, continued",
        entries=tuple(f"- {fault.name}{' *(quiet)*' if fault.quiet else ''}: {fault.symptom}" for fault in link.faults),
    )


def _workflow(bank: Bank, lesson: Lesson) -> Passage:
    entries = []
    for number, step in enumerate(lesson.workflow, start=1):
        name = bank.traps[step.trap].name if step.trap in bank.traps else step.trap
        entries.append(f"**{number}. {step.step}**\nConfigure: {step.configuration}\nResult: {step.result}\n🪤 {name}")
    heading = "**Workflow, step by step**"
    return Passage(heading=heading, again=f"{heading}, continued", entries=tuple(entries), gap="\n\n")


def _look_alikes(lesson: Lesson) -> Passage:
    entries = (f"**{each.control}** {each.does}\n↳ {each.not_the_answer}" for each in lesson.look_alikes)
    return Passage(heading="**Look-alikes**", again="**Look-alikes**, continued", entries=tuple(entries), gap="\n\n")


def _monitor(lesson: Lesson) -> Passage:
    entries = (f"- **{each.what}** ({each.where}): {each.tells}" for each in lesson.monitor)
    return Passage(heading="**What to monitor**", again="**What to monitor**, continued", entries=tuple(entries))


def _dated_sources(bank: Bank, lesson: Lesson) -> Passage:
    sources = [bank.sources[each] for each in lesson.sources]
    return Passage(
        heading="**Sources**",
        again="**Sources**, continued",
        entries=(
            *(f"- [{each.title}]({each.url}), as of {each.checked.isoformat()}" for each in sources),
            f"-# Updated {lesson.updated.isoformat()}",
        ),
    )


def _met_in(bank: Bank, trap: Trap) -> str:
    lessons = [
        f"{lesson.id} {lesson.title}"
        for lesson in bank.lessons.values()
        if any(trap.id in item.traps for item in lesson.items)
    ]
    return ", ".join(lessons) or bank.short_title


def _sources(bank: Bank, ids: tuple[str, ...]) -> str:
    return " · ".join(f"[{bank.sources[each].title}]({bank.sources[each].url})" for each in ids)
