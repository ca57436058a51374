"""One way to write what may be written in several."""

from __future__ import annotations

import unicodedata
from typing import Final

PERMISSION_ALIASES: Final = {
    "create_run": "runs.create",
    "send_data": "runs.send",
    "view_audit_logs": "audit.read",
    "manage_users": "users.manage",
}
"""The four names of the internal tool's document, and what they are called here."""


def handle_key(handle: str) -> str:
    """Two handles with the same key are the same handle: case does not tell people apart."""
    if handle.isascii():  # the same, in a tenth of the time
        return handle.lower().strip()
    return unicodedata.normalize("NFKC", handle).casefold().strip()


def email_key(email: str) -> str:
    """Two addresses with the same key are the same address here. No dots or tags are dropped: that is one provider's rule."""
    if email.isascii():
        return email.lower().strip()
    local, at, domain = unicodedata.normalize("NFC", email).strip().rpartition("@")
    return f"{local.casefold()}{at}{domain.casefold()}"


def permission_name(name: str) -> str:
    """Two names of one permission become one."""
    return PERMISSION_ALIASES.get(name, name)
