"""The keys that sign and recognise tokens. They live outside the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from joserfc.jwk import OctKey, OKPKey

Algorithm = Literal["EdDSA", "HS256"]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An asymmetric or shared key with its id; one key, one algorithm (RFC 8725 3.1)."""

    kid: str
    algorithm: Algorithm
    key: OKPKey | OctKey


KeyKind = Literal["signing", "refresh"]
KeyState = Literal["next", "active", "retired"]


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key as one may show it: nothing secret."""

    kind: KeyKind
    kid: str
    state: KeyState
    created_at: datetime


class Keyring(Protocol):
    """Keys in three states: next (published, not yet signing), active (signs), retired (verifies until everything it signed has expired).

    Every process sees a rotation at its next use of the ring: no restart.
    """

    def signing(self) -> SigningKey:
        """The active key."""
        ...

    def signing_by_id(self, kid: str) -> SigningKey | None:
        """A key that still verifies. `kid` is untrusted input: looked up, never used as a path (RFC 8725 3.10)."""
        ...

    def published(self) -> Sequence[SigningKey]:
        """All keys that verify, for the JWKS."""
        ...

    def mac_key(self, kid: str | None = None) -> tuple[str, bytes] | None:
        """The key that makes refresh tokens, or the one of that id: (id, 32 bytes)."""
        ...

    def is_made(self) -> bool:
        """Whether there are keys yet. Asking makes none; every other use does."""
        ...

    def listing(self) -> Sequence[KeyEntry]: ...

    def rotate(self, kind: KeyKind) -> KeyEntry:
        """The published `next` becomes active, the old one retires, a new `next` is published. The key that is now active."""
        ...
