"""Keep runs of items that members do in private, and whether they were sure of an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("practised", sa.Column("sure", sa.Boolean(), nullable=True))
    op.create_table(
        "sittings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("bank", sa.String(length=64), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
        sa.UniqueConstraint("open_key", name=op.f("uq_sittings_open_key")),
    )
    with op.batch_alter_table("sittings") as sittings:
        sittings.create_index("ix_sittings_member_id_started_at", ["member_id", "started_at"], unique=False)
        sittings.create_index("ix_sittings_guild_id_touched_at", ["guild_id", "touched_at"], unique=False)
        sittings.create_index("ix_sittings_touched_at", ["touched_at"], unique=False)
    op.create_table(
        "sitting_items",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posed", sa.Text(), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=True),
        sa.Column("sure", sa.Boolean(), nullable=True),
        sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("full", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_sitting_items_sitting_id")),
        sa.PrimaryKeyConstraint("sitting_id", "number", name=op.f("pk_sitting_items")),
    )


def downgrade() -> None:
    op.drop_table("sitting_items")
    op.drop_table("sittings")
    # Answers of these modes stay: an earlier version knows no such sources, and reads none.
    op.drop_column("practised", "sure")
