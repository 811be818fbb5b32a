"""Leaderboards and a learner's own progress as text."""

from bot.chat.render.text import in_marks, percent, plural, safe
from bot.domain.standings import Standing
from bot.services.standings import Board, Progress

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def leaderboard(board: Board) -> list[str]:
    """Write one page of a leaderboard; the viewer's own rank follows when it is on another page."""
    title = f"### 🏆 Leaderboard, {board.period}"
    if not board.rows:
        return [title, "Nobody has a ranked answer in this time yet. React to a question, and be the first."]
    rows = "\n".join(_row(standing) for standing in board.rows)
    tail = f"-# {plural(board.people, 'member')}, page {board.page} of {board.pages}. Ties are listed alphabetically."
    return [title, rows, f"{_own(board)}\n{tail}"]


def progress(name: str, own: Progress) -> list[str]:
    """Write what a learner sees about themself."""
    title = f"### 📈 {safe(name)}"
    if own.all_time is None:
        return [title, "You have no ranked answer yet: react with a letter under the next question."]
    score = own.all_time.score
    week = f"{in_marks(own.week.score.units)}, rank {own.week.rank}" if own.week is not None else "nothing yet"
    figures = (
        f"**{in_marks(score.units)}**, rank {own.all_time.rank}\n"
        f"{plural(score.answered, 'question')} answered, {percent(score.right, score.answered)} fully right\n"
        f"This week: {week}"
    )
    return [title, figures, _traps(own)]


def _traps(own: Progress) -> str:
    if not own.traps:
        return "**Traps:** none caught you so far."
    lines = "\n".join(f"🪤 {each.trap.name}: {plural(each.times, 'time')}" for each in own.traps)
    return f"**The traps that caught you most**\n{lines}\n-# `/trap` explains each of them."


def _own(board: Board) -> str:
    if board.own is None:
        return "You are not on this board yet: answer a question to join it."
    if any(standing.score.member_id == board.own.score.member_id for standing in board.rows):
        return f"You are number {board.own.rank}."
    return f"Your place:\n{_row(board.own)}"


def _row(standing: Standing) -> str:
    score = standing.score
    # In bold: a line that begins with a bare number would be numbered anew as a list, ties and all.
    number = f"**{standing.rank}.**"
    place = _MEDALS.get(standing.rank, number) if score.units else number
    return f"{place} **{safe(score.name)}** {in_marks(score.units)}, {score.right} of {score.answered} fully right"
