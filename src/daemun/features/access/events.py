"""What access says has happened."""

from daemun.core.event import EventKind

ROLE_GRANTED = EventKind("role.grant", "success", "admin", resource_type="user", fields={"role": "public"})
