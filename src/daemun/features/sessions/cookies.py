"""Cookie values: `<key id>.<token>.<mac>`, nothing of it about anybody. Pure.

The mac tells without the database whether the house made a value: what it did not make is an attack, what it made and forgot has expired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from daemun.core.secret import Secret
from daemun.features.sessions.macs import mac

FORM: Final = re.compile(r"([A-Za-z0-9_-]{1,40})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})")
LONGEST: Final = 128
TOKEN_BYTES: Final = 32  # four times what NIST SP 800-63B-4 5.1 asks, twice ASVS 7.2.3

Purpose = Literal["browser session", "known device"]


@dataclass(frozen=True, slots=True)
class Presented:
    """What a value says of itself: worth nothing until `is_genuine`."""

    key_id: str
    token: Secret
    mac: Secret


def cookie_text(purpose: Purpose, token: str, key_id: str, key: bytes) -> str:
    return f"{key_id}.{token}.{mac(key, purpose, key_id, token)}"


def parse_cookie(value: str) -> Presented | None:
    """None unless it is written in the one way we write it."""
    form = FORM.fullmatch(value) if len(value) <= LONGEST else None
    return Presented(form[1], Secret(form[2]), Secret(form[3])) if form else None


def is_genuine(presented: Presented, purpose: Purpose, key: bytes) -> bool:
    return presented.mac.matches(Secret(mac(key, purpose, presented.key_id, presented.token.reveal())))


def stored(token: str) -> str:
    """What the database keeps of a token: of 256 random bits a plain hash tells nothing."""
    return sha256(token.encode()).hexdigest()


def stored_for(user_id: str, device: str) -> str:
    """Another one for each person: who shares a machine with whom cannot be read from the table."""
    return sha256(f"{user_id} {device}".encode()).hexdigest()
