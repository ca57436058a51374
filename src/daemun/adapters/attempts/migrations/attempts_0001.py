"""Tries that count, by what they count for."""

import sqlalchemy as sa
from alembic import op

revision = "attempts_0001"
down_revision = None
branch_labels = ("attempts",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_attempts",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("daemun_attempts_until", "daemun_attempts", ["until"])


def downgrade() -> None:
    op.drop_table("daemun_attempts")
