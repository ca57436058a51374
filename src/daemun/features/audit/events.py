"""What the log says has been done with it."""

from daemun.core.event import EventKind

EXPORTED = EventKind("audit.export", "success", "admin", resource_type="audit")
EVENTS = (EXPORTED,)
