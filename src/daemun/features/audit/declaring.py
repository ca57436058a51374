"""What of the log's keeping is weaker than it was delivered, so that whoever verifies it hears it from the log itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from daemun.core.event import EventKind
from daemun.features.audit.settings import AuditSettings
from daemun.features.audit.sinks.settings import SinkSettings

SINKS = ("files", "syslog", "webhook", "s3")


@dataclass(frozen=True, slots=True)
class Declared:
    """`open`: events that are left out when the log is behind, and what they tell of is done. `weak`: settings that were made weaker."""

    open: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    @classmethod
    def of(cls, chosen: AuditSettings, sinks: SinkSettings, kinds: Iterable[EventKind]) -> Declared:
        return cls(tuple(sorted(each.name for each in kinds if each.mode == "async")), tuple(_weak(chosen, sinks)))

    @property
    def facts(self) -> dict[str, Any]:
        """As they stand in the entry."""
        return {"open": list(self.open), "weak": list(self.weak)}


def _weak(chosen: AuditSettings, sinks: SinkSettings) -> Iterable[str]:
    """Names and no values, but for how long what is kept is kept."""
    delivered = AuditSettings()
    if not chosen.spill:
        yield "spill=0"
    if not chosen.brake:
        yield "brake=0s"
    if chosen.behind > delivered.behind or chosen.behind_for > delivered.behind_for:
        yield f"behind={chosen.behind}/{int(chosen.behind_for.total_seconds())}s"
    yield from _kept(chosen.lifetimes, delivered.lifetimes)
    yield from (f"sinks.{name}.personal=plain" for name in SINKS if getattr(sinks, name).personal == "plain")


def _kept(now: Mapping[str, timedelta | None], delivered: Mapping[str, timedelta | None]) -> Iterable[str]:
    for name, lifetime in now.items():
        before = delivered[name]
        if lifetime is not None and (before is None or lifetime < before):
            yield f"keep_{name}={int(lifetime.total_seconds())}s"
