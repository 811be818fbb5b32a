"""Keep what members practise, and what they report."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practised",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("posed", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practised")),
        sa.UniqueConstraint(
            "member_id", "bank", "item_id", "seed", name=op.f("uq_practised_member_id_bank_item_id_seed")
        ),
    )
    with op.batch_alter_table("practised") as practised:
        practised.create_index("ix_practised_member_id_bank_at", ["member_id", "bank", "at"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_reports_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "guild_id",
            "member_id",
            "bank",
            "item_id",
            "revision",
            name=op.f("uq_reports_guild_id_member_id_bank_item_id_revision"),
        ),
    )
    with op.batch_alter_table("reports") as reports:
        reports.create_index("ix_reports_guild_id_state", ["guild_id", "state"], unique=False)
        reports.create_index("ix_reports_round_id", ["round_id"], unique=False)
