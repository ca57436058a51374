"""What is said at the counter. That a session or a key ended, they say themselves."""

from __future__ import annotations

from daemun.core.event import EventKind

TOKEN_REVOKE_DENIED = EventKind("token.revoke", "denied", "security", resource_type="token")
EVENTS = (TOKEN_REVOKE_DENIED,)
