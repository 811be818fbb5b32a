"""A drill as its learner sees it: the question, and after the answer the feedback in its place."""

from collections.abc import Mapping

from bot.chat.letters import EMOJI
from bot.chat.render.explaining import fitted
from bot.chat.render.text import cut
from bot.domain.bank import Bank
from bot.domain.item import ItemKind
from bot.domain.kinds import KINDS, Mark
from bot.domain.posed import PosedItem
from bot.domain.trap import Trap

_STEM = 200


def drill_question(bank: Bank, posed: PosedItem) -> list[str]:
    """Write a drill's question with its lettered options."""
    instruction = KINDS[posed.item.kind].instruction(len(posed.key))
    options = "\n".join(f"{EMOJI[letter]} {option.text}" for letter, option in posed.options)
    return [
        f"{_title(bank, posed)}\n{posed.item.stem.strip()}{_picture(posed)}",
        options,
        f"**{instruction}.**\n-# Only you see this, and it counts on no board.",
    ]


def drill_feedback(bank: Bank, posed: PosedItem, choice: str, mark: Mark, traps: Mapping[str, Trap]) -> list[str]:
    """Write what became of a drill: the verdict, each chosen option with its reason, and the key; it always fits."""
    stem, verdict = posed.item.stem.strip(), f"**{_verdict(posed, mark)}**"
    heads = [[f"{_title(bank, posed)}\n{text}", verdict] for text in (stem, cut(stem, _STEM))]
    return fitted(heads, posed, choice, traps)


def _picture(posed: PosedItem) -> str:
    """Tell what is on the item's picture: its description says the same in words."""
    image = posed.item.image
    return f"\n> 🖼️ {image.alt}" if image is not None else ""


def _title(bank: Bank, posed: PosedItem) -> str:
    lesson = bank.lessons.get(posed.item.lesson)
    about = f" {lesson.id} {lesson.title}" if lesson is not None else ""
    return f"### 🎯 Practice · {bank.short_title}{about}"


def _verdict(posed: PosedItem, mark: Mark) -> str:
    if mark.fraction == 1:
        return "✓ Right!"
    if posed.item.kind is ItemKind.SINGLE:
        return "✗ Not this one."
    return f"{mark.right} right, {mark.wrong} wrong of {mark.keyed}: {mark.fraction} of the mark."
