"""The audit log under the names of the document it was asked for in: `login_failed`, `failed`, page and total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from daemun.core.errors import Flaw, Malformed
from daemun.features.audit.searching import looks
from daemun.features.audit.searching.answers import Moment
from daemun.features.audit.searching.errors import PageTooFar
from daemun.features.audit.searching.found import Found
from daemun.features.audit.searching.people import Named
from daemun.features.audit.searching.query import Created, Either, Is, Query, Text, all_of, either_of
from daemun.features.audit.searching.reader import Reader
from daemun.features.audit.searching.values import Given, Wrong, read
from daemun.plugin import Body, Visit
from daemun.ports.database import Transaction

MOST: Final = 10_000
NAMES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "login": ("auth.login", ("success",)),
    "login_failed": ("auth.login", ("failure", "denied")),
    "logout": ("auth.logout", ("success", "failure", "denied")),
    "view_audit_logs": ("audit.read", ("success",)),
    "create_user": ("user.create", ("success",)),
    "delete_user": ("account.delete", ("success",)),
    "update_user": ("account.rename", ("success",)),
}
"""Theirs to ours. What is done with tools says its own code until a tool declares it."""
BACK: Final = {(code, outcome): name for name, (code, outcomes) in NAMES.items() for outcome in outcomes}
STATUSES: Final = {"success": ("success",), "failed": ("failure", "denied")}
PATH: Final = "/api/audit-logs"


class User(Body):
    username: str
    full_name: str


class LogAnswer(Body):
    id: int
    user_id: str | None
    username: str | None
    action: str
    resource_type: str | None
    resource_id: str | None
    details: dict[str, Any]
    status: str
    error_message: str | None
    ip_address: str | None
    user_agent: str | None
    created_at: Moment
    user: User | None


class Pagination(Body):
    page: int
    limit: int
    total: int
    total_capped: Annotated[bool, Field(description="10,000 넘게 있음 · there are more than 10,000")]


class LogsAnswer(Body):
    logs: list[LogAnswer]
    pagination: Pagination


@dataclass(frozen=True, slots=True)
class Sought:
    user_id: str | None
    action: str | None
    resource_type: str | None
    resource_id: str | None
    status: str | None
    start_date: str | None
    end_date: str | None
    q: str | None

    def query(self) -> Query:
        return all_of([Is("kind", "event"), *self._parts()])

    def _parts(self) -> Iterator[Query]:
        if self.user_id:
            yield Is("user", self.user_id)
        if self.action:
            yield _action(self.action)
        if self.resource_type and self.resource_id:
            yield _resource(self.resource_type, self.resource_id)
        elif self.resource_type or self.resource_id:
            yield Is("resource", self.resource_type or self.resource_id or "")
        if self.status:
            yield either_of(Is("outcome", each) for each in _chosen(self.status))
        for name, text, sign in (("start_date", self.start_date, ">="), ("end_date", self.end_date, "<=")):
            if text:
                yield _created(name, text, sign)
        if self.q and self.q.strip():
            yield Text(self.q)


@dataclass(frozen=True, slots=True)
class Legacy:
    reader: Reader

    async def page(self, visit: Visit, sought: Sought, page: int, limit: int) -> LogsAnswer:
        if page * limit > MOST:
            raise PageTooFar(most=MOST)
        query, search = sought.query(), self.reader.search
        await looks.looked(visit, search.marks, PATH)

        def ask(tx: Transaction) -> tuple[list[Found], int, dict[str, Named]]:
            found = search.nth(tx, query, (page - 1) * limit, limit)
            return found, search.many(tx, query, MOST + 1), dict(self.reader.people(tx, found))

        found, total, people = await visit.database.survey(ask)
        pagination = Pagination(page=page, limit=limit, total=min(total, MOST), total_capped=total > MOST)
        return LogsAnswer(logs=[_told(each, people) for each in found], pagination=pagination)


def _told(found: Found, people: dict[str, Named]) -> LogAnswer:
    row = found.row
    # What failed before anybody was known is told of whom it was tried for.
    who = found.target if found.actor == "nobody" and found.target else found.actor
    named = people.get(who)
    thing, _, number = (found.resource or "").partition(":")
    details, ok = found.details, row.outcome == "success"
    return LogAnswer(
        id=row.idx,
        user_id=who.removeprefix("user:") if who.startswith(("user:", "s_")) else None,
        username=named.handle if named else found.said("handle"),
        action=BACK.get((row.action, row.outcome), row.action),
        resource_type=thing or None,
        resource_id=number or (found.target or "").removeprefix("user:") or None,
        details=details,
        status="success" if ok else "failed",
        error_message=None if ok else str(details.get("reason") or row.outcome),
        ip_address=found.address,
        user_agent=found.said("agent"),
        created_at=found.at,
        user=User(username=named.handle, full_name=named.name) if named else None,
    )


def _action(name: str) -> Query:
    if name not in NAMES:
        return _read("action", Given("action", name, quoted=False))
    code, outcomes = NAMES[name]
    return all_of([Is("action", code), either_of(Is("outcome", each) for each in outcomes)])


def _resource(kind: str, number: str) -> Query:
    exactly = Is("resource", f"{kind}:{number}")
    return Either((exactly, all_of([Is("resource", kind), Is("target", number)]))) if kind == "user" else exactly


def _chosen(status: str) -> tuple[str, ...]:
    if status not in STATUSES:
        raise Malformed(Flaw("status", "field_choice", (("expected", ", ".join(STATUSES)),)))
    return STATUSES[status]


def _created(name: str, text: str, sign: str) -> Created:
    asked = _read(name, Given("created", f"{sign}{text}", quoted=False))
    if not isinstance(asked, Created):
        raise TypeError(asked)
    return asked


def _read(name: str, given: Given) -> Query:
    try:
        return read(given)
    except Wrong as wrong:
        raise Malformed(Flaw(name, wrong.code, (("column", 1), ("field", name), *wrong.data.items()))) from wrong
