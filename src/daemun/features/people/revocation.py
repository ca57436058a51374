"""What dies when an account's credentials change. One table: every cell says dies or lives, and every cell is a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from daemun.core.actor import Actor
from daemun.features.apikeys import ApiKeys
from daemun.features.apikeys import EndedWhy as KeyEndedWhy
from daemun.features.identity import ENDS, Change, Identity, Purpose
from daemun.features.sessions import EndedWhy, Sessions
from daemun.ports.database import Work

Cause = Change | Literal["roles_changed"]
Kind = (
    Purpose
    | Literal[
        "own_session",  # the one that asked, cookie or token family, its access tokens included
        "other_sessions",
        "own_device",
        "other_devices",
        "api_key",
        "temporary",  # a password that is lent beside the own one
        "newer_undo_email",  # a way back to an address of later than the one that was gone back to
    ]
)
KINDS: Final[tuple[Kind, ...]] = (
    "own_session",
    "other_sessions",
    "own_device",
    "other_devices",
    "api_key",
    "temporary",
    "verify",
    "reset",
    "unlock",
    "restore",
    "wake",
    "change_email",
    "invite",
    "undo_email",
    "newer_undo_email",
)
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
# Keys outlive what their owner does at work, so that no service stops for a new password. Where somebody else may have been at work,
# or the account is none any more, they end for good: what comes back later, comes back without them.
KEY_WHY: Final[Mapping[Cause, KeyEndedWhy]] = {
    "password_reset": "password_reset",
    "email_undone": "email_changed",
    "banned": "banned",
    "slept": "slept",
    "deleted": "deleted",
    "admin": "admin",
}
EVERYWHERE: Final[frozenset[Kind]] = frozenset(("own_session", "other_sessions", "own_device", "other_devices", "api_key"))
NOTHING: Final[frozenset[Kind]] = frozenset()
# Sessions and devices end here. Links and lent passwords end in identity, where the change is written, by a table of its own:
# whoever changes an account without asking here leaves at most its owner's browsers open, and no way in for anybody else.
HERE: Final[Mapping[Cause, frozenset[Kind]]] = {
    "password_changed": frozenset(("other_sessions", "other_devices")),
    "password_reset": EVERYWHERE,
    "email_changed": frozenset(("other_sessions",)),
    "email_undone": EVERYWHERE,
    # Rights are read at every request: nothing needs to die for a role to be gone.
    "roles_changed": NOTHING,
    "banned": EVERYWHERE,
    "slept": EVERYWHERE,
    "deleted": EVERYWHERE,
    "admin": EVERYWHERE,
}
LENT: Final[frozenset[Kind]] = frozenset(("temporary",))
NEWER: Final[frozenset[Kind]] = frozenset(("newer_undo_email",))
DIES: Final[Mapping[Cause, frozenset[Kind]]] = {
    **{change: HERE[change] | ENDS[change] | LENT | (NEWER if change == "email_undone" else NOTHING) for change in ENDS},
    "roles_changed": HERE["roles_changed"],
}


@dataclass(frozen=True, slots=True)
class Revocation:
    """Called in the same work as its cause, never announced: what nobody listens to would fail open."""

    identity: Identity
    sessions: Sessions
    keys: ApiKeys

    def __call__(self, work: Work, cause: Cause, user_id: str, *, by: Actor, own: str | None = None, device: str = "") -> int:
        """How many sessions ended. `own` is the session that asked, `device` the known device it came from."""
        dies = HERE[cause]
        ended = 0
        if "other_sessions" in dies:
            ended = self.sessions.end_all(work, user_id, WHY[cause], by=by, but=None if "own_session" in dies else own)
        if "other_devices" in dies:
            self.sessions.devices.forget_all(work, user_id, by=by, but="" if "own_device" in dies else device)
        if "api_key" in dies:
            self.keys.end_all(work, user_id, KEY_WHY[cause], by=by)
        if cause == "admin":  # changes nothing in identity, which therefore has ended nothing yet
            self.identity.links.end_with(work, user_id, "admin")
            self.identity.credentials.take_back(work, user_id)
        return ended
