"""What waits for its place in the log, and the keys of those it is about. On PostgreSQL the log too; SQLite keeps it in another file."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0001"
down_revision = None
branch_labels = ("audit",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_audit_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
        sa.Column("entry", sa.LargeBinary, nullable=False),
        sa.Column("parts", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "daemun_audit_keys",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("subject", sa.String(80), nullable=False, unique=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _log()


def _log() -> None:
    op.create_table(
        "daemun_audit_log",
        sa.Column("one", sa.SmallInteger, primary_key=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.Column("checkpoint", sa.LargeBinary, nullable=False),
        sa.Column("minimum", sa.BigInteger, nullable=False),
        sa.CheckConstraint("one = 1", name="daemun_audit_log_one"),
    )
    op.create_table("daemun_audit_entries", _index(), sa.Column("entry", sa.LargeBinary, nullable=False))
    op.create_table("daemun_audit_parts", _index(), sa.Column("parts", sa.LargeBinary, nullable=False))
    op.create_table(
        "daemun_audit_tiles",
        sa.Column("level", sa.SmallInteger, primary_key=True),
        sa.Column("idx", sa.BigInteger, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    # Neither hashes nor what is encrypted gets smaller by trying.
    for table, column in (("tiles", "data"), ("parts", "parts")):
        op.execute(f"ALTER TABLE daemun_audit_{table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def _index() -> "sa.Column[int]":
    return sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False)


def downgrade() -> None:
    names = ["keys", "outbox"]
    if op.get_bind().dialect.name == "postgresql":
        names += ["tiles", "parts", "entries", "log"]
    for name in names:
        op.drop_table(f"daemun_audit_{name}")
