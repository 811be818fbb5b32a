"""The reveal: the key, the trap of every distractor that someone chose, and how the group did. It always fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.chat.letters import EMOJI
from bot.chat.render.chains import told_chain
from bot.chat.render.text import LAYOUT_LIMIT, NAME_LIMIT, bar, cut, percent, plural, safe, when
from bot.domain.grading import marks
from bot.domain.item import Option
from bot.domain.quiz import Quiz, QuizState
from bot.domain.rounds import RoundState
from bot.domain.standings import Standing
from bot.domain.trap import Trap
from bot.services.ports import Reveal

_BRIEF = 160
_SOURCES = 3
_VOID = "**This question is void: it counts for nobody.**"
_RANKED_NOW = "A later answer to the same item that was practice only because of this one is ranked now."
_AGAIN = "**This question counts again.**"
_PRACTICE_NOW = "A later answer to the same item that was ranked without this one is practice again."
_LATE = "-# I was away at closing time, so this closed late; letters on the post then counted."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One distractor that someone chose, in full and shrunk to its trap's name."""

    full: str
    brief: str


def reveal(told: Reveal) -> list[str]:
    """Write the reveal as texts, one per block, at most 4,000 characters together. The first is the key.

    The least-chosen distractors shrink first, then the rationales of the key; then the sources go, then the top of the
    day, then the distractors. What was wrong in a case stays to the end, in fewer words: a picture beside it shows it.
    A bank whose items need more than shrinking is refused when it is checked: see `shrunk`.
    """
    texts: list[str] = []
    for texts in _versions(told):
        if sum(map(len, texts)) <= LAYOUT_LIMIT:
            return texts
    return [cut(text, LAYOUT_LIMIT // len(texts)) for text in texts]


def shrunk(told: Reveal) -> list[str]:
    """Write the reveal with everything shrunk and nothing left out; a bank has to fit like this."""
    brief = [block.brief for block in _distractors(told)]
    footer = "\n".join([_lesson(told), *_sources(told)])
    return [_key(told, brief=True), *_chain(told), *brief, _shares(told), *_top(told), footer]


def _versions(told: Reveal) -> Iterator[list[str]]:
    """Yield the reveal from the fullest to the shortest."""
    blocks = _distractors(told)
    brief = [block.brief for block in blocks]
    key, *_, footer = least = shrunk(told)
    chain, shares, top, bare = _chain(told), _shares(told), _top(told), _lesson(told)
    for kept in range(len(blocks), -1, -1):
        shown = [block.full for block in blocks[:kept]] + brief[kept:]
        yield [_key(told, brief=False), *chain, *shown, shares, *top, footer]
    yield least
    yield [key, *chain, *brief, shares, *top, bare]
    yield [key, *chain, *brief, shares, bare]
    yield [key, *chain, shares, bare]
    yield [key, *_chain(told, brief=True), shares, bare]


def _key(told: Reveal, *, brief: bool) -> str:
    lines = []
    for letter, option in told.round.posed.options:
        if option.correct:
            why = cut(option.why, _BRIEF) if brief else option.why
            lines.append(f"✓ {EMOJI[letter]} **{option.text}**\n{why}")
    title = "### The answer" if len(lines) == 1 else "### The answers"
    return "\n".join([*_correction(told), title, *lines, *([_LATE] if told.round.closed_late else [])])


def _chain(told: Reveal, *, brief: bool = False) -> list[str]:
    """Write what was wrong in a generated case, of which a picture may be shown beside it."""
    return [told_chain(told.diagnosis, brief=brief)] if told.diagnosis is not None else []


def _distractors(told: Reveal) -> list[_Block]:
    """Write the distractors that someone chose, most chosen first; a trap is explained once, where it caught most."""
    chosen = [
        (letter, option)
        for letter, option in told.round.posed.options
        if not option.correct and told.tally.chosen[letter]
    ]
    chosen.sort(key=lambda each: -told.tally.chosen[each[0]])
    blocks, explained = [], set[str]()
    for letter, option in chosen:
        trap = told.traps.get(option.trap or "")
        blocks.append(_block(letter, option, trap, told, explained=trap is not None and trap.id in explained))
        explained |= {trap.id} if trap is not None else set()
    return blocks


def _block(letter: str, option: Option, trap: Trap | None, told: Reveal, *, explained: bool) -> _Block:
    title = f"✗ {EMOJI[letter]} **{option.text}** · {told.tally.chosen[letter]} of {_counted(told)}"
    if trap is None:
        return _Block(full=f"{title}\n{option.why}", brief=f"{title}\n{cut(option.why, _BRIEF)}")
    named = f"🪤 **The trap: {trap.name}**"
    told_apart = ", as above" if explained else f"\n{trap.why_tempting}\n*Tell them apart:* {trap.tell_apart}"
    return _Block(full=f"{title}\n{option.why}\n{named}{told_apart}", brief=f"{title}\n{named}")


def _counted(told: Reveal) -> int:
    """Count the answers whose letters are known: those never settled are in nobody's share."""
    return told.tally.participants - told.tally.unresolved


def _shares(told: Reveal) -> str:
    whole = _counted(told)
    lines = [
        f"{EMOJI[letter]} {percent(told.tally.chosen[letter], whole)} ({told.tally.chosen[letter]}) "
        f"{bar(told.tally.chosen[letter], whole)}{' ✓' if option.correct else ''}"
        for letter, option in told.round.posed.options
    ]
    took_part = plural(told.tally.participants, "answer")
    right = f"{told.tally.fully_right} fully right" if told.tally.participants else "nobody answered this time"
    unsettled = f", {told.tally.unresolved} never settled" if told.tally.unresolved else ""
    return "\n".join([f"**{took_part}**, {right}{unsettled}", *lines])


def _correction(told: Reveal) -> list[str]:
    """Tell everyone what an organiser changed: that the round is void, or that it counts again."""
    if told.round.void_reason is None:
        return []
    count = told.tally.participants
    its = f"its {plural(count, 'result')}" if count else "it"
    if _is_void(told):
        note, later = f"{_VOID} An organiser took {its} off the boards.", _RANKED_NOW
    else:
        note, later = f"{_AGAIN} An organiser had taken {its} off the boards, and has undone that.", _PRACTICE_NOW
    return [f"{note} {later}" if told.asked_again else note]


def _is_void(told: Reveal) -> bool:
    return told.round.state is RoundState.VOID


def _top(told: Reveal) -> list[str]:
    if told.quiz is not None and not _is_void(told):
        return [_standings(told, told.quiz)]
    if not told.top or _is_void(told):
        return []
    return [f"**Top of the day:** {_first(told)}"]


def _standings(told: Reveal, quiz: Quiz) -> str:
    """Write how a quiz stands after its item, and what comes next."""
    number = told.round.number
    ends = quiz.state is QuizState.OVER or number >= quiz.count
    onwards = "The final board follows." if ends else f"Question {number + 1} follows in a moment."
    first = _first(told) if told.top else "nobody has answered yet"
    return f"**After question {number} of {quiz.count}:** {first}\n-# {onwards}"


def _first(told: Reveal) -> str:
    named = [_row(standing) for standing in told.top]
    more = f", and {told.earners - len(told.top)} more" if told.earners > len(told.top) else ""
    return f"{', '.join(named)}{more}"


@lru_cache(maxsize=1)
def _row(standing: Standing) -> str:
    # Kept: whoever measures a bank asks ten times for the same row, and again for every item.
    # Cut before escaping: a cut between a backslash and its star would let the star format.
    return f"{standing.rank}. {safe(cut(standing.score.name, NAME_LIMIT))} ({marks(standing.score.units)})"


def _lesson(told: Reveal) -> str:
    closed = when(told.round.closing_at or told.round.closes_at, "f")
    return f"-# {told.bank_title} {told.lesson_id} {told.lesson_title}: read it with `/lesson`. Closed {closed}."


def _sources(told: Reveal) -> list[str]:
    sources = " · ".join(f"[{cut(source.title, 60)}]({source.url})" for source in told.sources[:_SOURCES])
    return [f"-# Sources: {sources}"] if sources else []
