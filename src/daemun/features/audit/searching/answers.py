"""What is answered about events, under the names of our own API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainSerializer

from daemun.features.audit.searching.counting import Facets, Histogram, Statistics
from daemun.features.audit.searching.found import Found
from daemun.features.audit.searching.people import Named
from daemun.plugin import Body
from daemun.ports.database import moment

Moment = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"), return_type=str)]
Says = Callable[[str], str]
"""The sentence of a code, in the reader's language."""
Country = Callable[[str], str | None]


class Person(Body):
    id: Annotated[str, Field(description="user:<id>, token:<id>, system:… ; s_… once nobody knows any more who it was")]
    handle: str | None = None
    name: str | None = None

    @classmethod
    def of(cls, actor: str, named: Named | None) -> Self:
        return cls(id=actor, handle=named.handle if named else None, name=named.name if named else None)


class EventAnswer(Body):
    """What may be seen without opening anybody's personal data."""

    index: Annotated[int, Field(description="기록에서의 자리 · its place in the log")]
    at: Moment
    kind: str
    action: str
    told: Annotated[str, Field(description="무슨 일인지 한 문장으로 · what happened, in a sentence")]
    outcome: str
    retention: Annotated[str, Field(serialization_alias="class")]
    actor: Person
    target: Person | None
    resource: str | None
    network: Annotated[str | None, Field(description="주소의 앞부분 · the address, shortened")]
    country: str | None
    request_id: str | None
    details: Annotated[dict[str, Any], Field(description="개인 정보가 아닌 것만 · only what is nobody's personal data")]
    amended_by: Annotated[list[int], Field(description="이 사건을 고친 항목 · the entries that amend it")]
    amends: int | None
    gone: Annotated[list[str], Field(description="지워져 읽을 수 없는 부분 · parts that were erased")]
    altered: Annotated[bool, Field(description="서명된 것과 다름 · it is not what was signed")]

    @classmethod
    def of(cls, found: Found, people: Mapping[str, Named], say: Says, country: Country) -> Self:
        row, target = found.row, found.target
        return cls(
            index=row.idx,
            at=found.at,
            kind=row.kind,
            action=row.action,
            told=told(found, say),
            outcome=row.outcome,
            retention=row.retention,
            actor=Person.of(found.actor, people.get(found.actor)),
            target=Person.of(target, people.get(target)) if target else None,
            resource=found.resource,
            network=found.network,
            country=country(found.address) if found.address else None,
            request_id=row.request or None,
            details=found.public_details,
            amended_by=list(found.amendments),
            amends=row.ref if row.ref >= 0 else None,
            gone=list(found.gone),
            altered=found.altered,
        )


class EventsAnswer(Body):
    events: list[EventAnswer]
    next: Annotated[str | None, Field(description="다음 쪽의 cursor · the cursor of the next page")]
    behind: Annotated[int, Field(description="기록에는 있으나 아직 찾을 수 없는 항목의 수 · entries that cannot be found yet")]
    query: Annotated[str, Field(description="알아들은 검색어 · the query as it was understood")]


class WholeAnswer(EventAnswer):
    """One event, and what stands around it."""

    personal: Annotated[dict[str, Any] | None, Field(description="reason을 말하고 연 개인 정보 · what was opened with a reason")]
    sealed: Annotated[list[str], Field(description="reason을 말하면 열 수 있는 부분 · parts that a reason opens")]
    entry: Annotated[dict[str, Any], Field(description="서명된 항목 그대로 · the entry as it is signed")]
    same_request: list[EventAnswer]
    same_session: list[EventAnswer]
    amendments: list[EventAnswer]


class Counted(Body):
    value: str
    count: int
    name: str | None = None


class FacetsAnswer(Body):
    counted: Annotated[int, Field(description="살펴본 최근 사건의 수 · how many of the newest events were looked at")]
    capped: Annotated[bool, Field(description="그보다 더 있을 수 있음 · there may be more than those")]
    exact: Annotated[
        list[str], Field(description="살펴본 것이 아니라 전부를 센 항목 · fields of which all is counted, not only the newest")
    ]
    fields: dict[str, list[Counted]]

    @classmethod
    def of(cls, facets: Facets, people: Mapping[str, Named]) -> Self:
        def row(value: str, count: int) -> Counted:
            known = people.get(value)
            return Counted(value=value, count=count, name=known.handle if known else None)

        return cls(
            counted=facets.counted,
            capped=facets.capped,
            exact=list(facets.exact),
            fields={name: [row(*each) for each in values] for name, values in facets.fields.items()},
        )


class BarAnswer(Body):
    start: Moment
    outcomes: dict[str, int]


class HistogramAnswer(Body):
    step: Literal["hour", "day", "week"]
    start: Moment
    end: Moment
    bars: list[BarAnswer]
    capped: Annotated[bool, Field(description="너무 많아 최근 것만 셈 · too many: only the newest were counted")]

    @classmethod
    def of(cls, made: Histogram) -> Self:
        bars = [BarAnswer(start=moment(each.start), outcomes=each.outcomes) for each in made.bars]
        return cls(step=made.step, start=moment(made.start), end=moment(made.end), bars=bars, capped=made.capped)


class ActionCount(Body):
    action: str
    count: int
    outcomes: dict[str, int]


class StatisticsAnswer(Body):
    total: int
    capped: bool
    outcomes: dict[str, int]
    actions: list[ActionCount]

    @classmethod
    def of(cls, made: Statistics) -> Self:
        actions = [ActionCount(action=name, count=sum(told.values()), outcomes=told) for name, told in made.actions]
        return cls(total=made.total, capped=made.capped, outcomes=made.outcomes, actions=actions)


def told(found: Found, say: Says) -> str:
    row = found.row
    return say(f"event_{row.action}_{row.outcome}".replace(".", "_") if row.outcome else f"audit_kind_{row.kind}")
