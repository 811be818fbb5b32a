"""Troubles: the sentences that tell organisers and hosts what became of a round, a schedule or a quiz."""

from bot.domain.quiz import Quiz
from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import Pause, Schedule, plain_name
from bot.services.ports import Refusal


def paused(schedule: Schedule, why: Pause) -> str:
    """Say that a schedule was paused, and how to go on."""
    return f"{_name(schedule)} is paused: {_why_paused(schedule, why)}."


def post_gone(about: Schedule | Quiz, asked: Round) -> str:
    """Say that a question's post is gone."""
    return f"A question of {_name(about)} is void: its post in <#{asked.channel_id}> is gone."


def old_channel_gone(schedule: Schedule, asked: Round) -> str:
    """Say that a question went with a channel that its schedule has left already."""
    return f"A question of {_name(schedule)} is void: its channel <#{asked.channel_id}> was deleted."


def old_channel_forbidden(schedule: Schedule, asked: Round) -> str:
    """Say that a question waits in a channel that its schedule has left already."""
    return (
        f"{_name(schedule)}: a question in its earlier channel <#{asked.channel_id}> waits, for I lack permissions "
        "there. Give them back, then `/schedule resume`."
    )


def stuck(schedule: Schedule, asked: Round, why: str, *, closing: bool) -> str:
    """Say that a step failed again and again; one that closes a round goes on trying by itself."""
    onwards = "I go on trying" if closing else "`/schedule resume` lets me try again"
    doing = _doing(asked, closing=closing)
    return (
        f"{_name(schedule)}: I could not {doing} a question in <#{asked.channel_id}>, five times in a row: "
        f"{why}. {onwards}."
    )


def too_late(schedule: Schedule) -> str:
    """Say that a question was not posted."""
    return f"{_name(schedule)} skipped a question: I could not post it in time."


def reported(about: Schedule | Quiz, asked: Round) -> str:
    """Say that a member reported an item."""
    return f"{_name(about)}: someone reported question {asked.id}; `/round reports` shows why, and what you can do."


def no_thread(schedule: Schedule, why: Refusal) -> str:
    """Say that a reveal got no thread."""
    return f"{_name(schedule)}: I could not open a discussion thread, for {why}."


def item_dropped(quiz: Quiz, asked: Round, why: str) -> str:
    """Say that an item of a quiz was dropped because a step of it failed again and again."""
    doing = _doing(asked, closing=asked.state is RoundState.OPEN)
    return f"{_name(quiz)} goes on without question {asked.number}, which I could not {doing}: {why}."


def quiz_ended(quiz: Quiz, why: Refusal) -> str:
    """Say that a quiz ended by itself."""
    return f"{_name(quiz)} is over, for {why}. What was revealed stays as it is; the rest counts for nobody."


def _name(about: Schedule | Quiz) -> str:
    if isinstance(about, Quiz):
        return f"The quiz in <#{about.channel_id}>"
    return f"**{plain_name(about.name)}**"


def _doing(asked: Round, *, closing: bool) -> str:
    match asked.state:
        case RoundState.PLANNED:
            return "post"
        case RoundState.OPEN if not closing:
            return "put the letters on"
        case RoundState.OPEN | RoundState.CLOSING:
            return "close"
        case _:
            return "reveal"


def _why_paused(schedule: Schedule, why: Pause) -> str:
    match why:
        case Pause.CHANNEL_GONE:
            return "its channel was deleted. Choose another with `/schedule edit`, then `/schedule resume`"
        case Pause.FORBIDDEN:
            return (
                f"I may no longer post in <#{schedule.channel_id}>. `/setup` names the permissions I miss there; "
                "give them back, then `/schedule resume`"
            )
        case Pause.BANK_GONE:
            return f"its bank `{schedule.bank}` is no longer installed"
        case Pause.ORGANISER:
            return "an organiser asked for it"
