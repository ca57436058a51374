"""Who came from another system, so that nobody comes twice."""

import sqlalchemy as sa
from alembic import op

revision = "people_0001"
down_revision = None
branch_labels = ("people",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_imported",
        sa.Column("mark", sa.String(22), primary_key=True),
        sa.Column("trace", sa.String(11), nullable=False),
        sa.Column("user_id", sa.String(26), nullable=False),
        sa.Column("origin", sa.String(50), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("daemun_imported_by_user", "daemun_imported", ["user_id"])


def downgrade() -> None:
    op.drop_table("daemun_imported")
