"""What identity says has happened."""

from __future__ import annotations

from daemun.core.event import EventKind

SIGNED_UP = EventKind("account.signup", "success", "account", resource_type="user", fields={"handle": "actor", "role": "public"})
LOGIN_FAILED = EventKind("auth.login", "failure", "login", resource_type="user", fields={"reason": "public"})
LOGIN_LIMITED = EventKind("auth.login", "denied", "security", resource_type="user", fields={"reason": "public", "retry_after": "public"})
UNLOCKED = EventKind("account.unlock", "success", "security", resource_type="user", fields={"reason": "public"})
