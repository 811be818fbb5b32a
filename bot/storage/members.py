"""Queries about the names of members, by which boards show and order them."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.standings import name_key
from bot.storage import bulk
from bot.storage.store import Tx
from bot.storage.tables import members, totals

NOBODY = "someone"
"""The name of a member of whom none is known."""

_MAX_NAME = 100

_NAMED = sa.select(members.c.name_key).where(
    members.c.guild_id == totals.c.guild_id, members.c.member_id == totals.c.member_id
)
_THEIRS = sa.tuple_(totals.c.guild_id, totals.c.member_id)
_RENAME_TOTALS = (
    sa.update(totals)
    .where(_THEIRS.in_(sa.select(*bulk.fields(2))), totals.c.name_key != _NAMED.scalar_subquery())
    .values(name_key=_NAMED.scalar_subquery())
)
_COLUMNS = ("guild_id", "member_id", "name", "name_key")
# SQLite needs a condition there, or it would take ON for the beginning of a join's.
_GIVEN = insert(members).from_select(_COLUMNS, sa.select(*bulk.fields(len(_COLUMNS))).where(sa.true()))
_KEEP = _GIVEN.on_conflict_do_update(
    index_elements=_COLUMNS[:2], set_={name: _GIVEN.excluded[name] for name in _COLUMNS[2:]}
)
_GUESS = _GIVEN.on_conflict_do_nothing(index_elements=_COLUMNS[:2])


async def keep_names(tx: Tx, names: Mapping[tuple[int, int], str], *, known: bool = True) -> None:
    """Store display names by (server id, member id); over what was there when they are `known`, else for strangers."""
    if names:
        rows = {"rows": bulk.written(_row(*key, name) for key, name in names.items())}
        await tx.execute(_KEEP if known else _GUESS, rows)
        await tx.execute(_RENAME_TOTALS, rows)


def _row(guild_id: int, member_id: int, name: str) -> tuple[int, int, str, str]:
    # Half a surrogate pair, which Discord's JSON can carry and UTF-8 cannot, would fail everybody's answers of the same
    # commit; at a NUL the database would stop reading.
    name = name[:_MAX_NAME].encode(errors="replace").decode().replace("\0", "?")
    return guild_id, member_id, name, name_key(name)
