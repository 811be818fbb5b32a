"""Cards to study by: a trap with its contrast."""

from bot.domain.bank import Bank
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


def _met_in(bank: Bank, trap: Trap) -> str:
    lessons = [
        f"{lesson.id} {lesson.title}"
        for lesson in bank.lessons.values()
        if any(trap.id in item.traps for item in lesson.items)
    ]
    return ", ".join(lessons) or bank.short_title


def _sources(bank: Bank, ids: tuple[str, ...]) -> str:
    return " · ".join(f"[{bank.sources[each].title}]({bank.sources[each].url})" for each in ids)
