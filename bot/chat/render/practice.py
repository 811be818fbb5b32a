"""A practice run as its learner sees it: where in it they are, and how it went."""

from collections import Counter

from bot.chat.render.text import in_marks, plural
from bot.domain.bank import Bank
from bot.domain.sitting import Entry, Sitting, SittingState

SHOWN = 3
"""Traps named at the end of a run."""

_TIMES = {1: "once", 2: "twice"}


def place(sitting: Sitting, entry: Entry) -> str:
    """Say which item of a run it is."""
    return f"Practice {entry.number} of {len(sitting.entries)}"


def practice_result(bank: Bank, sitting: Sitting, left_out: int = 0) -> list[str]:
    """Write how a run went: what was right, what was left, and the traps that were fallen for."""
    return [
        f"### 🎯 Practice · {bank.short_title}\n{_summary(sitting, left_out)}",
        *_caught(bank, sitting),
        "-# Only you see this, and it counts on no board. Each answer counts for the traps of `/me`.",
    ]


def caught_by(bank: Bank, sitting: Sitting) -> list[tuple[str, int]]:
    """List the traps that were fallen for in a run, as far as the bank has them, the most frequent first."""
    fallen = Counter(trap for entry in sitting.answered for trap in sorted(entry.fallen) if trap in bank.traps)
    return fallen.most_common(SHOWN)


def _summary(sitting: Sitting, left_out: int) -> str:
    done = sitting.answered
    if not done:
        said = "You answered nothing in this run."
    else:
        right = sum(bool(entry.full) for entry in done)
        said = f"**{right} of {len(done)} right**, {in_marks(sum(entry.units or 0 for entry in done))}."
    if sitting.state is SittingState.EXPIRED:
        said += " The run ended after a day without an answer from you."
    waiting = len(sitting.unanswered) - left_out
    if waiting and done:
        said += f" {plural(waiting, 'question')} not answered."
    if left_out:
        said += f" {plural(left_out, 'question')} left out: the channel is being asked the same just now."
    return said


def _caught(bank: Bank, sitting: Sitting) -> list[str]:
    lines = [
        f"🪤 **{bank.traps[trap].name}**, {_TIMES.get(times, f'{times} times')}"
        for trap, times in caught_by(bank, sitting)
    ]
    return ["\n".join(["What caught you:", *lines])] if lines else []
