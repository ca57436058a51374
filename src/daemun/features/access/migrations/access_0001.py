"""Who has which role."""

import sqlalchemy as sa
from alembic import op

revision = "access_0001"
down_revision = None
branch_labels = ("access",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_user_roles",
        sa.Column("user_id", sa.String(26), primary_key=True),
        sa.Column("role", sa.String(50), primary_key=True),
        sa.Column("granted_at", sa.BigInteger, nullable=False),
        sa.Column("granted_by", sa.String(64), nullable=False),
    )
    op.create_index("daemun_user_roles_by_role", "daemun_user_roles", ["role"])


def downgrade() -> None:
    op.drop_table("daemun_user_roles")
