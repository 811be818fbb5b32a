"""Keep with each practised item the traps it was about, and find unfinished rounds by an index of their own."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LETTERS = "ABCDEFGHIJ"
_BATCH = 500
"""Snapshots read at a time: each is a few thousand characters."""


def upgrade() -> None:
    for name in ("fallen", "resisted"):
        op.add_column("practised", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    _note_earlier_practice()
    op.create_index(
        "ix_rounds_unfinished",
        "rounds",
        ["bank", "guild_id", "item_id", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('planned', 'open', 'closing', 'closed')"),
    )
    op.drop_index("ix_slips_guild_id_bank_trap", table_name="slips")


def downgrade() -> None:
    op.create_index("ix_slips_guild_id_bank_trap", "slips", ["guild_id", "bank", "trap"], unique=False)
    op.drop_index("ix_rounds_unfinished", table_name="rounds")
    for name in ("resisted", "fallen"):
        op.drop_column("practised", name)


def _note_earlier_practice() -> None:
    connection = op.get_bind()
    found = sa.text('SELECT id, posed, choice, "full" FROM practised WHERE id > :after ORDER BY id LIMIT :most')
    noted = sa.text("UPDATE practised SET fallen = :fallen, resisted = :resisted WHERE id = :id")
    after = 0
    while rows := connection.execute(found, {"after": after, "most": _BATCH}).all():
        connection.execute(noted, [{"id": row.id} | _traps(row.posed, row.choice, full=row.full) for row in rows])
        after = rows[-1].id


def _traps(posed: str, choice: str, *, full: bool) -> dict[str, str]:
    snapshot = json.loads(posed)
    options = snapshot["item"]["options"]
    chosen = [options[at] for letter, at in zip(_LETTERS, snapshot["order"], strict=False) if letter in choice]
    return {"fallen": _named(chosen), "resisted": _named(options) if full else ""}


def _named(options: list[dict[str, str | None]]) -> str:
    return " ".join(sorted({option["trap"] for option in options if option["trap"]}))
