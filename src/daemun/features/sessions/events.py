"""What sessions say has happened. Opening one is said by whoever lets people in."""

from __future__ import annotations

from daemun.core.event import EventKind

REFRESHED = EventKind("auth.refresh", "success", "login", resource_type="session")
REFRESH_FAILED = EventKind("auth.refresh", "failure", "login", resource_type="session", fields={"reason": "public"})
REFRESH_REPLAYED = EventKind("auth.refresh", "denied", "security", resource_type="session", fields={"reason": "public"})
LOGGED_OUT = EventKind("auth.logout", "success", "login", resource_type="session")
SESSION_ENDED = EventKind("session.end", "success", "security", resource_type="session", fields={"reason": "public", "count": "public"})
SESSION_RENAMED = EventKind("session.rename", "success", "account", resource_type="session")
REAUTHENTICATED = EventKind("auth.reauthenticate", "success", "login", resource_type="session", fields={"aal": "public"})
DEVICE_ADDED = EventKind("device.add", "success", "security", resource_type="device")
DEVICE_REMOVED = EventKind("device.remove", "success", "security", resource_type="device", fields={"count": "public"})
KEY_ROTATED = EventKind("keys.rotate", "success", "security", resource_type="key", fields={"kind": "public"}, spills=True)

EVENTS = (
    REFRESHED,
    REFRESH_FAILED,
    REFRESH_REPLAYED,
    LOGGED_OUT,
    SESSION_ENDED,
    SESSION_RENAMED,
    REAUTHENTICATED,
    DEVICE_ADDED,
    DEVICE_REMOVED,
    KEY_ROTATED,
)
