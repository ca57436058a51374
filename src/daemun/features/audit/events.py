"""What the log says has been done with it."""

from daemun.core.event import EventKind

EXPORTED = EventKind(
    "audit.export",
    "success",
    "admin",
    resource_type="audit",
    fields={"format": "public", "query": "actor", "count": "public", "personal": "public", "reason": "actor"},
    spills=True,
)
SINK_REFUSED = EventKind(
    "audit.sink", "failure", "security", resource_type="sink", fields={"first": "public", "end": "public", "reason": "public"}
)
SINK_RETRIED = EventKind("audit.sink.retry", "success", "admin", resource_type="sink", fields={"first": "public", "end": "public"})
SINK_DROPPED = EventKind(
    "audit.sink.drop", "success", "admin", resource_type="sink", fields={"first": "public", "end": "public", "reason": "public"}
)
OPENED = EventKind("audit.open", "success", "security", resource_type="audit")
CHECKED = EventKind("audit.verify", "failure", "security", resource_type="audit", fields={"finding": "public", "count": "public"})
READ = EventKind("audit.read", "success", "security", resource_type="audit", fields={"page": "public"}, spills=True)
REVEALED = EventKind(
    "audit.reveal", "success", "security", resource_type="audit", fields={"index": "public", "reason": "actor"}, spills=True
)
REBUILT = EventKind("audit.rebuild", "success", "admin", resource_type="audit")
EVENTS = (CHECKED, EXPORTED, READ, REVEALED, REBUILT, OPENED, SINK_REFUSED, SINK_RETRIED, SINK_DROPPED)
