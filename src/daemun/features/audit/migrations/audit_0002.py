"""Legal holds, and keys that nobody reads with any more while a hold keeps them."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0002"
down_revision = "audit_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_audit_holds",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("subject", sa.String(80)),
        sa.Column("retention", sa.String(20)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.add_column("daemun_audit_keys", sa.Column("blocked_at", sa.BigInteger))


def downgrade() -> None:
    with op.batch_alter_table("daemun_audit_keys") as table:
        table.drop_column("blocked_at")
    op.drop_table("daemun_audit_holds")
