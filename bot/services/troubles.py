"""Troubles: the sentences that tell organisers what became of a round or a schedule."""

from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import Pause, Schedule, plain_name
from bot.services.ports import Refusal


def paused(schedule: Schedule, why: Pause) -> str:
    """Say that a schedule was paused, and how to go on."""
    return f"{_name(schedule)} is paused: {_why_paused(schedule, why)}."


def post_gone(schedule: Schedule, asked: Round) -> str:
    """Say that a question's post is gone."""
    return f"A question of {_name(schedule)} is void: its post in <#{asked.channel_id}> is gone."


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


def reported(schedule: Schedule, asked: Round) -> str:
    """Say that a member reported an item."""
    return f"{_name(schedule)}: someone reported question {asked.id}; `/round reports` shows why, and what you can do."


def no_thread(schedule: Schedule, why: Refusal) -> str:
    """Say that a reveal got no thread."""
    return f"{_name(schedule)}: I could not open a discussion thread, for {why}."


def _name(schedule: Schedule) -> str:
    return f"**{plain_name(schedule.name)}**"


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
