"""Keep with a round of a generated case what tells it from others, so that those told are found without a search."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rounds", sa.Column("case_key", sa.Text(), nullable=True))
    # What a case is told apart by follows from its bank, which is not at hand here: it is worked out when needed.
    op.execute("UPDATE rounds SET case_key = '' WHERE item_id LIKE '%-case-%'")
    op.create_index(
        "ix_rounds_case_key",
        "rounds",
        ["guild_id", "bank"],
        unique=False,
        sqlite_where=sa.text("case_key IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_rounds_case_key", table_name="rounds")
    op.drop_column("rounds", "case_key")
