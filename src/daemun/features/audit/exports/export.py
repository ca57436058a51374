"""The log written out: as a job for those who read it, and by the shell. Whatever leaves is recorded before anybody has it."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, Protocol, Self, TypeVar, get_args

from daemun.core.errors import Flaw, Malformed
from daemun.features.audit.bundle import Progress, Write
from daemun.features.audit.errors import NotConsistent
from daemun.features.audit.events import EXPORTED
from daemun.features.audit.exporting import export_log
from daemun.features.audit.exports.formats import ENDINGS, MEDIA, Format, writer
from daemun.features.audit.exports.lines import line_of
from daemun.features.audit.searching.query import Query
from daemun.features.audit.searching.search import Search
from daemun.features.audit.service import Audit
from daemun.features.audit.watching.witnesses import Witnesses
from daemun.plugin import Actor, Doing, JobKind, Transaction, Work

T = TypeVar("T")
Which = Literal["csv", "jsonl", "xlsx", "ocsf", "bundle"]
WHICH: Final[tuple[Which, ...]] = get_args(Which)
AT_ONCE: Final = 500
MOST: Final = 100_000_000
LOOK: Final = 0.05
LOOKS: Final = 200
"""For ten seconds it is waited until all that happened before is in its place. Nothing takes so long to get there."""


class Reads(Protocol):
    """A way to ask the database that blocks."""

    def __call__(self, query: Callable[[Transaction], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What is to leave: which events, in which form, and whether with what is personal, and then why."""

    format: Which
    q: str = ""
    personal: bool = False
    reason: str = ""

    @classmethod
    def of(cls, params: Any) -> Self:
        return cls(params["format"], params["q"], params["personal"], params["reason"])

    @property
    def params(self) -> dict[str, Any]:
        return {"format": self.format, "q": self.q, "personal": self.personal, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Export:
    audit: Audit
    search: Search
    witnesses: Witnesses
    version: str
    """Ours, for readers that ask who wrote it."""

    @property
    def kind(self) -> JobKind:
        return JobKind(
            "audit.export",
            "감사 기록 내보내기",
            "Export the audit log",
            self.run,
            permission="audit.read",
            kept=timedelta(days=1),
        )

    def check(self, order: Order) -> Query:
        """Raises `Malformed`, at the character where it is about the question."""
        if order.format == "bundle" and order.q.strip():
            raise Malformed(Flaw("q", "audit_bundle_whole"))
        if order.format == "bundle" and order.personal:
            raise Malformed(Flaw("personal", "audit_bundle_sealed"))
        if order.personal and not order.reason.strip():
            raise Malformed(Flaw("reason", "field_missing"))
        return self.search.parse(order.q)

    def run(self, doing: Doing) -> dict[str, Any]:
        order, by = Order.of(doing.params), _actor(doing.owner)
        path = doing.file(f"audit-{doing.id}.{ENDINGS[order.format]}", MEDIA[order.format])
        if order.format == "bundle":
            doing.once("recorded", self.record, order, None, by)
        count = self.write(order, path, doing.read, doing.progress)
        if order.format != "bundle":
            doing.once("recorded", self.record, order, count, by)
        return {"events": count}

    def record(self, work: Work, order: Order, count: int | None, by: Actor) -> None:
        said = EXPORTED.by(by, work.now, format=order.format, query=order.q, count=count, personal=order.personal, reason=order.reason)
        work.publish(said)

    def write(self, order: Order, path: Path, read: Reads, progress: Progress) -> int:
        """How many events, or of a bundle entries, stand in the file."""
        query = self.check(order)
        if order.format == "bundle":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                return self.bundle(archive.writestr, read, progress)[0]
        _until(lambda: not self.audit.ledger.waiting() and not read(self.search.behind), progress)
        return self._lines(order.format, query, order.personal, path, read, progress)

    def bundle(self, write: Write, read: Reads, progress: Progress) -> tuple[int, str]:
        """How many entries, and the key they are verified with: to be told by another way."""
        _until(lambda: not self.audit.ledger.waiting() and self.audit.signing.is_current(), progress)
        standing = self.audit.ledger.standing()
        if standing is None or not standing.checkpoint:
            raise NotConsistent
        note = read(lambda tx: self.witnesses.cosigned(tx, standing.checkpoint))
        keys = self.audit.signing.keys(standing.checkpoint)
        return export_log(self.audit.ledger, keys, write, progress, cosigned=note), str(keys[0])

    def _lines(self, format_: Format, query: Query, personal: bool, path: Path, read: Reads, progress: Progress) -> int:
        total = read(lambda tx: self.search.many(tx, query, MOST))
        count, after = 0, None
        with writer(format_, path, origin=self.audit.origin, version=self.version) as add:
            while found := read(lambda tx, after=after: self.search.page(tx, query, after, AT_ONCE, oldest_first=True)):  # type: ignore[misc]  # bound early
                for each in found:
                    add(line_of(each, personal=personal))
                count, after = count + len(found), found[-1].place
                progress(count, max(count, total))
        return count


def _until(true: Callable[[], bool], progress: Progress) -> None:
    """Whoever sequences the log is another thread, or another process."""
    for _ in range(LOOKS):
        if true():
            return
        progress(0, 0)
        time.sleep(LOOK)


def _actor(owner: str) -> Actor:
    kind, _, id_ = owner.partition(":")
    return Actor("user", id_) if kind == "user" else Actor("system", id_)
