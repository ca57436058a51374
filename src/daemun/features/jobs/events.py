"""What jobs say has happened. What they were asked with and what they found is not part of it."""

from __future__ import annotations

from typing import Final

from daemun.core.event import EventKind, Holder

KIND: Final[dict[str, Holder]] = {"kind": "public"}
SUBMITTED = EventKind("job.submit", "success", "data", resource_type="job", fields=KIND)
CANCELLED = EventKind("job.cancel", "success", "data", resource_type="job", fields=KIND)
COMPLETED = EventKind("job.run", "success", "data", resource_type="job", fields=KIND)
FAILED = EventKind("job.run", "failure", "data", resource_type="job", fields=KIND | {"reason": "public"})
DOWNLOADED = EventKind("job.download", "success", "data", resource_type="job", fields=KIND)

EVENTS = (SUBMITTED, CANCELLED, COMPLETED, FAILED, DOWNLOADED)
