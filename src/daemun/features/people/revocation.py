"""What dies when an account's credentials change. One table: every cell says dies or lives, and every cell is a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from daemun.core.actor import Actor
from daemun.features.identity import Identity, Purpose
from daemun.features.sessions import EndedWhy, Sessions
from daemun.ports.database import Work

Cause = Literal[
    "password_changed",
    "password_reset",
    "email_changed",
    "email_undone",
    "roles_changed",
    "banned",
    "slept",
    "deleted",
    "admin",
]
Kind = Literal[
    "own_session",  # the one that asked, cookie or token family, its access tokens included
    "other_sessions",
    "own_device",
    "other_devices",
    "verify",
    "reset",
    "unlock",
    "restore",
    "wake",
    "change_email",
    "undo_email",
]
KINDS: Final[tuple[Kind, ...]] = (
    "own_session",
    "other_sessions",
    "own_device",
    "other_devices",
    "verify",
    "reset",
    "unlock",
    "restore",
    "wake",
    "change_email",
    "undo_email",
)
LINKS: Final[tuple[Purpose, ...]] = ("verify", "reset", "unlock", "restore", "wake", "change_email", "undo_email")
WHY: Final[Mapping[Cause, EndedWhy]] = {
    "password_changed": "password_changed",
    "password_reset": "password_reset",
    "email_changed": "email_changed",
    "email_undone": "email_changed",
    "roles_changed": "roles_changed",
    "banned": "banned",
    "slept": "slept",
    "deleted": "deleted",
    "admin": "admin",
}
EVERYWHERE: Final[frozenset[Kind]] = frozenset(("own_session", "other_sessions", "own_device", "other_devices"))
# Of the changes that somebody else may have made the undo link outlives everything but its use: it is the owner's way back.
DIES: Final[Mapping[Cause, frozenset[Kind]]] = {
    "password_changed": frozenset(("other_sessions", "other_devices", "reset", "unlock", "change_email")),
    "password_reset": EVERYWHERE | {"reset", "unlock", "change_email"},
    "email_changed": frozenset(("other_sessions", "verify", "reset", "unlock", "restore", "wake", "change_email")),
    "email_undone": EVERYWHERE | {"verify", "reset", "unlock", "restore", "wake", "change_email", "undo_email"},
    # Rights are read at every request: nothing needs to die for a role to be gone.
    "roles_changed": frozenset(),
    "banned": EVERYWHERE | {"verify", "reset", "unlock", "restore", "wake", "change_email"},
    "slept": EVERYWHERE | {"reset", "unlock", "change_email"},
    "deleted": EVERYWHERE | {"verify", "reset", "unlock", "wake", "change_email"},
    "admin": EVERYWHERE | {"reset"},
}


@dataclass(frozen=True, slots=True)
class Revocation:
    """Called in the same work as its cause, never announced: what nobody listens to would fail open."""

    identity: Identity
    sessions: Sessions

    def __call__(self, work: Work, cause: Cause, user_id: str, *, by: Actor, own: str | None = None, device: str = "") -> int:
        """How many sessions ended. `own` is the session that asked, `device` the known device it came from."""
        dies = DIES[cause]
        ended = self._sessions(work, cause, user_id, by, own)
        if "other_devices" in dies:
            self.sessions.devices.forget_all(work, user_id, by=by, but="" if "own_device" in dies else device)
        if links := [each for each in LINKS if each in dies]:
            self.identity.links.void(work, user_id, *links)
        return ended

    def _sessions(self, work: Work, cause: Cause, user_id: str, by: Actor, own: str | None) -> int:
        dies = DIES[cause]
        if "other_sessions" in dies:
            return self.sessions.end_all(work, user_id, WHY[cause], by=by, but=None if "own_session" in dies else own)
        return 0
