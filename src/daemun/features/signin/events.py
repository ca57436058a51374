"""What signing in says has happened."""

from __future__ import annotations

from daemun.core.event import EventKind

LOGGED_IN = EventKind("auth.login", "success", "login", resource_type="session", fields={"remember": "public", "by": "public"})
NEW_CLIENT = EventKind("auth.new_client", "success", "security", resource_type="session", fields={"device": "target", "country": "target"})
TEMPORARY_USED = EventKind("auth.temporary_password", "success", "security", resource_type="user")
SIGNUP_ASKED = EventKind("account.signup_request", "success", "account", resource_type="user", fields={"free": "public"})

EVENTS = (LOGGED_IN, NEW_CLIENT, TEMPORARY_USED, SIGNUP_ASKED)
