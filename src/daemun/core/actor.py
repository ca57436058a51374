"""Whoever acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

ActorKind = Literal["user", "guest", "token", "system", "nobody"]


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    id: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    session: str | None = None
    handle: str | None = None
    aal: int = 1
    """How sure it is that it is them (NIST 800-63B): computed from what happened, never asked for."""
    authenticated_ago: timedelta | None = None
    """How old their last authentication was when the gate looked."""
    holder: str | None = None
    """Of a `token` (an API key): the user whose key it is."""

    @property
    def is_known(self) -> bool:
        return self.kind not in ("nobody",)

    @property
    def user_id(self) -> str | None:
        """The person who acts, or whose key does."""
        return self.id if self.kind == "user" else self.holder

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


NOBODY = Actor("nobody")
SYSTEM = Actor("system")
SHELL = Actor("system", "shell")
"""Somebody with a shell on the server: whoever holds the machine holds the house, and may what an administrator may."""
