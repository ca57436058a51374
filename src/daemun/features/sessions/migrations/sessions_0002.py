"""Browser sessions beside token families, how sure a session is, and known devices."""

import sqlalchemy as sa
from alembic import op

revision = "sessions_0002"
down_revision = "sessions_0001"
branch_labels = None
depends_on = None

TABLE = "daemun_session_families"


def added() -> list[sa.Column[object]]:
    return [
        sa.Column("kind", sa.String(8), nullable=False, server_default="tokens"),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("aal", sa.Integer, nullable=False, server_default="1"),
        sa.Column("amr", sa.String(64), nullable=False, server_default="pwd"),
        # Whoever still writes rows without it says nothing of when: that is as good as never.
        sa.Column("authenticated_at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("assured_at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("name", sa.String(60)),
        sa.Column("country", sa.String(2)),
    ]


def upgrade() -> None:
    # Column by column and not by rebuilding: a rebuilt table would lose its CHECK, which SQLite does not tell of.
    for column in added():
        op.add_column(TABLE, column)
    op.execute(f"UPDATE {TABLE} SET authenticated_at = started_at, assured_at = started_at")  # noqa: S608 - our own name
    known = sa.text("token_hash IS NOT NULL")
    op.create_index(f"{TABLE}_by_token", TABLE, ["token_hash"], unique=True, sqlite_where=known, postgresql_where=known)
    op.create_table(
        "daemun_known_devices",
        sa.Column("user_id", sa.String(26), primary_key=True),
        sa.Column("device_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("agent", sa.String(255), nullable=False),
    )
    op.create_index("daemun_known_devices_by_age", "daemun_known_devices", ["last_seen"])


def downgrade() -> None:
    op.drop_table("daemun_known_devices")
    op.execute(f"DELETE FROM {TABLE} WHERE kind = 'browser'")  # noqa: S608 - our own name
    op.drop_index(f"{TABLE}_by_token", TABLE)
    for column in reversed(added()):
        op.drop_column(TABLE, column.name)
