"""What access says has happened."""

from daemun.core.event import EventKind

ROLE_GRANTED = EventKind("role.grant", "success", "admin", resource_type="user", fields={"role": "public"})
ROLE_REVOKED = EventKind("role.revoke", "success", "admin", resource_type="user", fields={"role": "public"})
ROLE_REFUSED = EventKind("role.change", "denied", "security", resource_type="role", fields={"act": "public", "reason": "public"})
ACCESS_DENIED = EventKind("access", "denied", "security", fields={"permission": "public", "path": "public"})
SENSITIVE_REFUSED = EventKind("access.sensitive", "denied", "security", fields={"code": "public", "path": "public", "unsaid": "public"})
SENSITIVE_SEEN = EventKind("access.sensitive", "success", "security", fields={"permission": "public", "path": "public"}, spills=True)
ROLE_CREATED = EventKind("role.create", "success", "admin", resource_type="role", fields={"version": "public", "added": "public"})
ROLE_UPDATED = EventKind(
    "role.update",
    "success",
    "admin",
    resource_type="role",
    fields={"version": "public", "added": "public", "removed": "public", "renamed": "public"},
)
ROLE_DELETED = EventKind(
    "role.delete", "success", "admin", resource_type="role", fields={"version": "public", "removed": "public", "people": "public"}
)

EVENTS = (
    ACCESS_DENIED,
    SENSITIVE_REFUSED,
    SENSITIVE_SEEN,
    ROLE_GRANTED,
    ROLE_REVOKED,
    ROLE_REFUSED,
    ROLE_CREATED,
    ROLE_UPDATED,
    ROLE_DELETED,
)
