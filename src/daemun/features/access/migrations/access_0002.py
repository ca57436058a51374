"""Roles of one's own: what holds, and every version there was."""

import sqlalchemy as sa
from alembic import op

revision = "access_0002"
down_revision = "access_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_roles",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("grants", sa.Text, nullable=False),
    )
    op.create_table(
        "daemun_role_versions",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("ko", sa.String(100), nullable=False),
        sa.Column("en", sa.String(100), nullable=False),
        sa.Column("grants", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("written_by", sa.String(64), nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
    op.drop_index("daemun_user_roles_by_role", "daemun_user_roles")
    op.create_index("daemun_user_roles_by_role", "daemun_user_roles", ["role", "user_id"])


def downgrade() -> None:
    op.drop_index("daemun_user_roles_by_role", "daemun_user_roles")
    op.create_index("daemun_user_roles_by_role", "daemun_user_roles", ["role"])
    op.drop_table("daemun_role_versions")
    op.drop_table("daemun_roles")
