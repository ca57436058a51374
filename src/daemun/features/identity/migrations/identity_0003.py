"""Those in an unusual state are found by what their names begin with, however many others begin so."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0003"
down_revision = "identity_0002"
branch_labels = None
depends_on = None

# Of the usual state the list of everybody has the next one a few rows on, and an index of them would be paid for by every sign-up.
UNUSUAL = sa.text("status <> 'NORMAL'")


def upgrade() -> None:
    for name, words in (("handle", ["handle_key"]), ("email", ["email_key"]), ("name", ["name_key", "id"])):
        op.create_index(
            f"daemun_users_unusual_by_{name}", "daemun_users", ["status", *words], sqlite_where=UNUSUAL, postgresql_where=UNUSUAL
        )


def downgrade() -> None:
    for name in ("handle", "email", "name"):
        op.drop_index(f"daemun_users_unusual_by_{name}", "daemun_users")
