"""What was counted, as often as it was."""

import sqlalchemy as sa
from alembic import op

revision = "counting_0001"
down_revision = None
branch_labels = ("counting",)
depends_on = None


def upgrade() -> None:
    op.create_table("counted", sa.Column("job", sa.String(26)), sa.Column("number", sa.Integer))


def downgrade() -> None:
    op.drop_table("counted")
