"""What audit hands over. Every event enters the log with its cause, and becomes a line of today's file once it is durable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from daemun.core.address import truncated
from daemun.features.audit.events import EVENTS
from daemun.features.audit.forgetting import Forgetting
from daemun.features.audit.proving import Proving
from daemun.features.audit.routes import router
from daemun.features.audit.scribe import target_of
from daemun.features.audit.sequencer import Sequencer
from daemun.features.audit.service import Audit
from daemun.features.audit.upkeep import Upkeep
from daemun.plugin import EVERY_EVENT, Background, Chore, Feature, Happening, Permission, Subscription, Work
from daemun.ports.dated_log import DatedLog
from daemun.ports.system import Clock

HERE = Path(__file__).parent
LAST = 900
PERMISSIONS = (Permission("audit.read", "감사 기록 보기", "See the audit log"),)


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


def feature(audit: Audit, forgetting: Forgetting, log: DatedLog, clock: Clock, pace: Callable[[], float]) -> Feature:
    """`pace` counts seconds of a clock that nobody sets."""

    def keep(work: Work, happening: Happening) -> None:
        at, written = happening.event.at, line(happening)
        work.after_commit(lambda: log.write(at, written))

    def erase(work: Work, happening: Happening) -> None:
        """An account that is erased takes what the log holds of its person with it."""
        subject = target_of(happening)
        if subject and audit.scribe.keys.existing(work, subject):
            forgetting.erase(work, subject, reason="account", by=happening.event.actor)

    sequencer = Sequencer(audit.ledger, audit.signing, audit.scribe, clock, pace)
    return Feature(
        "audit",
        subscriptions=(
            Subscription(EVERY_EVENT, audit.append, LAST),
            Subscription(EVERY_EVENT, keep, LAST),
            Subscription("account.erase.success", erase, LAST + 1),
        ),
        chores=(Chore("audit.retain", timedelta(hours=6), "오래된 감사 기록 정리", "Prune old records", forgetting.retain),),
        routers=(router(Proving(audit.ledger), audit.log, open_to_all=audit.open_to_all),),
        permissions=PERMISSIONS,
        events=EVENTS,
        locale=HERE / "locale",
        migrations=HERE / "migrations",
        background=(Background("audit.sequencer", sequencer.run), Background("audit.upkeep", Upkeep(audit).run)),
    )
