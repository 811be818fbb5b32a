"""Keep which traps a closed round had, and how many met them and fell."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_traps",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("trap", sa.String(length=64), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("fell", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_traps_round_id")),
        sa.PrimaryKeyConstraint("round_id", "trap", name=op.f("pk_round_traps")),
    )
    with op.batch_alter_table("results") as results:
        results.create_index("ix_results_member_id", ["member_id"], unique=False)
    _note_earlier_rounds()


def _note_earlier_rounds() -> None:
    connection = op.get_bind()
    counted = connection.execute(sa.text("SELECT round_id, COUNT(*) AS met FROM results GROUP BY round_id"))
    met = {row.round_id: row.met for row in counted}
    fell = {
        (row.round_id, row.trap): row.fell
        for row in connection.execute(
            sa.text("SELECT round_id, trap, COUNT(*) AS fell FROM slips GROUP BY round_id, trap")
        )
    }
    rows = [
        {"round": row.id, "trap": trap, "met": met[row.id], "fell": fell.get((row.id, trap), 0)}
        for row in connection.execute(sa.text("SELECT id, posed FROM rounds WHERE state IN ('closed', 'explained')"))
        if row.id in met
        for trap in {option["trap"] for option in json.loads(row.posed)["item"]["options"] if option["trap"]}
    ]
    if rows:
        connection.execute(sa.text("INSERT INTO round_traps VALUES (:round, :trap, :met, :fell)"), rows)
