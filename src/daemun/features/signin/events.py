"""What signing in says has happened."""

from daemun.core.event import EventKind

LOGGED_IN = EventKind("auth.login", "success", "login", resource_type="session", fields={"remember": "public"})
