"""However long the log gets, a page is found through an index: no question of these reads every event."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql, sqlite
from tests.features.audit.searching.seeking import drawn, visit_of
from tests.house import Member, a_house, a_member

from daemun.features.audit import Search
from daemun.features.audit.searching.finding import store as finding
from daemun.ports.database import Transaction

ASKED = (
    "",
    "actor:ann_2026",
    "target:ann_2026",
    "user:ann_2026",
    "user:ann_2026 outcome:failure",
    "actor:ann_2026 -outcome:success created:2026-11-21",
    "action:auth.login",
    "action:auth.login outcome:failure",
    "action:auth.*",
    "action:nothing.*",
    "actor:nobody_knows",
    "kind:erase",
    "outcome:denied",
    "country:de",
    "request:req_1",
    "session:s1",
    "resource:role:master",
    "path:/auth/login action:auth.login",
    "ip:198.51.100.77",
    "wrong -outcome:success",
    "has:amend",
    "created:2026-11-21",
    "index:40..60",
)
QUIET = "SELECT set_config('enable_seqscan', 'off', true)"
"""A handful of rows is read whole for good reasons: asked is whether there is another way."""


def plan(tx: Transaction, statement: Select[Any]) -> list[str]:
    dialect = sqlite.dialect() if tx.dialect == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
    told = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace(":", "\\:")
    if tx.dialect == "sqlite":
        return [str(row[-1]) for row in tx.all(text(f"EXPLAIN QUERY PLAN {told}"))]
    tx.one(text(QUIET))
    return [str(row[-1]) for row in tx.all(text(f"EXPLAIN {told}"))]


def is_whole(line: str) -> bool:
    """Reads a table of the picture from one end to the other, or all that matches before the first is known."""
    if line.strip().startswith("SCAN"):
        return line.split()[1].removeprefix("daemun_audit_") in ("events", "marks") and " USING " not in line
    return "Seq Scan on daemun_audit_events" in line or "Seq Scan on daemun_audit_marks" in line or "FOR ORDER BY" in line


async def test_no_question_reads_every_event(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        client = house.client("198.51.100.77")
        await a_member(client)
        await client.log_in(Member(), password="Wrong-Pass-11!")
        await client.log_in(Member())
        search, visit = await drawn(house), visit_of(house)
        everybody = {asked: await visit.database.survey(partial(planned, search=search, asked=asked)) for asked in ASKED}
        own = await visit.database.survey(lambda tx: planned(tx, search, "action:auth.*", ann(tx, search)))
        for asked, lines in {**everybody, "one's own": own}.items():
            # Each of several ways is in order, and then they are brought into one; of places near each other there are only a few.
            sorted_last = asked.startswith("index:") or any("UNION" in line for line in lines)
            whole = [line for line in lines if is_whole(line) and not (sorted_last and "FOR ORDER BY" in line)]
            assert not whole, (asked, lines)


def ann(tx: Transaction, search: Search) -> str:
    subject = search.people.known_as(tx, "ann_2026")
    assert subject is not None
    return subject


def planned(tx: Transaction, search: Search, asked: str, own: str | None = None) -> list[str]:
    where = search.where(tx, search.parse(asked), own)
    assert where is not None
    return plan(tx, finding.page(where, (1_900_000_000_000_000, 7), 50, oldest_first=False))
