"""Keep live quizzes; their items are rounds that belong to no schedule."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OF_QUIZZES = "SELECT id FROM rounds WHERE quiz_id IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("running_in", sa.BigInteger(), nullable=True),
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("trap", sa.String(length=64), nullable=True),
        sa.Column("difficulty", sa.String(length=16), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("by_letter", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("cases", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ending", sa.String(length=16), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("shown", sa.BigInteger(), nullable=True),
        sa.Column("step_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lobby_id", sa.BigInteger(), nullable=True),
        sa.Column("board_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
        sa.UniqueConstraint("running_in", name=op.f("uq_quizzes_running_in")),
    )
    with op.batch_alter_table("quizzes") as quizzes:
        quizzes.create_index("ix_quizzes_step_at", ["step_at"], unique=False)
        quizzes.create_index("ix_quizzes_guild_id_running_in", ["guild_id", "running_in"], unique=False)
    op.drop_index("ix_rounds_unfinished", table_name="rounds")
    with op.batch_alter_table("rounds") as rounds:
        rounds.alter_column("schedule_id", existing_type=sa.Integer(), nullable=True)
        rounds.add_column(sa.Column("quiz_id", sa.Integer(), nullable=True))
        rounds.add_column(sa.Column("by_letter", sa.Boolean(), nullable=False, server_default=sa.true()))
        rounds.add_column(sa.Column("ranks", sa.Boolean(), nullable=False, server_default=sa.true()))
        rounds.create_foreign_key(op.f("fk_rounds_quiz_id"), "quizzes", ["quiz_id"], ["id"])
        rounds.create_unique_constraint(op.f("uq_rounds_quiz_id_number"), ["quiz_id", "number"])
        rounds.create_check_constraint(op.f("ck_rounds_of_one"), "(schedule_id IS NULL) <> (quiz_id IS NULL)")
    _index_unfinished()


def downgrade() -> None:
    _take_off_the_boards()
    for table in ("round_traps", "slips", "reports", "results", "answers"):
        op.execute(f"DELETE FROM {table} WHERE round_id IN ({_OF_QUIZZES})")  # noqa: S608 - our own names
    op.execute("DELETE FROM rounds WHERE quiz_id IS NOT NULL")
    op.drop_index("ix_rounds_unfinished", table_name="rounds")
    with op.batch_alter_table("rounds") as rounds:
        rounds.drop_constraint(op.f("ck_rounds_of_one"), type_="check")
        rounds.drop_constraint(op.f("uq_rounds_quiz_id_number"), type_="unique")
        rounds.drop_constraint(op.f("fk_rounds_quiz_id"), type_="foreignkey")
        for name in ("quiz_id", "by_letter", "ranks"):
            rounds.drop_column(name)
        rounds.alter_column("schedule_id", existing_type=sa.Integer(), nullable=False)
    _index_unfinished()
    op.drop_table("quizzes")


def _index_unfinished() -> None:
    """Make anew, with its condition, the index that a table which is put together anew would not have."""
    op.create_index(
        "ix_rounds_unfinished",
        "rounds",
        ["bank", "guild_id", "item_id", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('planned', 'open', 'closing', 'closed')"),
    )


def _take_off_the_boards() -> None:
    """Subtract what quizzes brought to the totals, and put the ladders together anew."""
    connection = op.get_bind()
    earned = connection.execute(
        sa.text(
            'SELECT guild_id, member_id, opened_on, units, CASE WHEN "full" THEN 1 ELSE 0 END AS fully '
            "FROM results JOIN rounds ON rounds.id = round_id WHERE quiz_id IS NOT NULL AND ranked"
        )
    ).all()
    if not earned:
        return
    rows = []
    for row in earned:
        year, week, _ = date.fromisoformat(str(row.opened_on)).isocalendar()
        rows += [
            {"guild": row.guild_id, "member": row.member_id, "period": each, "units": row.units, "fully": row.fully}
            for each in ("all", f"{year:04}-W{week:02}")
        ]
    connection.execute(
        sa.text(
            'UPDATE totals SET units = units - :units, answered = answered - 1, "full" = "full" - :fully '
            "WHERE guild_id = :guild AND member_id = :member AND period = :period"
        ),
        rows,
    )
    op.execute("DELETE FROM totals WHERE answered = 0")
    op.execute("DELETE FROM ladders")
    op.execute("INSERT INTO ladders SELECT guild_id, period, units, COUNT(*) FROM totals GROUP BY 1, 2, 3")
