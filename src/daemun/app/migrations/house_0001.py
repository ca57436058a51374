"""What the house remembers of itself: by which secrets this database was made."""

import sqlalchemy as sa
from alembic import op

revision = "house_0001"
down_revision = None
branch_labels = ("house",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daemun_house",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("daemun_house")
