"""The one row that says where the gate remembers; empty: nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "memory_0001"
down_revision = None
branch_labels = ("memory",)
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "daemun_gate_memory",
        sa.Column("id", sa.SmallInteger, primary_key=True),
        sa.Column("place", sa.String(100), nullable=False),
    )
    op.bulk_insert(table, [{"id": 1, "place": ""}])


def downgrade() -> None:
    op.drop_table("daemun_gate_memory")
