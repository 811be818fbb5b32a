"""Leaderboards and a learner's own progress as text."""

from collections.abc import Sequence

from bot.chat.render.text import in_marks, percent, plural, safe, when
from bot.domain.standings import Standing
from bot.services.profiles import Repeated
from bot.services.standings import Board, Progress

_SPENT = "\n-# I have one question on it, and you have just had that: practise it tomorrow."
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def leaderboard(board: Board) -> list[str]:
    """Write one page of a leaderboard; the viewer's own rank follows when it is on another page."""
    title = f"### 🏆 Leaderboard, {board.period}"
    if not board.rows:
        return [title, "Nobody has a ranked answer in this time yet. React to a question, and be the first."]
    rows = "\n".join(standing_line(standing) for standing in board.rows)
    tail = f"-# {plural(board.people, 'member')}, page {board.page} of {board.pages}. Ties are listed alphabetically."
    return [title, rows, f"{_own(board)}\n{tail}"]


def progress(name: str, own: Progress, traps: Sequence[Repeated]) -> list[str]:
    """Write what a learner sees about themself."""
    title = f"### 📈 {safe(name)}"
    if own.all_time is None:
        none_yet = "You have no ranked answer yet: react with a letter under the next question."
        return [title, none_yet, *([_traps(traps)] if traps else [])]
    score = own.all_time.score
    week = f"{in_marks(own.week.score.units)}, rank {own.week.rank}" if own.week is not None else "nothing yet"
    figures = (
        f"**{in_marks(score.units)}**, rank {own.all_time.rank}\n"
        f"{plural(score.answered, 'question')} answered, {percent(score.right, score.answered)} fully right\n"
        f"This week: {week}"
    )
    return [title, figures, _traps(traps)]


def _traps(traps: Sequence[Repeated]) -> str:
    if not traps:
        return (
            "🪤 **No trap has a hold on you**\n-# One that catches you is listed until right answers or time undo it."
        )
    lines = "\n".join(
        f"**{place}.** {each.trap.name}\n-# {_often(each.times)} {when(each.last)}{_SPENT if each.spent else ''}"
        for place, each in enumerate(traps, start=1)
    )
    heading = "🪤 **The traps that catch you most**"
    return f"{heading}\n{lines}\n\n-# Right answers take a trap off this list, and so does time."


def _often(times: int) -> str:
    return "once," if times == 1 else f"{times} times, last"


def _own(board: Board) -> str:
    if board.own is None:
        return "You are not on this board yet: answer a question to join it."
    if any(standing.score.member_id == board.own.score.member_id for standing in board.rows):
        return f"You are number {board.own.rank}."
    return f"Your place:\n{standing_line(board.own)}"


def standing_line(standing: Standing) -> str:
    """Write one row of a board: rank, name, marks, and how many were fully right."""
    score = standing.score
    # In bold: a line that begins with a bare number would be numbered anew as a list, ties and all.
    number = f"**{standing.rank}.**"
    place = _MEDALS.get(standing.rank, number) if score.units else number
    return f"{place} **{safe(score.name)}** {in_marks(score.units)}, {score.right} of {score.answered} fully right"
