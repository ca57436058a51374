"""One row a login."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0001"
down_revision = None
branch_labels = ("sessions",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_session_families",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("user_id", sa.String(26), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("mac_key_id", sa.String(40), nullable=False),
        sa.Column("signing_key_id", sa.String(40), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("rotated_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.Column("idle_until", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("remember", sa.Boolean, nullable=False),
        sa.Column("client_mark", sa.String(43), nullable=False),
        sa.Column("device_mark", sa.String(43)),
        sa.Column("agent", sa.String(255), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_why", sa.String(32)),
        sa.CheckConstraint("idle_until <= expires_at", name="daemun_session_families_idle"),
    )
    op.create_index("daemun_session_families_by_user", "daemun_session_families", ["user_id", "id"])
    op.create_index("daemun_session_families_by_idle", "daemun_session_families", ["idle_until"])
    op.create_index("daemun_session_families_by_end", "daemun_session_families", ["ended_at"])


def downgrade() -> None:
    op.drop_table("daemun_session_families")
