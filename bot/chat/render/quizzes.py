"""Live quizzes as text: the lobby that announces one, and the board it ends with."""

from bot.chat.render.blocks import Picture
from bot.chat.render.boards import standing_line
from bot.chat.render.text import plural, safe, when
from bot.domain.bank import Bank
from bot.domain.lesson import Lesson
from bot.domain.mixing import labs_on
from bot.domain.quiz import Ending, Quiz
from bot.pictures.board import board_alt, draw_board
from bot.services.ports import TOP, FinalBoard, Lobby

_TRAPS = 3

_ENDINGS = {
    Ending.FINISHED: "That was the last question.",
    Ending.STOPPED: "It was stopped.",
    Ending.UNANSWERED: "Nobody answered the last three questions, so I stopped here.",
    Ending.USED_UP: "There was nothing left to ask, so I stopped here.",
    Ending.NOT_RESUMED: "It was paused for half an hour, so I stopped here.",
    Ending.AWAY: "I was away for more than an hour, so I stopped here.",
    Ending.TROUBLE: "I could not go on.",
}


def lobby(told: Lobby) -> list[str]:
    """Write what announces a quiz."""
    quiz = told.quiz
    answers = "React with a letter, or **Answer privately**" if quiz.by_letter else "Answer with **Answer privately**"
    counts = "on this server's boards, too" if quiz.counts else "on this quiz's own board only"
    return [
        (
            f"### 🎯 A quiz begins {when(quiz.begins_at)}\n"
            f"**{plural(quiz.count, 'question')}**, {quiz.seconds} seconds each: {about(quiz, told.bank)}"
        ),
        (
            f"Started by <@{quiz.host_id}>. Everyone may play, also who comes late. {answers} before the time is up; "
            f"you may change your mind until then, and speed never counts.\n-# Marks count {counts}."
        ),
    ]


def about(quiz: Quiz, bank: Bank) -> str:
    """Write what the items of a quiz are about."""
    lesson = bank.lessons.get(quiz.topic or "")
    parts = [bank.short_title]
    if lesson is not None:
        parts.append(f"{lesson.id} {lesson.title}")
    elif quiz.topic is not None:
        parts.append(quiz.topic)
    if quiz.trap is not None and quiz.trap in bank.traps:
        parts.append(f"🪤 {bank.traps[quiz.trap].name}")
    if quiz.difficulty is not None:
        parts.append(f"{quiz.difficulty} ones")
    if quiz.cases and _labs(quiz, bank):
        parts.append("generated cases, too")
    return safe(" · ".join(parts))


def no_cases(quiz: Quiz, bank: Bank) -> str | None:
    """Say why a quiz asks no generated cases; `None` when it could ask some."""
    if _labs(quiz, bank):
        return None
    if quiz.trap is not None:
        return "It asks no generated cases: its trap would tell what is wrong in each of them."
    if quiz.difficulty is not None and labs_on(bank, quiz.topic):
        return f"It asks no generated cases: too few of those on its topic are {quiz.difficulty} ones."
    return "It asks no generated cases: no lesson on its topic has any."


def _labs(quiz: Quiz, bank: Bank) -> list[Lesson]:
    return labs_on(bank, quiz.topic, trap=quiz.trap, difficulty=quiz.difficulty)


def final_board(told: FinalBoard) -> list[str]:
    """Write the board that a quiz ends with: the ten first, and the traps that caught most."""
    ending = _ENDINGS[told.quiz.ending or Ending.FINISHED]
    what = f" {about(told.quiz, told.bank)}." if told.bank is not None else ""
    title = f"### 🏁 The quiz is over\n{ending} {plural(told.asked, 'question')} asked.{what}"
    if not told.standings:
        return [title, "Nobody took part this time."]
    rows = [standing_line(standing) for standing in told.standings[:TOP]]
    more = len(told.standings) - TOP
    tail = f"-# And {plural(more, 'more member')}. Ties are listed alphabetically." if more > 0 else ""
    return [title, "\n".join([*rows, *([tail] if tail else [])]), *_traps(told)]


def board_picture(told: FinalBoard) -> Picture | None:
    """Draw the ten first of a final board, whose text has the same facts; `None` when nobody took part."""
    if not told.standings:
        return None
    title = f"Quiz: {told.bank.short_title}" if told.bank is not None else "Quiz"
    return Picture(name="board.png", data=draw_board(title, told.standings), alt=board_alt(title, told.standings))


def _traps(told: FinalBoard) -> list[str]:
    if not told.traps:
        return []
    lines = [f"**{trap.name}**: {plural(count, 'member')}" for trap, count in told.traps[:_TRAPS]]
    return ["\n".join(["🪤 **The traps that caught you most**", *lines, "-# `/trap` tells each of them apart."])]
