"""A picture of the log to search in: drawn from the log, and drawn again whenever somebody wants."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0004"
down_revision = "audit_0003"
branch_labels = None
depends_on = None

INDEXED = {
    "at": ("at",),
    "actor": ("actor", "at"),
    "target": ("target", "at"),
    "action": ("action", "at"),
    "outcome": ("outcome", "at"),
    "country": ("country", "at"),
    "request": ("request", "at"),
    "ref": ("ref",),
}
SELDOM = {"target": "target <> ''", "country": "country <> 0", "request": "request <> ''", "ref": "ref >= 0"}


def upgrade() -> None:
    op.create_table(
        "daemun_audit_events",
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("retention", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("target", sa.String(20), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("thing", sa.String(40), nullable=False),
        sa.Column("country", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.SmallInteger, nullable=False),
        sa.Column("ref", sa.BigInteger, nullable=False),
        sa.Column("amended", sa.BigInteger, nullable=False),
    )
    for name, columns in INDEXED.items():
        seldom = sa.text(SELDOM[name]) if name in SELDOM else None
        op.create_index(
            f"daemun_audit_events_{name}", "daemun_audit_events", [*columns, "idx"], postgresql_where=seldom, sqlite_where=seldom
        )
    op.create_table(
        "daemun_audit_marks",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("part", sa.SmallInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("daemun_audit_marks_idx", "daemun_audit_marks", ["idx"])
    op.create_table(
        "daemun_audit_hours",
        sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("action", sa.String(100), primary_key=True),
        sa.Column("outcome", sa.String(10), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "daemun_audit_sweeps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("surrogate", sa.String(20), nullable=False),
    )
    op.create_table(
        "daemun_audit_drawn",
        sa.Column("one", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "daemun_audit_looks",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for name in ("looks", "drawn", "sweeps", "hours", "marks", "events"):
        op.drop_table(f"daemun_audit_{name}")
