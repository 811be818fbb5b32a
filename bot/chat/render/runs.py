"""A run of questions as its learner sees it: how it went, and which traps caught them in it."""

from collections import Counter

from bot.chat.render.text import in_marks, often, plural
from bot.domain.bank import Bank
from bot.domain.sitting import Entry, Sitting, SittingState

SHOWN = 3
"""Traps named at the end of a run."""


def place(name: str, sitting: Sitting, entry: Entry) -> str:
    """Say which item of a run it is."""
    return f"{name} {entry.number} of {len(sitting.entries)}"


def how_it_went(sitting: Sitting, left_out: int) -> str:
    """Write what was right in a run, and what was left; `left_out` items came into open rounds."""
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


def caught_by(bank: Bank, sitting: Sitting) -> list[tuple[str, int]]:
    """List the traps that were fallen for in a run, as far as the bank has them, the most frequent first."""
    fallen = Counter(trap for entry in sitting.answered for trap in sorted(entry.fallen) if trap in bank.traps)
    return fallen.most_common(SHOWN)


def what_caught(bank: Bank, sitting: Sitting) -> list[str]:
    """Write the traps that were fallen for in a run as one block; none of none."""
    lines = [f"🪤 **{bank.traps[trap].name}**, {often(times)}" for trap, times in caught_by(bank, sitting)]
    return ["\n".join(["What caught you:", *lines])] if lines else []
