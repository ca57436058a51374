"""What happened, said so that an audit log needs nothing more from the feature that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance

Outcome = Literal["success", "failure", "denied"]
Retention = Literal["login", "security", "admin", "account", "data"]
Mode = Literal["tx", "before", "async"]
"""tx: recorded in the same transaction. before: recorded before the deed. async: best effort."""
Severity = Literal["info", "notice", "warning"]
"""What deserves a look, in the words of syslog (RFC 5424 6.2.1)."""
Holder = Literal["public", "actor", "target", "tenant"]
"""Whose data a field is: erasing a person must find every field that is theirs."""
Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Event:
    kind: EventKind
    actor: Actor
    at: datetime
    resource_id: str | None = None
    target: str | None = None
    details: Mapping[str, Detail] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class EventKind:
    code: str
    outcome: Outcome
    retention: Retention
    mode: Mode = "tx"
    resource_type: str | None = None
    fields: Mapping[str, Holder] = field(default_factory=lambda: MappingProxyType({}))
    spills: bool = False
    """Kept aside when no disk takes it, and what it tells of is done: only for what administrators need then, and what is told before it
    is shown or handed out by a story that does nothing else. Such a story is then as good as told, and answers None."""

    @property
    def name(self) -> str:
        return f"{self.code}.{self.outcome}"

    @property
    def severity(self) -> Severity:
        """What was refused deserves one first; what gives power or takes it away is never a matter of course."""
        weighty = self.retention in ("security", "admin")
        if self.outcome == "success":
            return "notice" if weighty else "info"
        return "warning" if weighty or self.outcome == "denied" else "notice"

    def by(self, actor: Actor, at: datetime, *, resource_id: str | None = None, target: str | None = None, **details: Detail) -> Event:
        """The event, said by whoever did it. A detail that the kind does not declare is a programmer's error."""
        if undeclared := details.keys() - self.fields.keys():
            raise TypeError(f"{self.name} does not declare {sorted(undeclared)}")
        return Event(self, actor, at, resource_id, target, MappingProxyType(details))


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with its own id and the circumstances it was published in: what listeners are told."""

    id: str
    event: Event
    circumstance: Circumstance
