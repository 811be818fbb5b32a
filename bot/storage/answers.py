"""Queries about answers."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bot.domain.answer import Answer, Came, Surface
from bot.domain.rounds import OVER
from bot.storage import bulk
from bot.storage.columns import Instant
from bot.storage.store import Tx
from bot.storage.tables import answers, rounds

_SQLITE = sqlite.dialect()
_INSTANT = Instant()


def _keep() -> sa.Insert:
    """Write the statement that stores any number of rows over what was there."""
    columns = answers.c.keys()
    row = bulk.fields(len(columns))
    # Without a condition there SQLite would take ON for the beginning of a join's.
    is_done = sa.or_(*(rounds.c.state == state for state in OVER))
    done = sa.exists().where(rounds.c.id == row[columns.index("round_id")], is_done)
    statement = sqlite.insert(answers).from_select(columns, sa.select(*row).where(~done))
    key = answers.primary_key.columns.keys()
    kept = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=kept)


_KEEP = _keep()


async def of_rounds(tx: Tx, round_ids: Collection[int]) -> Mapping[int, dict[int, Answer]]:
    """Give the answers of several rounds: by round id, then by member id."""
    found: dict[int, dict[int, Answer]] = {round_id: {} for round_id in round_ids}
    for row in await tx.execute(sa.select(answers).where(answers.c.round_id.in_(round_ids))):
        found[row.round_id][row.member_id] = _answer(row)
    return found


async def of_member(tx: Tx, round_id: int, member_id: int) -> Answer | None:
    """Give one member's answer to one round."""
    wanted = (answers.c.round_id == round_id) & (answers.c.member_id == member_id)
    row = (await tx.execute(sa.select(answers).where(wanted))).one_or_none()
    return None if row is None else _answer(row)


async def keep(tx: Tx, changed: Mapping[tuple[int, int], Answer]) -> None:
    """Store answers by (round id, member id), over what was there; a round that is graded or void takes no more."""
    if changed:
        rows = [_row(round_id, member_id, answer) for (round_id, member_id), answer in changed.items()]
        await tx.execute(_KEEP, {"rows": bulk.written(rows)})


def _row(round_id: int, member_id: int, answer: Answer) -> tuple[object, ...]:
    """Write an answer as its row, in the order of the table's columns."""
    at = _INSTANT.process_bind_param(answer.at, _SQLITE)
    return round_id, member_id, answer.seen, answer.choice, answer.unresolved, answer.surface, answer.came, at


def _answer(row: sa.Row[Any]) -> Answer:
    return Answer(
        seen=row.seen,
        choice=row.choice,
        unresolved=row.unresolved,
        surface=Surface(row.surface),
        came=Came(row.came),
        at=row.at,
    )
