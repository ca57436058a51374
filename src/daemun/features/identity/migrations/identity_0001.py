"""People, and when they came in."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0001"
down_revision = None
branch_labels = ("identity",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_users",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("handle", sa.String(50), nullable=False),
        sa.Column("handle_key", sa.String(50), nullable=False, unique=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password", sa.String(512)),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("email_verified", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("last_login_at", sa.BigInteger),
        sa.CheckConstraint("status in ('NORMAL', 'SLEEP', 'DELETED', 'BANNED')", name="daemun_users_status"),
    )
    op.create_table(
        "daemun_login_history",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("user_id", sa.String(26), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("success", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("agent", sa.String(512), nullable=False),
    )
    op.create_index("daemun_login_history_by_user", "daemun_login_history", ["user_id", "at"])


def downgrade() -> None:
    op.drop_table("daemun_login_history")
    op.drop_table("daemun_users")
