"""Which links end with which change of an account: one table, read where the change is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from daemun.features.identity.links.models import Purpose

Change = Literal["password_changed", "password_reset", "email_changed", "email_undone", "banned", "slept", "deleted", "admin"]
ASKED: Final[frozenset[Purpose]] = frozenset({"reset", "unlock", "change_email", "invite"})
"""What somebody with the old password, or with an open browser of its owner, may have asked for."""
TO_THE_MAILBOX: Final[frozenset[Purpose]] = ASKED | {"verify", "restore", "wake"}
# The way back to an address that was taken is in none of them: it is the owner's, whatever a thief does next.
ENDS: Final[Mapping[Change, frozenset[Purpose]]] = {
    "password_changed": ASKED,
    "password_reset": ASKED,
    "email_changed": TO_THE_MAILBOX,
    "email_undone": TO_THE_MAILBOX,
    "banned": TO_THE_MAILBOX,
    "slept": ASKED,
    # What brings a deleted account back is posted by whoever deletes it.
    "deleted": TO_THE_MAILBOX - {"restore"},
    "admin": frozenset({"reset"}),
}
