"""A practice run as its learner sees it at its end."""

from bot.chat.render.runs import how_it_went, what_caught
from bot.domain.bank import Bank
from bot.domain.sitting import Sitting

NAME = "Practice"


def practice_result(bank: Bank, sitting: Sitting, left_out: int = 0) -> list[str]:
    """Write how a run went: what was right, what was left, and the traps that were fallen for."""
    return [
        f"### 🎯 {NAME} · {bank.short_title}\n{how_it_went(sitting, left_out)}",
        *what_caught(bank, sitting),
        "-# Only you see this, and it counts on no board. Each answer counts for the traps of `/me`.",
    ]
