"""Keep boards as totals, with the results that there are counted in."""

from collections import Counter
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _name_keys()
    op.create_table(
        "totals",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("full", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "member_id", "period", name=op.f("pk_totals")),
    )
    op.create_table(
        "ladders",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("units", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "period", "units", name=op.f("pk_ladders")),
    )
    _count_in()
    with op.batch_alter_table("totals") as totals:
        totals.create_index(
            "ix_totals_board", ["guild_id", "period", sa.text("units DESC"), "name_key", "member_id"], unique=False
        )
    with op.batch_alter_table("results") as results:
        results.drop_index("ix_results_board")
        for name in ("guild_id", "opened_on", "bank", "item_id"):
            results.drop_column(name)
    with op.batch_alter_table("rounds") as rounds:
        rounds.create_index("ix_rounds_guild_id_opened_on", ["guild_id", "opened_on"], unique=False)
        rounds.create_index("ix_rounds_guild_id_item_id", ["guild_id", "item_id"], unique=False)


def _name_keys() -> None:
    with op.batch_alter_table("members") as members:
        members.add_column(sa.Column("name_key", sa.String(length=100), nullable=True))
    connection = op.get_bind()
    named = connection.execute(sa.text("SELECT guild_id, member_id, name FROM members")).all()
    if named:
        connection.execute(
            sa.text("UPDATE members SET name_key = :folded WHERE guild_id = :guild AND member_id = :member"),
            [{"folded": row.name.casefold()[:100], "guild": row.guild_id, "member": row.member_id} for row in named],
        )
    with op.batch_alter_table("members") as members:
        members.alter_column("name_key", existing_type=sa.String(length=100), nullable=False)


def _count_in() -> None:
    connection = op.get_bind()
    units, answered, full = (
        Counter[tuple[int, int, str]](),
        Counter[tuple[int, int, str]](),
        Counter[tuple[int, int, str]](),
    )
    for row in connection.execute(
        sa.text(
            "SELECT guild_id, member_id, opened_on, SUM(units) AS units, COUNT(*) AS answered, SUM(full) AS full "
            "FROM results WHERE ranked GROUP BY guild_id, member_id, opened_on"
        )
    ):
        year, week, _ = date.fromisoformat(row.opened_on).isocalendar()
        for period in ("all", f"{year:04}-W{week:02}"):
            key = (row.guild_id, row.member_id, period)
            units[key] += row.units
            answered[key] += row.answered
            full[key] += row.full
    if not answered:
        return
    connection.execute(
        sa.text(
            "INSERT INTO totals SELECT :guild, :member, :period, :units, :answered, :full, COALESCE("
            "(SELECT name_key FROM members WHERE guild_id = :guild AND member_id = :member), 'someone')"
        ),
        [
            {
                "guild": key[0],
                "member": key[1],
                "period": key[2],
                "units": units[key],
                "answered": answered[key],
                "full": full[key],
            }
            for key in answered
        ],
    )
    connection.execute(
        sa.text("INSERT INTO ladders SELECT guild_id, period, units, COUNT(*) FROM totals GROUP BY 1, 2, 3")
    )
