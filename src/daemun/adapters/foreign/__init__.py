"""Password hashes that other systems made: they are verified, never made. One file reads one scheme.

Two bounds keep an encoding from being a weapon: 256 MiB, and about a second of one core (figures in each file). One that asks for more is
not read, as if it were malformed.
"""

from __future__ import annotations

from typing import Final

from daemun.adapters.foreign import argon2, bcrypt, firebase, ldap, pbkdf2, phpass, scrypt
from daemun.adapters.foreign.fields import Check
from daemun.adapters.foreign.firebase import from_firebase
from daemun.adapters.foreign.keycloak import from_keycloak

__all__ = ["Check", "from_firebase", "from_keycloak", "known", "read", "verify"]

READERS: Final = (argon2.read, bcrypt.read, firebase.read, ldap.read, pbkdf2.read, phpass.read, scrypt.read)
LONGEST: Final = 1024


def read(encoded: str) -> Check | None:
    """How a password is checked against it; None when no scheme reads it, or when it costs more than it may."""
    if len(encoded) > LONGEST or not encoded.isascii():
        return None
    return next((check for reader in READERS if (check := reader(encoded))), None)


def known(encoded: str) -> bool:
    """Whether its owner can log in after an import. What the house itself writes with a pepper is not foreign, and not known here."""
    return read(encoded) is not None


def verify(password: bytes, encoded: str) -> bool:
    """Whether it is the password behind `encoded`. What is not known never matches."""
    check = read(encoded)
    return check is not None and check(password)
