"""Links of one person have an order that no clock gives them, and an address that an administrator gave is known as such."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0004"
down_revision = "identity_0003"
branch_labels = None
depends_on = None

# As they were made, as far as anybody knows: what orders them from now on is counted under a lock.
NUMBERED = """
UPDATE daemun_links SET seq = (
    SELECT count(*) FROM daemun_links AS other
    WHERE other.subject = daemun_links.subject AND other.purpose = daemun_links.purpose AND other.id <= daemun_links.id)
"""


def upgrade() -> None:
    op.add_column("daemun_links", sa.Column("seq", sa.Integer, nullable=False, server_default="0"))
    op.execute(NUMBERED)
    op.add_column("daemun_users", sa.Column("email_given_until", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("daemun_users", "email_given_until")
    op.drop_column("daemun_links", "seq")
