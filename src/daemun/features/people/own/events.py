"""What people say of their own accounts."""

from __future__ import annotations

from daemun.core.event import EventKind

EMAIL_ASKED = EventKind("account.email_ask", "success", "security", resource_type="user", fields={"new": "target"})
EXPORTED = EventKind("account.export", "success", "data", resource_type="user")
OWN_EVENTS = (EMAIL_ASKED, EXPORTED)
