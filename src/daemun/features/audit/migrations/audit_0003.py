"""Destinations of copies of the log, how far each is and what it would not take; what the house and witnesses have seen of the log."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0003"
down_revision = "audit_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_audit_sinks",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("leased_by", sa.String(40)),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("delivered", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("error", sa.String(80)),
        sa.Column("error_at", sa.BigInteger),
    )
    op.create_table(
        "daemun_audit_dead_letters",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("sink", sa.String(40), nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("error", sa.String(80), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "daemun_audit_checkups",
        sa.Column("one", sa.SmallInteger, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("whole_at", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("checkpoint", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.Integer, nullable=False),
        sa.Column("first", sa.String(80)),
        sa.Column("gaps", sa.BigInteger, nullable=False),
        sa.Column("storage", sa.Text, nullable=False),
        sa.CheckConstraint("one = 1", name="daemun_audit_checkups_one"),
    )
    op.create_table(
        "daemun_audit_witnesses",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("error", sa.String(80)),
    )


def downgrade() -> None:
    op.drop_table("daemun_audit_witnesses")
    op.drop_table("daemun_audit_checkups")
    op.drop_table("daemun_audit_dead_letters")
    op.drop_table("daemun_audit_sinks")
