"""Explaining an answer: why each chosen option was right or wrong, with the trap behind it, and what was missed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import IntEnum

from bot.chat.letters import EMOJI
from bot.chat.render.marking import own_answer
from bot.chat.render.text import LAYOUT_LIMIT, cut
from bot.chat.render.traps import contrast
from bot.domain.item import ItemKind, Option
from bot.domain.posed import PosedItem
from bot.domain.trap import Trap
from bot.services.recalling import OwnAnswer

_BRIEF = 160
_NOT_ANSWERED = (
    "### You let this one go by\nThat costs nothing. The reveal has the answer; when it has slipped your mind again, "
    "try the question by yourself: nobody else sees it, and it counts on no board."
)


class Detail(IntEnum):
    """How much is said of an option: its trap by name, how to tell the two things apart, or the whole contrast."""

    BRIEF = 0
    PLAIN = 1
    FULL = 2


def fitted(heads: Sequence[Sequence[str]], explained: Callable[[Detail], Sequence[str]]) -> list[str]:
    """Write an explanation below a head, in at most 4,000 characters.

    `heads` are the head from the longest to the shortest: the explanation shrinks before the head does.
    """
    texts: list[str] = []
    for head in heads:
        for detail in sorted(Detail, reverse=True):
            texts = [*head, *explained(detail)]
            if sum(map(len, texts)) <= LAYOUT_LIMIT:
                return texts
    return [cut(text, LAYOUT_LIMIT // len(texts)) for text in texts]


def own_explained(own: OwnAnswer, traps: Mapping[str, Trap]) -> list[str]:
    """Write why a learner's answer to a closed round was right or wrong, with the arithmetic; it always fits."""
    answer = own.answer
    if answer is None or not answer.given:
        return [_NOT_ANSWERED]
    choice = "" if answer.unresolved else answer.choice
    head = f"### {_heading(own)}\n{own_answer(own)}"
    return fitted([[head]], lambda detail: explanation(own.round.posed, choice, traps, detail))


def explanation(posed: PosedItem, choice: str, traps: Mapping[str, Trap], detail: Detail) -> list[str]:
    """Write one block for each option of a choice, the wrong ones first, then one for each right option missed.

    A trap that stands behind several of them is explained once.
    """
    options = dict(posed.options)
    wrong = [letter for letter in choice if not options[letter].correct]
    right = [letter for letter in choice if options[letter].correct]
    missed = [letter for letter, option in posed.options if option.correct and letter not in choice]
    return [
        *_wrong(wrong, options, traps, detail),
        *(f"✓ {_option(letter, options[letter], detail)}" for letter in right),
        *(f"{_missing(posed)} {_option(letter, options[letter], detail)}" for letter in missed),
    ]


def remaining(posed: PosedItem, choice: str, traps: Mapping[str, Trap], detail: Detail) -> list[str]:
    """Write one block for the distractors outside a choice; none when there is none.

    It names each of their traps once, unless the choice fell for it, which `explanation` tells.
    """
    named = {option.trap for letter, option in posed.options if letter in choice}
    lines = ["**The other options**"]
    for letter, option in posed.options:
        if option.correct or letter in choice:
            continue
        lines.append(_option(letter, option, detail))
        trap = traps.get(option.trap or "")
        if trap is not None and trap.id not in named:
            lines.append(f"🪤 {trap.name}")
            named.add(trap.id)
    return ["\n".join(lines)] if len(lines) > 1 else []


def _heading(own: OwnAnswer) -> str:
    if own.mark is None or (own.answer is not None and own.answer.unresolved):
        return "Your answer"
    if own.mark.fraction == 1:
        return "Why it was right"
    return "What was right, and what was not" if own.mark.right else "Why yours was wrong"


def _wrong(
    letters: Sequence[str], options: Mapping[str, Option], traps: Mapping[str, Trap], detail: Detail
) -> Iterator[str]:
    explained: set[str] = set()
    for letter in letters:
        text = f"✗ {_option(letter, options[letter], detail)}"
        trap = traps.get(options[letter].trap or "")
        if trap is not None:
            text += f"\n🪤 **The trap: {trap.name}**"
            text += ", as above" if trap.id in explained else _told_apart(trap, detail)
            explained.add(trap.id)
        yield text


def _option(letter: str, option: Option, detail: Detail) -> str:
    why = cut(option.why, _BRIEF) if detail is Detail.BRIEF else option.why
    return f"{EMOJI[letter]} **{option.text}**\n{why}".rstrip()


def _missing(posed: PosedItem) -> str:
    return "✓ The answer:" if posed.item.kind is ItemKind.SINGLE else "○ Missed:"


def _told_apart(trap: Trap, detail: Detail) -> str:
    if detail is Detail.BRIEF:
        return ""
    test = f"*Tell them apart:* {trap.tell_apart}"
    if detail is Detail.PLAIN:
        return f"\n{test}"
    return f"\n{trap.why_tempting}\n\n{contrast(trap)}\n\n{test}"
