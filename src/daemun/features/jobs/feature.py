"""What jobs hand over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from daemun.core.measures import JOBS, JOBS_AGE
from daemun.features.jobs import routes, store
from daemun.features.jobs.events import EVENTS
from daemun.features.jobs.service import Jobs
from daemun.features.jobs.worker import Worker
from daemun.plugin import Background, Chore, Feature, Happening, JobKind, Number, Subscription, Transaction, Visit, Work

HERE = Path(__file__).parent
AFTER = 500


def feature(jobs: Jobs, declared: Iterable[JobKind], folder: Path) -> Feature:
    """`declared`: by every other feature. Two of one name stop the start."""
    kinds = _by_name(declared)

    def erase(work: Work, happening: Happening) -> None:
        """An account that is erased takes its jobs and their files with it."""
        if user_id := happening.event.target or happening.event.resource_id:
            jobs.forget(work, user_id)

    return Feature(
        "jobs",
        routers=(routes.router(jobs, kinds, folder),),
        events=EVENTS,
        subscriptions=(Subscription("account.erase.success", erase, AFTER),),
        locale=HERE / "locale",
        migrations=HERE / "migrations",
        chores=(Chore("jobs.sweep", timedelta(hours=1), "기한이 지난 작업과 결과 지우기", "Delete jobs whose time is over", _sweep),),
        about=jobs.about,
        numbers=_numbers,
        background=(Background("jobs.work", Worker(jobs, kinds, folder).run),),
    )


def _by_name(declared: Iterable[JobKind]) -> Mapping[str, JobKind]:
    kinds = dict[str, JobKind]()
    for kind in declared:
        if kinds.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two jobs are called {kind.name}")
    return kinds


def _numbers(tx: Transaction) -> Iterable[Number]:
    counted = dict(store.counted(tx))
    for state in ("queued", "running"):
        yield JOBS, counted.get(state, 0), (state,)
    since = store.waiting_since(tx)
    yield JOBS_AGE, max(0.0, (tx.now - since).total_seconds()) if since else 0.0, ()


async def _sweep(visit: Visit) -> int:
    done = 0
    while (count := await visit.work(store.sweep)) > 0:
        done += count
    return done
