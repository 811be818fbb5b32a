"""A mock exam as its learner sees it: how it was drawn, its questions, where they are in it, and what it came to."""

from collections.abc import Iterable, Sequence

from bot.chat.render.drill import instruction, lettered, shown_stem, stems, verdict
from bot.chat.render.explaining import explanation, fitted
from bot.chat.render.text import bar, cut, in_marks, often, percent, plural, when
from bot.domain.bank import Bank, Domain
from bot.domain.exam import Paper, Part, Total, Trend
from bot.domain.grading import marks
from bot.domain.sitting import Entry, Sitting, SittingState
from bot.services.examining import Exam, Outcome, Record

WEAKEST = 3
"""Traps that a result names."""

_ROOM = 1500
"""Characters for a list of domains."""

_HOW = (
    "Answer in any order, change your answers, flag what you want to look at again. Nothing is told until you hand in; "
    "when the time is up, what is there counts. `/exam start` brings you back here, also after a break."
)

DISCLAIMER = (
    "-# A share of the marks on our own items: **not** the exam vendor's scale, and no prediction of how the real exam "
    "will go."
)


def exam_begun(exam: Exam, paper: Paper) -> list[str]:
    """Write what an exam that has just begun is made of, and how it goes."""
    size = f"{plural(len(paper.items), 'question')}, {plural(_minutes(exam.sitting), 'minute')}"
    return [
        f"{_title(exam.bank)}\n**{size}**: the clock is running, {_until(exam.sitting)}.{_fewer(paper)}",
        _HOW,
        _drawn(paper.parts),
        DISCLAIMER,
    ]


def exam_question(sitting: Sitting, entry: Entry) -> list[str]:
    """Write one question of an open exam; of the lesson it is from it says nothing."""
    flag = " 🚩" if entry.flagged else ""
    given = (
        f"Your answer: **{', '.join(entry.choice)}**. It can change until you hand in."
        if entry.choice
        else "No answer yet."
    )
    return [
        f"### 📝 Question {entry.number} of {len(sitting.entries)}{flag}\n{shown_stem(entry.posed)}",
        lettered(entry.posed),
        f"**{instruction(entry.posed)}.** {given}\n-# {_capital(_until(sitting))}. Only you see this.",
    ]


def exam_overview(exam: Exam) -> list[str]:
    """Write where a learner is in an open exam."""
    sitting = exam.sitting
    flagged = [entry for entry in sitting.entries if entry.flagged]
    lines = [
        f"**Answered:** {_listed(sitting.answered)}",
        f"**No answer yet:** {_listed(sitting.unanswered)}",
        f"🚩 **Flagged:** {_listed(flagged)}",
    ]
    return [f"{_title(exam.bank)}\n{_capital(_until(sitting))}.", "\n".join(lines)]


def exam_handing_in(sitting: Sitting) -> list[str]:
    """Ask whether an exam that is not complete is to be handed in."""
    lines = []
    if sitting.unanswered:
        lines.append(f"**No answer yet:** {_listed(sitting.unanswered)}. What has no answer earns nothing.")
    flagged = [entry for entry in sitting.entries if entry.flagged]
    if flagged:
        lines.append(f"🚩 **Still flagged:** {_listed(flagged)}")
    return [f"### 📝 Hand in now?\n{_capital(_until(sitting))}.", "\n".join(lines)]


def exam_result(outcome: Outcome) -> list[str]:
    """Write what an exam that is over came to."""
    whole = outcome.result.whole
    unanswered = whole.items - whole.answered
    details = [f"{whole.right} fully right", *([f"{unanswered} without an answer"] if unanswered else [])]
    return [
        f"{_title(outcome.bank)}\n{_ended(outcome.sitting)}",
        f"**{_score(whole)}**\n{plural(whole.items, 'question')}, {', '.join(details)}{_held(outcome)}",
        *_domains(outcome),
        *_traps(outcome),
        DISCLAIMER,
    ]


def exam_missed(outcome: Outcome, entry: Entry) -> list[str]:
    """Write why an answer was not fully right, or what would have been; it always fits."""
    missed = outcome.missed
    place = f"{missed.index(entry) + 1} of {len(missed)} missed"
    title = f"### 📝 Question {entry.number} · {place}"
    given = "**You gave no answer.**"
    if entry.choice:
        given = f"**You answered {', '.join(entry.choice)}.** {verdict(entry.posed, entry.mark)}"
    heads = [[stem, given] for stem in stems(title, entry.posed)]
    return fitted(heads, lambda detail: explanation(entry.posed, entry.choice or "", outcome.bank.traps, detail))


def exam_record(record: Record) -> list[str]:
    """Write a learner's exams, the latest first, with their trend."""
    if not record.outcomes:
        return ["### 📝 Your mock exams", "You have taken none here yet: `/exam start` begins one."]
    several = len({outcome.bank.id for outcome in record.outcomes}) > 1
    lines = [
        f"**{place}.** {when(outcome.sitting.started_at, 'd')}{f' · {outcome.bank.short_title}' if several else ''}: "
        f"{_score(outcome.result.whole)} {bar(*_parts(outcome.result.whole))}"
        f"{' · time ran out' if outcome.sitting.state is SittingState.EXPIRED else ''}"
        for place, outcome in enumerate(record.outcomes, start=1)
    ]
    trend = [] if record.trend is None else [_trend(record.trend)]
    return ["### 📝 Your mock exams", "\n".join(lines), *trend, DISCLAIMER]


