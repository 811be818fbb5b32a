"""Queries about answers."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.answer import Answer, Came, Surface
from bot.storage.store import Tx
from bot.storage.tables import answers


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
    """Store answers by (round id, member id), over what was there."""
    if not changed:
        return
    statement = insert(answers)
    kept = ("seen", "choice", "unresolved", "surface", "came", "at")
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["round_id", "member_id"], set_={name: statement.excluded[name] for name in kept}
        ),
        [
            {"round_id": round_id, "member_id": member_id} | {name: getattr(answer, name) for name in kept}
            for (round_id, member_id), answer in changed.items()
        ],
    )


def _answer(row: sa.Row[Any]) -> Answer:
    return Answer(
        seen=row.seen,
        choice=row.choice,
        unresolved=row.unresolved,
        surface=Surface(row.surface),
        came=Came(row.came),
        at=row.at,
    )
