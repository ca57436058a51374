"""One row an API key."""

import sqlalchemy as sa
from alembic import op

revision = "apikeys_0001"
down_revision = None
branch_labels = ("apikeys",)
depends_on = None

TABLE = "daemun_api_keys"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("user_id", sa.String(26), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("hint", sa.String(4), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("used_from", sa.String(45)),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_why", sa.String(32)),
        sa.Column("replaced_by", sa.String(26)),
    )
    op.create_index(f"{TABLE}_by_user", TABLE, ["user_id", "id"])
    op.create_index(f"{TABLE}_by_end", TABLE, ["ended_at"])
    op.create_index(f"{TABLE}_by_expiry", TABLE, ["expires_at"])


def downgrade() -> None:
    op.drop_table(TABLE)
