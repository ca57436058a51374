"""What becomes of accounts: states with their reasons, links, search, and handles that are never given twice."""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None

DAY = 86_400_000_000


def _added() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("language", sa.String(2), nullable=False, server_default="ko"),
        sa.Column("name_key", sa.String(100), nullable=False, server_default=""),
        sa.Column("status_reason", sa.String(500)),
        sa.Column("status_until", sa.BigInteger),
        sa.Column("status_by", sa.String(64)),
        sa.Column("status_since", sa.BigInteger),
        sa.Column("before_deletion", sa.String(8)),
        sa.Column("left_at", sa.BigInteger),
        sa.Column("password_changed_at", sa.BigInteger),
        sa.Column("temporary", sa.String(512)),
        sa.Column("temporary_until", sa.BigInteger),
        sa.Column("held", sa.String(500)),
        sa.Column("held_by", sa.String(64)),
        sa.Column("sleep_notices", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("noticed_on", sa.Integer),
        sa.Column("active_on", sa.Integer, nullable=False, server_default="0"),
        sa.Column("seen", sa.String(200)),
    )


def upgrade() -> None:
    for column in _added():
        op.add_column("daemun_users", column)
    _order_by_bytes()
    _fill_in()
    _index()
    op.create_table(
        "daemun_gone_handles",
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "daemun_links",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(254), nullable=False),
        sa.Column("user_id", sa.String(26), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("tries", sa.SmallInteger, nullable=False),
    )
    op.create_index("daemun_links_by_subject", "daemun_links", ["subject", "purpose"])
    op.create_index("daemun_links_by_email", "daemun_links", ["email_key", "purpose"])
    op.create_index("daemun_links_by_browser", "daemun_links", ["browser", "purpose"])
    op.create_index("daemun_links_by_end", "daemun_links", ["expires_at"])


def _order_by_bytes() -> None:
    """PostgreSQL finds what begins with some letters in an index only when its order is that of the bytes."""
    if op.get_bind().dialect.name == "postgresql":
        for name, size in (("handle_key", 50), ("email_key", 254), ("name_key", 100)):
            op.alter_column("daemun_users", name, type_=sa.String(size, collation="C"))


def _fill_in() -> None:
    connection = op.get_bind()
    # As text: both databases divide whole numbers into whole ones.
    connection.execute(sa.text(f"UPDATE daemun_users SET active_on = coalesce(last_login_at, created_at) / {DAY}"))  # noqa: S608 - our own number
    users = sa.table("daemun_users", *(sa.column(each) for each in ("id", "name", "name_key")))
    names = [
        {"this": id_, "key": unicodedata.normalize("NFKC", name).casefold().strip()[:100]}
        for id_, name in connection.execute(sa.select(users.c.id, users.c.name))
    ]
    if names:
        connection.execute(users.update().where(users.c.id == sa.bindparam("this")).values(name_key=sa.bindparam("key")), names)


def _index() -> None:
    op.create_index("daemun_users_by_name", "daemun_users", ["name_key", "id"])
    op.create_index("daemun_users_by_status", "daemun_users", ["status", "id"])
    op.create_index("daemun_users_by_verified", "daemun_users", ["email_verified", "id"])
    for name, columns, only in (
        ("idle", ["active_on"], "status = 'NORMAL'"),
        ("until", ["status_until"], "status_until IS NOT NULL"),
        ("left", ["left_at"], "left_at IS NOT NULL"),
    ):
        op.create_index(f"daemun_users_by_{name}", "daemun_users", columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))
    op.drop_index("daemun_login_history_by_user", "daemun_login_history")
    op.create_index("daemun_login_history_by_user", "daemun_login_history", ["user_id", "id"])


def downgrade() -> None:
    op.drop_table("daemun_links")
    op.drop_table("daemun_gone_handles")
    op.drop_index("daemun_login_history_by_user", "daemun_login_history")
    op.create_index("daemun_login_history_by_user", "daemun_login_history", ["user_id", "at"])
    for name in ("name", "status", "verified", "idle", "until", "left"):
        op.drop_index(f"daemun_users_by_{name}", "daemun_users")
    for column in reversed(_added()):
        op.drop_column("daemun_users", column.name)
