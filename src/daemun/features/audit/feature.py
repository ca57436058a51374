"""Every event becomes a line of today's file, once it is durable."""

from __future__ import annotations

from pathlib import Path

from daemun.core.address import truncated
from daemun.plugin import EVERY_EVENT, Feature, Happening, Subscription, Work
from daemun.ports.dated_log import DatedLog

HERE = Path(__file__).parent
LAST = 900


def line(happening: Happening) -> dict[str, str | int | None]:
    """Nothing personal in the clear: ids that mean nothing outside, and an address too coarse to find somebody."""
    event, seen = happening.event, happening.circumstance
    return {
        "id": happening.id,
        "event": event.kind.code,
        "result": event.kind.outcome,
        "class": event.kind.retention,
        "actor": str(event.actor),
        "resource": f"{event.kind.resource_type}:{event.resource_id}" if event.resource_id else None,
        "address": truncated(seen.address),
        "request": seen.request_id,
        **{name: value for name, value in event.details.items() if event.kind.fields[name] == "public"},
    }


def feature(log: DatedLog) -> Feature:
    def keep(work: Work, happening: Happening) -> None:
        at, written = happening.event.at, line(happening)
        work.after_commit(lambda: log.write(at, written))

    return Feature("audit", subscriptions=(Subscription(EVERY_EVENT, keep, LAST),), locale=HERE / "locale")
