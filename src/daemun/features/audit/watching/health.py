"""How the log is: what is signed, what waits, who has seen it, what was found, and how far its copies are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from daemun.core.measures import Measure
from daemun.features.audit import store
from daemun.features.audit.service import Audit
from daemun.features.audit.signing import size_of
from daemun.features.audit.sinks.deliver import Shipping
from daemun.features.audit.sinks.models import SinkState
from daemun.features.audit.spilling import Spilling
from daemun.features.audit.store import Hold
from daemun.features.audit.watching import store as watchstore
from daemun.features.audit.watching.store import Checkup, Witnessed
from daemun.features.audit.watching.witnesses import Witnesses
from daemun.plugin import Number, Transaction, Visit
from daemun.ports.ledger import Standing

LATE: Final = timedelta(seconds=30)
UNSEEN: Final = timedelta(minutes=5)
UNCHECKED: Final = timedelta(days=3)
Health = Literal["well", "late", "broken"]

ENTRIES: Final = Measure("daemun_audit_entries", "gauge", "제자리를 얻은 항목", "Entries that have their place in the log")
SIGNED: Final = Measure("daemun_audit_signed", "gauge", "서명된 항목", "Entries that are signed")
WAITING: Final = Measure("daemun_audit_waiting", "gauge", "제자리를 기다리는 항목", "Entries that wait for their place")
WAITING_AGE: Final = Measure(
    "daemun_audit_waiting_oldest_seconds", "gauge", "가장 오래 기다린 항목이 기다린 시간", "How long the oldest waiting entry has waited"
)
UNSIGNED_AGE: Final = Measure(
    "daemun_audit_unsigned_oldest_seconds",
    "gauge",
    "제자리는 얻었으나 아직 서명되지 않은 가장 오래된 항목의 나이",
    "How old the oldest entry is that has its place and is not signed yet",
)
IS_BEHIND: Final = Measure(
    "daemun_audit_behind",
    "gauge",
    "기록이 밀려 쓰는 일을 늦추고 있으면 1",
    "1 while the log is behind and what writes is slowed",
)
SHED: Final = Measure(
    "daemun_audit_shed",
    "gauge",
    "기록이 밀려 버린 사건 가운데 아직 기록에 그렇다고 적지 못한 수(이 프로세스)",
    "Events this process shed because the log was behind, and the log does not say so yet",
)
SPILLED: Final = Measure(
    "daemun_audit_spilled",
    "gauge",
    "디스크가 꽉 차 따로 둔, 아직 기록에 들어가지 못한 사건(이 컴퓨터). 0이어야 함",
    "Events kept aside on this machine because the disk was full, and not in the log yet. Should be 0",
)
HELD: Final = Measure("daemun_audit_holds", "gauge", "법적 보존의 수", "Legal holds")
CHECKED_AT: Final = Measure(
    "daemun_audit_checked_timestamp_seconds",
    "gauge",
    "기록을 마지막으로 스스로 확인한 때(유닉스 시각). 0이면 아직 없음",
    "When the log last verified itself, in Unix time; 0: never",
)
FINDINGS: Final = Measure("daemun_audit_findings", "gauge", "그때 찾은 달라진 곳. 0이어야 함", "What that found to be changed. Should be 0")
STORAGE: Final = Measure(
    "daemun_audit_storage_bytes", "gauge", "보관 종류별 크기(하루에 한 번 셈)", "Storage by retention class, counted once a day", ("class",)
)
BEHIND: Final = Measure(
    "daemun_audit_sink_behind", "gauge", "이곳에 아직 보내지 못한 항목", "Entries that have not left for it yet", ("sink",)
)
DEAD: Final = Measure("daemun_audit_sink_dead", "gauge", "이곳에서 받지 않은 항목 묶음", "What a destination did not take", ("sink",))
TRIES: Final = Measure(
    "daemun_audit_sink_failed_tries", "gauge", "이곳에 잇달아 실패한 횟수", "Tries in a row that failed for a destination", ("sink",)
)
WITNESSED: Final = Measure(
    "daemun_audit_witness_timestamp_seconds",
    "gauge",
    "증인이 마지막으로 함께 서명한 때(유닉스 시각). 0이면 아직 없음",
    "When a witness last cosigned, in Unix time; 0: never",
    ("witness",),
)
MEASURES: Final = (
    ENTRIES,
    SIGNED,
    WAITING,
    WAITING_AGE,
    UNSIGNED_AGE,
    IS_BEHIND,
    SHED,
    SPILLED,
    HELD,
    CHECKED_AT,
    FINDINGS,
    STORAGE,
    WITNESSED,
    BEHIND,
    DEAD,
    TRIES,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """The log at a moment."""

    standing: Standing
    signed: int
    unsigned_since: datetime | None
    waiting: int
    waiting_since: datetime | None
    checkup: Checkup | None
    holds: Sequence[Hold]
    witnesses: Sequence[Witnessed]
    sinks: Sequence[SinkState]
    now: datetime
    spilled: int = 0
    """Kept aside on this machine because the disk was full."""

    @property
    def storage(self) -> Mapping[str, Mapping[str, int]]:
        """Entries and bytes of each retention class, as of the last check-up."""
        found: dict[str, dict[str, int]] = json.loads(self.checkup.storage) if self.checkup else {}
        return found

    @property
    def health(self) -> Health:
        if self.checkup is not None and self.checkup.findings:
            return "broken"
        behind = [each for each in (self.waiting_since, self.unsigned_since) if each is not None and each + LATE < self.now]
        unseen = any(each.size < self.signed and (each.error or each.at is None or each.at + UNSEEN < self.now) for each in self.witnesses)
        unchecked = self.checkup is not None and self.checkup.at + UNCHECKED < self.now
        return "late" if self.spilled or behind or unchecked or unseen or not all(each.is_well for each in self.sinks) else "well"


@dataclass(frozen=True, slots=True)
class Watch:
    audit: Audit
    spilling: Spilling
    shipping: Shipping
    witnesses: Witnesses

    async def condition(self, visit: Visit) -> Condition:
        standing = await self.audit.standing()
        since = await asyncio.to_thread(self._unsigned_since, standing)
        spilled = len(await asyncio.to_thread(self.spilling.spill.held))
        return replace(await visit.read(self._seen, standing, since), spilled=spilled)

    def numbers(self, tx: Transaction) -> Iterable[Number]:
        standing = self.audit.ledger.standing() or Standing(self.audit.origin)
        seen = self._seen(tx, standing, self._unsigned_since(standing))
        yield ENTRIES, standing.size, ()
        yield SIGNED, seen.signed, ()
        yield WAITING, seen.waiting, ()
        yield WAITING_AGE, _age(tx.now, seen.waiting_since), ()
        yield UNSIGNED_AGE, _age(tx.now, seen.unsigned_since), ()
        yield IS_BEHIND, float(self.audit.pressure.is_behind), ()
        yield SHED, self.audit.shed.dropped, ()
        yield SPILLED, len(self.spilling.spill.held()), ()
        yield HELD, len(seen.holds), ()
        yield CHECKED_AT, seen.checkup.at.timestamp() if seen.checkup else 0.0, ()
        yield FINDINGS, seen.checkup.findings if seen.checkup else 0, ()
        for name, each in seen.storage.items():
            yield STORAGE, each["bytes"], (name,)
        for witness in seen.witnesses:
            yield WITNESSED, witness.at.timestamp() if witness.at else 0.0, (witness.name,)
        for sink in seen.sinks:
            yield BEHIND, sink.behind, (sink.name,)
            yield DEAD, sink.dead, (sink.name,)
            yield TRIES, sink.cursor.tries, (sink.name,)

    def _seen(self, tx: Transaction, standing: Standing, unsigned_since: datetime | None) -> Condition:
        return Condition(
            standing=standing,
            signed=max(0, size_of(standing.checkpoint)),
            unsigned_since=unsigned_since,
            waiting=store.waiting(tx),
            waiting_since=store.waiting_since(tx),
            checkup=watchstore.checkup(tx),
            holds=store.all_holds(tx),
            witnesses=self.witnesses.standing(tx),
            sinks=self.shipping.standing(tx, standing.size),
            now=tx.now,
        )

    def _unsigned_since(self, standing: Standing) -> datetime | None:
        """When the first entry that is not signed happened."""
        found = self.audit.ledger.entries(max(0, size_of(standing.checkpoint)), 1)
        return store.time_of(found[0].entry) if found and found[0].entry else None


def _age(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
