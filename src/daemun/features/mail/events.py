"""What mail says has happened. What a letter says is never part of it."""

from __future__ import annotations

from daemun.core.event import EventKind

FAILED = EventKind("mail.send", "failure", "security", resource_type="letter", fields={"kind": "public", "reason": "public"})
RETRIED = EventKind("mail.retry", "success", "admin", resource_type="letter", fields={"kind": "public"})

EVENTS = (FAILED, RETRIED)
