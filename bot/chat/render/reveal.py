"""The reveal: the key, the trap of every distractor that someone chose, and how the group did. It always fits."""

from dataclasses import dataclass

from bot.chat.letters import EMOJI
from bot.chat.render.text import LAYOUT_LIMIT, bar, cut, percent, plural, safe, when
from bot.domain.grading import marks
from bot.domain.item import Option
from bot.domain.standings import Standing
from bot.domain.trap import Trap
from bot.services.ports import Reveal

TOP = 10
"""How many members the top of the day names."""

_NAME = 32
_BRIEF = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One distractor that someone chose, in full and shrunk to its trap's name."""

    chosen: int
    full: str
    brief: str


def reveal(told: Reveal) -> list[str]:
    """Write the reveal as texts, one per block, at most 4,000 characters together.

    The least-chosen distractors shrink first, then the rationales of the key.
    """
    frame = [_shares(told), *_top(told), _footer(told)]
    blocks = _distractors(told)
    shrunk = 0
    while True:
        texts = [
            _key(told, brief=shrunk > len(blocks)),
            *_written(blocks, shrunk),
            *frame,
        ]
        if sum(len(text) for text in texts) <= LAYOUT_LIMIT or shrunk > len(blocks):
            return texts
        shrunk += 1


def _written(blocks: list[_Block], shrunk: int) -> list[str]:
    """Write the blocks, most chosen first; the last `shrunk` of them in brief."""
    return [block.brief if place >= len(blocks) - shrunk else block.full for place, block in enumerate(blocks)]


def _key(told: Reveal, *, brief: bool) -> str:
    lines = []
    for letter, option in told.round.posed.options:
        if option.correct:
            why = cut(option.why, _BRIEF) if brief else option.why
            lines.append(f"{EMOJI[letter]} **{option.text}**\n{why}")
    title = "### The answer" if len(lines) == 1 else "### The answers"
    late = (
        "\n-# I was away at closing time, so this closed late; letters on the post then counted."
        if (told.round.closed_late)
        else ""
    )
    return "\n".join([title, *lines]) + late


def _distractors(told: Reveal) -> list[_Block]:
    blocks = [
        _block(letter, option, told)
        for letter, option in told.round.posed.options
        if not option.correct and told.tally.chosen[letter]
    ]
    return sorted(blocks, key=lambda block: -block.chosen)


def _block(letter: str, option: Option, told: Reveal) -> _Block:
    trap = told.traps.get(option.trap or "")
    title = f"{EMOJI[letter]} **{option.text}**"
    named = f"\n🪤 **{trap.name}**" if trap is not None else ""
    return _Block(
        chosen=told.tally.chosen[letter],
        full=f"{title}\n{option.why}{_trap(trap)}",
        brief=f"{title}{named}" if trap is not None else f"{title}\n{cut(option.why, _BRIEF)}",
    )


def _trap(trap: Trap | None) -> str:
    if trap is None:
        return ""
    return f"\n🪤 **The trap: {trap.name}**\n{trap.why_tempting}\n*Tell them apart:* {trap.tell_apart}"


def _shares(told: Reveal) -> str:
    whole = told.tally.participants - told.tally.unresolved
    lines = [
        f"{EMOJI[letter]} {percent(told.tally.chosen[letter], whole)} ({told.tally.chosen[letter]}) "
        f"{bar(told.tally.chosen[letter], whole)}{' ✓' if option.correct else ''}"
        for letter, option in told.round.posed.options
    ]
    took_part = plural(told.tally.participants, "answer")
    right = f"{told.tally.fully_right} fully right" if told.tally.participants else "nobody answered this time"
    return "\n".join([f"**{took_part}**, {right}", *lines])


def _top(told: Reveal) -> list[str]:
    if not told.top:
        return []
    named = [_row(standing) for standing in told.top[:TOP]]
    more = f", and {len(told.top) - TOP} more" if len(told.top) > TOP else ""
    return [f"**Top of the day:** {', '.join(named)}{more}"]


def _row(standing: Standing) -> str:
    return f"{standing.rank}. {safe(cut(standing.score.name, _NAME))} ({marks(standing.score.units)})"


def _footer(told: Reveal) -> str:
    sources = " · ".join(f"[{cut(source.title, 60)}]({source.url})" for source in told.sources[:3])
    closed = when(told.round.closes_at, "f")
    asked = f"-# {told.bank_title} {told.lesson_id} {told.lesson_title}: read it with `/lesson`. Closed {closed}."
    return f"{asked}\n-# Sources: {sources}" if sources else asked
