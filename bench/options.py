"""What may be chosen for a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.servers import Kind


@dataclass(frozen=True, slots=True)
class Options:
    folder: Path
    """Emptied at the end."""
    rounds: int
    users: int
    crowd: int
    arrivals: int
    events: int
    """Of the audit log."""
    found: int
    """Of the audit log that is searched; 0: it is not."""
    filled: Path | None
    """A log that was filled for it by `python -m bench.audit.filling`."""
    kind: Kind | None
    """Of the audit log's databases only this one."""
    pairs: int | None
    """None: as many as it takes to be sure."""
    patience: float
    """Seconds to become sure of an endpoint's timing."""
