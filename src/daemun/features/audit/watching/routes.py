"""How the log is, for whoever watches over it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, PlainSerializer

from daemun.features.audit.sinks.models import SinkState
from daemun.features.audit.sinks.settings import Personal
from daemun.features.audit.watching.health import Condition, Health, Watch
from daemun.plugin import APIRouter, Body, CurrentVisit, requires

Moment = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"), return_type=str)]


class CheckedAnswer(Body):
    """What the house found when it last verified the log itself."""

    at: Moment
    whole_at: Moment
    """When it last began at the first entry."""
    entries: int
    findings: int
    first_finding: str | None


class HoldAnswer(Body):
    id: str
    retention: str | None = Field(serialization_alias="class")
    of_one_person: bool


class StoredAnswer(Body):
    entries: int
    bytes: int


class WitnessAnswer(Body):
    name: str
    size: int
    at: Moment | None
    error: str | None


class SinkAnswer(Body):
    name: str
    personal: Personal
    delivered: int
    behind: int
    dead: int
    failed_tries: int
    error: str | None
    sent_at: Moment | None
    next_try_at: Moment | None

    @classmethod
    def of(cls, each: SinkState) -> SinkAnswer:
        cursor = each.cursor
        return cls(
            name=each.name,
            personal=each.personal,
            delivered=cursor.delivered,
            behind=each.behind,
            dead=each.dead,
            failed_tries=cursor.tries,
            error=cursor.error,
            sent_at=cursor.sent_at,
            next_try_at=cursor.next_at,
        )


class HealthAnswer(Body):
    health: Health
    origin: str
    entries: int
    signed: int
    unsigned_since: Moment | None
    waiting: int
    waiting_since: Moment | None
    spilled: int
    """Kept aside on this machine because the disk was full, and not in the log yet."""
    first_kept: int
    checked: CheckedAnswer | None
    gaps: int | None
    """What the log itself says is not in it; known after the first check."""
    holds: list[HoldAnswer]
    storage: dict[str, StoredAnswer]
    """By retention class, as of the last check."""
    witnesses: list[WitnessAnswer]
    """What each has cosigned last."""
    sinks: list[SinkAnswer]

    @classmethod
    def of(cls, seen: Condition) -> HealthAnswer:
        return cls(
            health=seen.health,
            origin=seen.standing.origin,
            entries=seen.standing.size,
            signed=seen.signed,
            unsigned_since=seen.unsigned_since,
            waiting=seen.waiting,
            waiting_since=seen.waiting_since,
            spilled=seen.spilled,
            first_kept=seen.standing.minimum,
            checked=_checked(seen),
            gaps=seen.checkup.gaps if seen.checkup else None,
            holds=[HoldAnswer(id=each.id, retention=each.retention, of_one_person=each.subject is not None) for each in seen.holds],
            storage={name: StoredAnswer(entries=each["entries"], bytes=each["bytes"]) for name, each in seen.storage.items()},
            witnesses=[WitnessAnswer(name=each.name, size=each.size, at=each.at, error=each.error) for each in seen.witnesses],
            sinks=[SinkAnswer.of(each) for each in seen.sinks],
        )


def router(watch: Watch) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/audit", tags=["audit"])

    @routes.get(
        "/health", dependencies=[requires("audit.read", keys="too")], summary="감사 기록의 상태 · How the log is: signed, waiting, copied"
    )
    async def health(visit: CurrentVisit) -> HealthAnswer:
        return HealthAnswer.of(await watch.condition(visit))

    return routes


def _checked(seen: Condition) -> CheckedAnswer | None:
    found = seen.checkup
    if found is None:
        return None
    return CheckedAnswer(at=found.at, whole_at=found.whole_at, entries=found.size, findings=found.findings, first_finding=found.first)
