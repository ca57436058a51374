"""What identity says has happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from daemun.core.event import EventKind, Holder, Retention
from daemun.features.identity.states import MoveName

SIGNED_UP = EventKind("account.signup", "success", "account", resource_type="user", fields={"handle": "actor", "role": "public"})
LOGIN_FAILED = EventKind("auth.login", "failure", "login", resource_type="user", fields={"reason": "public"})
LOGIN_LIMITED = EventKind("auth.login", "denied", "security", resource_type="user", fields={"reason": "public", "retry_after": "public"})
UNLOCKED = EventKind("account.unlock", "success", "security", resource_type="user", fields={"reason": "public"})


def _move(code: str, retention: Retention) -> EventKind:
    told: dict[str, Holder] = {"reason": "target", "until": "public", "was": "public", "by": "public"}
    return EventKind(code, "success", retention, resource_type="user", fields=told)


MOVES: Final[Mapping[MoveName, EventKind]] = {
    "ban": _move("account.suspend", "admin"),
    "lift": _move("account.lift", "admin"),
    "sleep": _move("account.sleep", "account"),
    "wake": _move("account.wake", "account"),
    "delete": _move("account.delete", "account"),
    "restore": _move("account.restore", "account"),
    "erase": _move("account.erase", "admin"),
}
HELD = EventKind("account.hold", "success", "admin", resource_type="user", fields={"reason": "target"})
RELEASED = EventKind("account.release", "success", "admin", resource_type="user", fields={"reason": "target"})
PASSWORD_CHANGED = EventKind("account.password_change", "success", "security", resource_type="user", fields={"how": "public"})
PASSWORD_LENT = EventKind("account.temporary_password", "success", "security", resource_type="user")
EMAIL_VERIFIED = EventKind("account.email_verify", "success", "account", resource_type="user", fields={"email": "target"})
EMAIL_CHANGED = EventKind("account.email_change", "success", "security", resource_type="user", fields={"old": "target", "new": "target"})
EMAIL_RESTORED = EventKind("account.email_undo", "success", "security", resource_type="user", fields={"old": "target", "new": "target"})
RENAMED = EventKind("account.rename", "success", "account", resource_type="user", fields={"old": "target", "new": "target"})
LANGUAGE_CHANGED = EventKind("account.language", "success", "account", resource_type="user", fields={"old": "target", "new": "target"})
ALL = (
    SIGNED_UP,
    LOGIN_FAILED,
    LOGIN_LIMITED,
    UNLOCKED,
    *MOVES.values(),
    HELD,
    RELEASED,
    PASSWORD_CHANGED,
    PASSWORD_LENT,
    EMAIL_VERIFIED,
    EMAIL_CHANGED,
    EMAIL_RESTORED,
    RENAMED,
    LANGUAGE_CHANGED,
)