def exam_brief(outcome: Outcome) -> str:
    """Write an exam in one short line without anything that Discord would format."""
    return f"{outcome.sitting.started_at:%Y-%m-%d} · {outcome.bank.short_title} · {_score(outcome.result.whole)}"


def _title(bank: Bank) -> str:
    return f"### 📝 Mock exam · {bank.short_title}"


def _minutes(sitting: Sitting) -> int:
    return round((sitting.ends_at - sitting.started_at).total_seconds() / 60)


def _until(sitting: Sitting) -> str:
    return f"time is up {when(sitting.ends_at)} ({when(sitting.ends_at, 't')})"


def _fewer(paper: Paper) -> str:
    if len(paper.items) == paper.asked:
        return ""
    return f" You asked for {paper.asked}; there are no more than these to draw from just now."


def _drawn(parts: Sequence[Part]) -> str:
    """Say how many questions each domain has, and which have fewer than their weight asks for."""
    lines = ["**Drawn by the weights of the blueprint**"]
    missing = [part for part in parts if part.missing]
    for part in parts:
        if part.drawn:
            few = f" (its weight asks for {part.wanted}; there are no more yet)" if part.thin else ""
            lines.append(f"▫️ {part.domain.title}: {part.drawn}{few}")
    if missing:
        lines.append(
            f"Nothing to ask yet about: {_named(part.domain for part in missing)}. The others get their share."
        )
    return _within(lines)


def _named(domains: Iterable[Domain]) -> str:
    return cut(", ".join(domain.title for domain in domains), _ROOM // 2)


def _within(lines: Sequence[str]) -> str:
    """Write lines with the last one always among them; a blueprint may have more domains than there is room for."""
    kept: list[str] = []
    room = _ROOM
    for line in lines[:-1]:
        room -= len(line) + 1
        if room < 0:
            kept.append(f"-# … and {len(lines) - 1 - len(kept)} more")
            break
        kept.append(line)
    return "\n".join([*kept, lines[-1]])


def _ended(sitting: Sitting) -> str:
    ended = when(sitting.ends_at if sitting.ended_at is None else sitting.ended_at, "f")
    if sitting.state is SittingState.EXPIRED:
        return f"⏱️ Your time was up {ended}: what you had answered by then counts."
    return f"Handed in {ended}."


def _score(total: Total) -> str:
    return f"{marks(total.earned)} of {in_marks(total.worth)}, {percent(*_parts(total))}"


def _parts(total: Total) -> tuple[int, int]:
    return total.earned, total.worth


def _held(outcome: Outcome) -> str:
    if not outcome.held:
        return ""
    several = len(outcome.held) > 1
    return (
        f"\n-# {plural(len(outcome.held), 'question')} left out here: the channel is being asked the same just now. "
        f"Look again when {'they are' if several else 'it is'} closed: `/exam history`."
    )


def _domains(outcome: Outcome) -> list[str]:
    lines = [f"{bar(*_parts(total))} **{domain.title}**: {_score(total)}" for domain, total in outcome.result.domains]
    if outcome.result.elsewhere is not None:
        lines.append(f"{bar(*_parts(outcome.result.elsewhere))} Anything else: {_score(outcome.result.elsewhere)}")
    if outcome.result.untried:
        lines.append(f"-# No question was about: {_named(outcome.result.untried)}.")
    return [_within(lines)] if lines else []


def weakest(outcome: Outcome) -> list[tuple[str, int]]:
    """List the traps that an exam shows most, as far as the bank has them, with how often they caught."""
    return [(trap, times) for trap, times in outcome.result.traps if trap in outcome.bank.traps][:WEAKEST]


def _traps(outcome: Outcome) -> list[str]:
    lines = [
        f"**{place}.** {outcome.bank.traps[trap].name}, {often(times)}"
        for place, (trap, times) in enumerate(weakest(outcome), start=1)
    ]
    return ["\n".join(["🪤 **What caught you most**", *lines])] if lines else []


def _trend(trend: Trend) -> str:
    before = "the one before it" if trend.exams == 1 else f"the {trend.exams} before it together"
    points = abs(round(100 * trend.change))
    if not points:
        return f"📈 The latest is level with {before}."
    way = "above" if trend.change > 0 else "below"
    sure = "more than chance explains" if trend.clear else "which chance alone may do with so few questions"
    return f"📈 The latest is **{plural(points, 'point')} {way}** {before}, {sure}."


def _listed(entries: Iterable[Entry]) -> str:
    """List the numbers of entries, those in a row as a range, after how many there are."""
    runs: list[list[int]] = []
    for number in (entry.number for entry in entries):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    if not runs:
        return "none"
    several = len(runs) > 1 or len(runs[0]) > 1
    numbers = ", ".join(" to ".join(map(str, run)) for run in runs)
    return f"{'questions' if several else 'question'} {numbers}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
