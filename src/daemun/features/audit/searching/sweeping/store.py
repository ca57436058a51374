"""Taking out of the picture what the log says is gone, changing what it says anew, and wiping all of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, Text, bindparam, delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.audit.searching.drawing.store import (
    COUNTED_OUT,
    add_marks,
    drawn,
    events,
    hours,
    packed,
    standing,
    sweeps,
    unpacked,
)
from daemun.features.audit.searching.marks import PARTS, Mark
from daemun.features.audit.searching.months import store as months
from daemun.ports.database import Hot, Transaction, Work

MARKS_DROPPED: Final = Hot(
    text(
        "DELETE FROM daemun_audit_marks WHERE (mark, at, idx) IN "
        "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(:gone))"
    ),
    postgresql=text(
        "DELETE FROM daemun_audit_marks AS kept USING jsonb_array_elements(CAST(:gone AS JSONB)) AS told(value) "
        "WHERE kept.mark = CAST(value->>0 AS BIGINT) AND kept.at = CAST(value->>1 AS BIGINT) AND kept.idx = CAST(value->>2 AS BIGINT)"
    ),
)
MARKS_WIPED: Final = Hot(
    text("DELETE FROM daemun_audit_marks WHERE (mark, at, idx) IN (SELECT mark, at, idx FROM daemun_audit_marks LIMIT :limit)")
)
MARKED: Final = Hot(
    update(events)
    .where(events.c.idx == bindparam("place"), events.c.at == bindparam("moment"))
    .values(marked=bindparam("told", type_=Text))
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is still to be taken out: a span of the log, or all that was said with a key that is gone."""

    id: int
    first: int
    end: int
    surrogate: str


def amend(work: Work, idx: int, ref: int, parts: Iterable[int], country: tuple[int, int] | None, found: Iterable[Mark]) -> None:
    """From now on entry `ref` is looked for by what `idx` says in the place of these parts."""
    row = work.one(select(events.c.at, events.c.marked).where(events.c.idx == ref))
    if row is None:
        return
    told: dict[str, Any] = {"amended": idx}
    if country is not None:
        told |= {"country": country[0], "holder": country[1]}
    work.run(update(events).where(events.c.idx == ref, events.c.at == row.at).values(told))
    told_anew = [*_unmark(work, ref, row.at, row.marked, set(parts)), *sorted(found)]
    add_marks(work, [(mark, row.at, ref, part) for mark, part in told_anew])
    work.hot_run(MARKED, told=packed(told_anew), place=ref, moment=row.at)


def _unmark(work: Work, idx: int, at: int, marked: str, parts: Set[int]) -> list[Mark]:
    """Takes out the marks of these parts of an event. Returns those of its others, which may say the same."""
    found = unpacked(marked)
    left = [each for each in found if each[1] not in parts]
    _drop(work, [(mark, at, idx) for mark, part in found if part in parts])
    add_marks(work, [(mark, at, idx, part) for mark, part in left])
    return left


def _drop(work: Work, gone: Sequence[tuple[int, int, int]]) -> None:
    if gone:
        work.hot_run(MARKS_DROPPED, gone=json.dumps(gone))


def plan(work: Work, spans: Iterable[tuple[int, int]] = (), surrogate: str = "") -> None:
    """Notes what is to be taken out; spans are not found any more from this moment on."""
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    rows = [{"first": first, "end": end, "surrogate": ""} for first, end in spans]
    if surrogate:
        rows.append({"first": 0, "end": 0, "surrogate": surrogate})
    if rows:
        work.run(make(sweeps).values(rows))


def planned(tx: Transaction) -> list[Sweep]:
    return [Sweep(row.id, row.first, row.end, row.surrogate) for row in tx.all(select(sweeps).order_by(sweeps.c.id))]


def swept(work: Work, sweep: Sweep, limit: int) -> bool:
    """Takes out up to so many. Whether there is more."""
    work.lock("audit sweep")  # two that count the same row out would count it twice
    return _person(work, sweep, limit) if sweep.surrogate else _span(work, sweep, limit)


def _span(work: Work, sweep: Sweep, limit: int) -> bool:
    inside = select(events.c.idx, events.c.at, events.c.marked).where(events.c.idx >= sweep.first, events.c.idx < sweep.end)
    rows = work.all(inside.order_by(events.c.idx).limit(limit))
    if rows:
        first, end = rows[0].idx, rows[-1].idx + 1
        work.hot_run(COUNTED_OUT, first=first, end=end)
        _drop(work, [(mark, row.at, row.idx) for row in rows for mark, _ in unpacked(row.marked)])
        work.run(delete(events).where(events.c.idx >= first, events.c.idx < end))
    if len(rows) == limit:
        return True
    if sweep.end <= standing(work)[1]:  # else it is still to come, and must not be drawn then
        work.run(delete(sweeps).where(sweeps.c.id == sweep.id))
    return False


def _person(work: Work, sweep: Sweep, limit: int) -> bool:
    """What was looked for by them; that something happened stays."""
    rows = work.all(_theirs(sweep).order_by(events.c.idx).limit(limit))
    for row in rows:
        parts = {PARTS[each] for each, whose in (("actor", row.actor), ("target", row.target)) if whose == sweep.surrogate}
        left = _unmark(work, row.idx, row.at, row.marked, parts)
        work.hot_run(MARKED, told=packed(left), place=row.idx, moment=row.at)
        if row.country and row.holder in parts:
            work.run(update(events).where(events.c.idx == row.idx, events.c.at == row.at).values(country=0))
    if len(rows) == limit:
        work.run(update(sweeps).where(sweeps.c.id == sweep.id).values(first=rows[-1].idx + 1))
    else:
        work.run(delete(sweeps).where(sweeps.c.id == sweep.id))
    return len(rows) == limit


def _theirs(sweep: Sweep) -> Select[Any]:
    whose = or_(events.c.actor == sweep.surrogate, events.c.target == sweep.surrogate)
    columns = (events.c[each] for each in ("idx", "at", "actor", "target", "country", "holder", "marked"))
    return select(*columns).where(whose, events.c.idx >= sweep.first)


def wipe(work: Work, limit: int) -> bool:
    """Takes out everything that was drawn, on SQLite up to so many at once. Whether there is more."""
    work.run(update(drawn).values(version=0, upto=0))
    if work.dialect == "postgresql":
        months.drop(work)
    elif _dropped(work, limit):
        return True
    for table in (hours, sweeps):
        work.run(delete(table))
    return False


def _dropped(work: Work, limit: int) -> int:
    last = select(events.c.idx).order_by(events.c.idx.desc()).limit(limit)
    return work.run(delete(events).where(events.c.idx.in_(last))) + work.hot_run(MARKS_WIPED, limit=limit)
