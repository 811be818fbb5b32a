"""An item as who practises it sees it: the question, and after the answer the feedback in its place."""

from collections.abc import Mapping

from bot.chat.letters import EMOJI
from bot.chat.render.explaining import explanation, fitted
from bot.chat.render.text import cut
from bot.domain.bank import Bank
from bot.domain.item import ItemKind
from bot.domain.kinds import KINDS, Mark
from bot.domain.posed import PosedItem
from bot.domain.trap import Trap

_STEM = 200


def drill_question(bank: Bank, posed: PosedItem, *, name: str = "Practice") -> list[str]:
    """Write a question with its lettered options; `name` says what it is a part of."""
    return [
        f"{_title(bank, posed, name)}\n{shown_stem(posed)}",
        lettered(posed),
        f"**{instruction(posed)}.**\n-# Only you see this, and it counts on no board.",
    ]


def drill_feedback(
    bank: Bank,
    posed: PosedItem,
    choice: str,
    mark: Mark,
    traps: Mapping[str, Trap],
    *,
    name: str = "Practice",
    note: str = "",
) -> list[str]:
    """Write what became of an answer: the verdict, each chosen option with its reason, and the key; it always fits.

    A note stands beside the verdict.
    """
    heads = [[stem, f"**{verdict(posed, mark)}** {note}".rstrip()] for stem in stems(_title(bank, posed, name), posed)]
    return fitted(heads, lambda detail: explanation(posed, choice, traps, detail))


def shown_stem(posed: PosedItem) -> str:
    """Write an item's stem, and below it what is on its picture: the description says the same in words."""
    image = posed.item.image
    return posed.item.stem.strip() + (f"\n> 🖼️ {image.alt}" if image is not None else "")


def stems(title: str, posed: PosedItem) -> tuple[str, str]:
    """Write a title with the item's stem below it, in full and cut."""
    stem = posed.item.stem.strip()
    return f"{title}\n{stem}", f"{title}\n{cut(stem, _STEM)}"


def lettered(posed: PosedItem) -> str:
    """Write the options with their letters, one a line."""
    return "\n".join(f"{EMOJI[letter]} {option.text}" for letter, option in posed.options)


def instruction(posed: PosedItem) -> str:
    """Say how many options to choose."""
    return KINDS[posed.item.kind].instruction(len(posed.key))


def about(bank: Bank, posed: PosedItem) -> str:
    """Write what an item is about: its bank and lesson."""
    lesson = bank.lessons.get(posed.item.lesson)
    return f"{bank.short_title} {lesson.id} {lesson.title}" if lesson is not None else bank.short_title


def verdict(posed: PosedItem, mark: Mark) -> str:
    """Say how an answer did."""
    if mark.fraction == 1:
        return "✓ Right!"
    if posed.item.kind is ItemKind.SINGLE:
        return "✗ Not this one."
    return f"{mark.right} right, {mark.wrong} wrong of {mark.keyed}: {mark.fraction} of the mark."


def _title(bank: Bank, posed: PosedItem, name: str) -> str:
    return f"### 🎯 {name} · {about(bank, posed)}"
