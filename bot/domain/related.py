"""Where a trap leads: the lessons that meet it and their passages about it, the items on it, and the traps near it."""

import re
from collections import Counter
from collections.abc import Iterator

from bot.domain.bank import Bank
from bot.domain.item import Item
from bot.domain.lesson import Lesson
from bot.domain.trap import Trap

_WORD = re.compile(r"[^\W\d_]{3,}")


def items_on(bank: Bank, trap_id: str) -> list[Item]:
    """List the items with a distractor that names the trap, in the bank's order."""
    return [item for item in bank.items() if trap_id in item.traps]


def met_in(bank: Bank, trap_id: str) -> list[Lesson]:
    """List the lessons that name the trap anywhere: in an item, a workflow step, a look-alike or the chain."""
    return [lesson for lesson in bank.lessons.values() if trap_id in set(_named(lesson))]


def section_about(lesson: Lesson, trap: Trap) -> int | None:
    """Give the place (from 0) of the section that speaks most of a trap's two things; `None` when none does.

    Each word of their names and of what tells them apart has one vote, which is shared among the sections by how often
    they use it: a word that is everywhere decides nothing.
    """
    used = [Counter(_words(f"{section.title} {section.text}")) for section in lesson.sections]
    votes = [0.0] * len(used)
    rows = " ".join(f"{row.left} {row.right}" for row in trap.contrast)
    for word in sorted(set(_words(f"{trap.left} {trap.right} {rows}"))):
        times = sum(each[word] for each in used)
        for place, each in enumerate(used):
            votes[place] += each[word] / times if times else 0
    best = max(range(len(used)), key=lambda place: votes[place], default=0)
    return best if any(votes) else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def related(bank: Bank, trap: Trap, *, limit: int) -> list[Trap]:
    """List up to `limit` traps near a trap, the nearest first; never the trap itself.

    First those that either of the two lists under `see_also`, in the order of its own list; then those that share one
    of its two things; then those that are distractors of the same items, by how many. Where none of these is, those
    met in the same lessons. Among equals the bank's order decides.
    """
    items = items_on(bank, trap.id)
    ranks: dict[str, tuple[int, int]] = {}
    for other in bank.traps.values():
        together = sum(other.id in item.traps for item in items)
        if other.id == trap.id:
            continue
        if other.id in trap.see_also:
            ranks[other.id] = (0, trap.see_also.index(other.id))
        elif trap.id in other.see_also:
            ranks[other.id] = (1, 0)
        elif _share_a_thing(trap, other):
            ranks[other.id] = (2, -together)
        elif together:
            ranks[other.id] = (3, -together)
    near = sorted(ranks, key=lambda each: ranks[each]) or _beside(bank, trap)
    return [bank.traps[each] for each in near[:limit]]


def _beside(bank: Bank, trap: Trap) -> list[str]:
    beside = {each for lesson in met_in(bank, trap.id) for each in _named(lesson)}
    return [each for each in bank.traps if each in beside and each != trap.id]


def _named(lesson: Lesson) -> Iterator[str]:
    """Name the traps of a lesson, some of them often."""
    for item in lesson.items:
        yield from item.traps
    yield from (step.trap for step in lesson.workflow)
    yield from (control.trap for control in lesson.look_alikes if control.trap is not None)
    for link in lesson.chain.links if lesson.chain else ():
        yield from (each for each in (link.trap, *(fault.trap for fault in link.faults)) if each is not None)


def _share_a_thing(one: Trap, other: Trap) -> bool:
    """Tell whether a thing of one is a thing of the other, be it in more words: `Machine risk`, `Machine risk rule`."""
    return any(words <= others or others <= words for words in _things(one) for others in _things(other))


def _things(trap: Trap) -> list[set[str]]:
    return [set(thing.casefold().split()) for thing in (trap.left, trap.right)]
