"""Slow password hashing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from daemun.core.secret import Secret


@dataclass(frozen=True, slots=True)
class Verdict:
    matches: bool
    upgrade: str | None = None
    """A new encoding to store instead, when the password matched one that is no longer good enough."""


class Hasher(Protocol):
    """Hashes off the event loop in a bounded pool. A full queue raises `Unavailable`: a storm waits, it never exhausts memory.

    Passwords are taken whole after NFC: nothing is truncated. The encoding carries scheme, cost and salt.
    """

    async def hash(self, password: Secret) -> str: ...

    async def verify(self, password: Secret, encoded: str | None) -> Verdict:
        """Whether it is the password behind `encoded`. None costs the same time and never matches."""
        ...
