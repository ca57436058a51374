"""Letters that wait to be sent, and a short memory of those that were."""

import sqlalchemy as sa
from alembic import op

revision = "mail_0001"
down_revision = None
branch_labels = ("mail",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_letters",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("user_id", sa.String(26), nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("leased_by", sa.String(26)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("last_error", sa.String(40)),
        sa.CheckConstraint("state in ('waiting', 'sending', 'sent', 'failed', 'void', 'kept')", name="daemun_letters_state"),
    )
    op.create_index("daemun_letters_by_turn", "daemun_letters", ["state", "next_at"])
    op.create_index("daemun_letters_by_user", "daemun_letters", ["user_id"])
    op.create_index("daemun_letters_by_end", "daemun_letters", ["done_at"])


def downgrade() -> None:
    op.drop_table("daemun_letters")
