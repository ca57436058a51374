"""Whoever acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["user", "guest", "token", "system", "nobody"]


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    id: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    session: str | None = None
    handle: str | None = None

    @property
    def is_known(self) -> bool:
        return self.kind not in ("nobody",)

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


NOBODY = Actor("nobody")
SYSTEM = Actor("system")
