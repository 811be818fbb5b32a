"""Rows to start from: a stored schedule, a stored round, a result."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from bot.domain.kinds import Mark
from bot.domain.rounds import Round
from bot.domain.schedule import Schedule
from bot.domain.tally import Result
from bot.storage import rounds, schedules
from bot.storage.store import Tx
from tests.builders import make_round, make_schedule


async def a_schedule(tx: Tx, **changes: Any) -> Schedule:  # noqa: ANN401 - any field of a schedule
    """Store a schedule."""
    made = await schedules.add(tx, replace(make_schedule(), **changes))
    assert made is not None
    return made


async def a_round(tx: Tx, number: int = 1, **changes: Any) -> Round:  # noqa: ANN401 - any field of a round
    """Store a round of the first schedule; `number` keeps several apart."""
    wanted = make_round(message_id=400 + number, number=number)
    made = await rounds.plan(tx, replace(wanted, **changes))
    assert made is not None
    return made


def result(member_id: int, *, units: int = 5040, slips: frozenset[str] = frozenset()) -> Result:
    """Say what a member earned."""
    mark = Mark(fraction=Fraction(units, 5040), right=1, wrong=0, keyed=1)
    return Result(member_id=member_id, mark=mark, units=units, slips=slips)
