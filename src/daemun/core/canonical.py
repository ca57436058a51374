"""One way to write what may be written in several."""

from __future__ import annotations

import unicodedata


def handle_key(handle: str) -> str:
    """Two handles with the same key are the same handle: case does not tell people apart."""
    return unicodedata.normalize("NFKC", handle).casefold().strip()


def email_key(email: str) -> str:
    """Two addresses with the same key are the same address here. No dots or tags are dropped: that is one provider's rule."""
    local, at, domain = unicodedata.normalize("NFC", email).strip().rpartition("@")
    return f"{local.casefold()}{at}{domain.casefold()}"
