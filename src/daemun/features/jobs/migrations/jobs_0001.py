"""Jobs, and what each has done exactly once."""

import sqlalchemy as sa
from alembic import op

revision = "jobs_0001"
down_revision = None
branch_labels = ("jobs",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_jobs",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("params", sa.LargeBinary, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("error", sa.String(80)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("held_by", sa.String(26)),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("begun_at", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("cancel_asked_at", sa.BigInteger),
        sa.Column("stored", sa.String(60)),
        sa.Column("file_name", sa.String(120)),
        sa.Column("media_type", sa.String(100)),
        sa.Column("file_size", sa.BigInteger),
        sa.CheckConstraint("state in ('queued', 'running', 'complete', 'cancelled', 'error')", name="daemun_jobs_state"),
    )
    op.create_index("daemun_jobs_by_owner", "daemun_jobs", ["owner", "id"])
    op.create_index("daemun_jobs_by_turn", "daemun_jobs", ["state", "id"])
    op.create_index("daemun_jobs_by_end", "daemun_jobs", ["expires_at"])
    op.create_table(
        "daemun_job_steps",
        sa.Column("job_id", sa.String(26), sa.ForeignKey("daemun_jobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("said", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("daemun_job_steps")
    op.drop_table("daemun_jobs")
