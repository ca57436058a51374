"""When each chore was done last, and who is at it now."""

import sqlalchemy as sa
from alembic import op

revision = "house_0002"
down_revision = "house_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_chores",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("begun_at", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("leased_by", sa.String(40)),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("did", sa.BigInteger),
        sa.Column("failed", sa.String(200)),
    )


def downgrade() -> None:
    op.drop_table("daemun_chores")
