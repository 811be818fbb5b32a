"""Queries about the names of members, by which boards show and order them."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.standings import name_key
from bot.storage.store import Tx
from bot.storage.tables import members, totals

NOBODY = "someone"
"""The name of a member of whom none is known."""

_MAX_NAME = 100

_NAMED = sa.select(members.c.name_key).where(
    members.c.guild_id == totals.c.guild_id, members.c.member_id == totals.c.member_id
)
_RENAMED = (
    sa.update(totals)
    .where(
        totals.c.guild_id == sa.bindparam("of_guild"),
        totals.c.member_id == sa.bindparam("of_member"),
        totals.c.name_key != _NAMED.scalar_subquery(),
    )
    .values(name_key=_NAMED.scalar_subquery())
)


async def keep_names(tx: Tx, names: Mapping[tuple[int, int], str], *, known: bool = True) -> None:
    """Store display names by (server id, member id); over what was there when they are `known`, else for strangers."""
    if not names:
        return
    rows = [_row(guild_id, member_id, name) for (guild_id, member_id), name in names.items()]
    statement, key = insert(members), ["guild_id", "member_id"]
    renamed = {name: statement.excluded[name] for name in ("name", "name_key")}
    await tx.execute(
        statement.on_conflict_do_update(index_elements=key, set_=renamed)
        if known
        else statement.on_conflict_do_nothing(index_elements=key),
        rows,
    )
    await tx.execute(_RENAMED, [{"of_guild": row["guild_id"], "of_member": row["member_id"]} for row in rows])


def _row(guild_id: int, member_id: int, name: str) -> dict[str, object]:
    # Half a surrogate pair, which JSON can carry and UTF-8 cannot, would fail everybody's answers of the same commit.
    name = name[:_MAX_NAME].encode(errors="replace").decode()
    return {"guild_id": guild_id, "member_id": member_id, "name": name, "name_key": name_key(name)}
