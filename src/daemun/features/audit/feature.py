"""What audit hands over. Every event enters the log with its cause; what is in the log is copied to where it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from daemun.features.audit.events import EVENTS
from daemun.features.audit.exports import routes as exports
from daemun.features.audit.exports.export import Export
from daemun.features.audit.forgetting import Forgetting
from daemun.features.audit.proving import Proving
from daemun.features.audit.receipts import Receipts
from daemun.features.audit.routes import receipts, router
from daemun.features.audit.scribe import target_of
from daemun.features.audit.searching.counting import Counting
from daemun.features.audit.searching.projector import Projector
from daemun.features.audit.searching.reader import Reader
from daemun.features.audit.searching.routes import router as searching
from daemun.features.audit.searching.search import Search
from daemun.features.audit.searching.tail import Tail
from daemun.features.audit.sequencer import Sequencer
from daemun.features.audit.service import Audit
from daemun.features.audit.sinks.deliver import Shipping
from daemun.features.audit.spilling import Spilling
from daemun.features.audit.upkeep import Upkeep
from daemun.features.audit.watching import routes as healthroutes
from daemun.features.audit.watching.checkup import CheckUp
from daemun.features.audit.watching.health import MEASURES, Watch
from daemun.features.audit.watching.witnesses import Witnesses
from daemun.plugin import EVERY_EVENT, Background, Chore, Feature, Happening, Jobs, Permission, Subscription, Work
from daemun.ports.system import Clock

HERE = Path(__file__).parent
LAST = 900
PERMISSIONS = (Permission("audit.read", "감사 기록 보기", "See the audit log"),)


def feature(
    audit: Audit,
    spilling: Spilling,
    forgetting: Forgetting,
    shipping: Shipping,
    witnesses: Witnesses,
    projector: Projector,
    search: Search,
    export: Export,
    jobs: Jobs,
    clock: Clock,
    pace: Callable[[], float],
) -> Feature:
    """`pace` counts seconds of a clock that nobody sets."""

    def erase(work: Work, happening: Happening) -> None:
        """An account that is erased takes what the log holds of its person with it."""
        subject = target_of(happening)
        audit.settle(work)
        if subject and audit.scribe.keys.existing(work, subject):
            forgetting.erase(work, subject, reason="account", by=happening.event.actor)

    reader = Reader(search, Counting(search), projector.country)
    proving = Proving(audit.ledger)
    sequencer = Sequencer(audit.ledger, audit.signing, audit.scribe, clock, pace)
    watch = Watch(audit, spilling, shipping, witnesses)
    return Feature(
        "audit",
        subscriptions=(
            Subscription(EVERY_EVENT, audit.append, LAST),
            Subscription("account.erase.success", erase, LAST + 1),
        ),
        chores=(
            Chore("audit.check", timedelta(days=1), "감사 기록을 스스로 확인", "Verify the log", CheckUp(audit).run),
            Chore(
                "audit.months",
                timedelta(days=1),
                "검색에 다음 달 자리 마련",
                "Make room in the search for months to come",
                projector.prepare,
            ),
            Chore("audit.retain", timedelta(hours=6), "오래된 감사 기록 정리", "Prune old records", forgetting.retain),
        ),
        routers=(
            router(proving, witnesses, audit.log, open_to_all=audit.open_to_all),
            receipts(Receipts(proving), witnesses, audit.log),
            healthroutes.router(watch),
            searching(reader, Tail(reader, pace)),
            exports.router(export, jobs),
        ),
        measures=MEASURES,
        numbers=watch.numbers,
        jobs=(export.kind,),
        permissions=PERMISSIONS,
        events=EVENTS,
        locale=HERE / "locale",
        sensitive=("/api/audit-logs", "/api/v1/audit"),
        migrations=HERE / "migrations",
        background=(
            Background("audit.sequencer", sequencer.run),
            Background("audit.upkeep", Upkeep(audit, spilling).run),
            *((Background("audit.witnesses", witnesses.run),) if witnesses.places else ()),
            *(Background(f"audit.sink.{each.name}", partial(shipping.run, outlet=each)) for each in shipping.outlets),
            Background("audit.projector", projector.run),
        ),
    )
