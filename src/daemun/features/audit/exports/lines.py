"""An event as it is written out: what everybody who may read the log sees of it, or its personal parts as well. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from daemun.features.audit.searching.found import Found


@dataclass(frozen=True, slots=True)
class Line:
    idx: int
    id: str
    at: datetime
    kind: str
    action: str
    outcome: str
    retention: str
    actor: str
    handle: str | None
    target: str | None
    resource: str | None
    network: str | None
    """The address, too coarse to find somebody."""
    address: str | None
    agent: str | None
    method: str | None
    path: str | None
    session: str | None
    request: str
    details: Mapping[str, Any]
    reason: str | None
    amended: bool
    gone: tuple[str, ...]
    """The parts that nobody can read any more: erased, or their time was over."""
    altered: bool


COLUMNS: Final = tuple(Line.__dataclass_fields__)


def line_of(found: Found, *, personal: bool) -> Line:
    def opened(name: str) -> str | None:
        value = found.said(name) if personal else None
        return None if value is None else str(value)

    row = found.row
    return Line(
        idx=row.idx,
        id=str(found.entry.get("i", "")),
        at=found.at,
        kind=row.kind,
        action=row.action,
        outcome=row.outcome,
        retention=row.retention,
        actor=found.actor,
        handle=opened("handle"),
        target=found.target,
        resource=found.resource,
        network=found.network,
        address=opened("address"),
        agent=opened("agent"),
        method=opened("method"),
        path=opened("path"),
        session=opened("session"),
        request=row.request,
        details=found.details if personal else found.public_details,
        reason=found.reason if personal else None,
        amended=bool(found.amendments),
        gone=found.gone,
        altered=found.altered,
    )


def as_json(line: Line) -> dict[str, Any]:
    return {name: _plain(getattr(line, name)) for name in COLUMNS}


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
