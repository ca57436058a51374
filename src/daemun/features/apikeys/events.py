"""What API keys say has happened."""

from __future__ import annotations

from daemun.core.event import EventKind

API_KEY_CREATED = EventKind(
    "api_key.create", "success", "security", resource_type="api_key", fields={"name": "target", "scopes": "public", "expires_at": "public"}
)
API_KEY_DENIED = EventKind("api_key.create", "denied", "security", resource_type="api_key", fields={"scopes": "public"})
API_KEY_ROTATED = EventKind(
    "api_key.rotate", "success", "security", resource_type="api_key", fields={"replaced_by": "public", "old_until": "public"}
)
API_KEY_ENDED = EventKind("api_key.end", "success", "security", resource_type="api_key", fields={"reason": "public", "count": "public"})
API_KEY_DEAD_USED = EventKind("api_key.use", "denied", "security", resource_type="api_key", fields={"reason": "public"})

EVENTS = (API_KEY_CREATED, API_KEY_DENIED, API_KEY_ROTATED, API_KEY_ENDED, API_KEY_DEAD_USED)
