"""The picture is drawn faster and asked sooner: indexes of failures alone, sums of each class, and months on PostgreSQL."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "audit_0005"
down_revision = "audit_0004"
branch_labels = None
depends_on = None

EVENTS, MARKS, HOURS = "daemun_audit_events", "daemun_audit_marks", "daemun_audit_hours"
FAILED = "outcome <> 'success'"
BEFORE = {
    "at": (("at", "idx"), ""),
    "actor": (("actor", "at", "idx"), ""),
    "target": (("target", "at", "idx"), "target <> ''"),
    "action": (("action", "at", "idx"), ""),
    "outcome": (("outcome", "at", "idx"), ""),
    "country": (("country", "at", "idx"), "country <> 0"),
    "request": (("request", "at", "idx"), "request <> ''"),
    "ref": (("ref", "idx"), "ref >= 0"),
}
ADDED = {
    "amended": (("at", "idx"), "amended >= 0"),
    "failed_at": (("at", "idx"), FAILED),
    "failed_actor": (("actor", "at", "idx"), FAILED),
    "failed_target": (("target", "at", "idx"), f"target <> '' AND {FAILED}"),
    "failed_action": (("action", "at", "idx"), FAILED),
}
# ruff: noqa: S608 - names of tables of our own, and numbers
NOW = {name: told for name, told in BEFORE.items() if name != "outcome"} | ADDED
MARKED = {
    "sqlite": f"UPDATE {EVENTS} SET marked = coalesce((SELECT group_concat(printf('%016x%02x', mark, part), '') "
    f"FROM {MARKS} WHERE {MARKS}.idx = {EVENTS}.idx), '')",
    "postgresql": f"UPDATE {EVENTS} SET marked = told.marked FROM (SELECT idx, string_agg(lpad(to_hex(mark), 16, '0') || "
    f"lpad(to_hex(CAST(part AS BIGINT)), 2, '0'), '') AS marked FROM {MARKS} GROUP BY idx) AS told WHERE told.idx = {EVENTS}.idx",
}


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column(EVENTS, sa.Column("marked", sa.Text, nullable=False, server_default=""))
    op.execute(MARKED[op.get_bind().dialect.name])
    op.drop_index(f"{MARKS}_idx", MARKS)
    _unindex(BEFORE if postgresql else {"outcome": BEFORE["outcome"]})
    if postgresql:
        _part(EVENTS, "idx, at")
        _part(MARKS, "mark, at, idx")
    _index(NOW if postgresql else ADDED)
    _sum("action, outcome, retention")
    op.create_index(f"{HOURS}_action", HOURS, ["action", "hour"])


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    _unindex(NOW if postgresql else ADDED)
    _sum("action, outcome")
    if postgresql:
        _join(EVENTS, "idx")
        _join(MARKS, "mark, at, idx")
    op.drop_column(EVENTS, "marked")
    _index(BEFORE if postgresql else {"outcome": BEFORE["outcome"]})
    op.create_index(f"{MARKS}_idx", MARKS, ["idx"])


def _index(wanted: "dict[str, tuple[tuple[str, ...], str]]") -> None:
    for name, (columns, seldom) in wanted.items():
        where = sa.text(seldom) if seldom else None
        op.create_index(f"{EVENTS}_{name}", EVENTS, list(columns), postgresql_where=where, sqlite_where=where)


def _unindex(there: "dict[str, tuple[tuple[str, ...], str]]") -> None:
    for name in there:
        op.drop_index(f"{EVENTS}_{name}", EVENTS)


def _sum(by: str) -> None:
    """Anew from the events: a class is not to be had from the sums there are."""
    names = by.split(", ")
    op.drop_table(HOURS)
    sizes = {"action": 100, "outcome": 10, "retention": 20}
    op.create_table(
        HOURS,
        sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(sizes[name]), primary_key=True) for name in names),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
    op.execute(
        f"INSERT INTO {HOURS} (hour, {by}, count) SELECT at / 3600000000, {by}, count(*) FROM {EVENTS} "
        f"GROUP BY {', '.join(str(each + 1) for each in range(len(names) + 1))}"
    )


def _part(table: str, key: str) -> None:
    """By month; what is there moves into its months."""
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_whole")
    op.execute(f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING DEFAULTS) PARTITION BY RANGE (at)")
    first, last = op.get_bind().execute(sa.text(f"SELECT min(at), max(at) FROM {table}_whole")).one()
    for year, month in _months(first, last) if first is not None else ():
        name, following = f"{table}_y{year:04}m{month:02}", (year + month // 12, month % 12 + 1)
        op.execute(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({_start(year, month)}) TO ({_start(*following)})")
    op.execute(f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT")
    _moved(table, key)


def _join(table: str, key: str) -> None:
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_whole")
    op.execute(f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING DEFAULTS)")
    _moved(table, key)


def _moved(table: str, key: str) -> None:
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_whole")
    op.execute(f"DROP TABLE {table}_whole")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY ({key})")


def _months(first: int, last: int) -> "list[tuple[int, int]]":
    one, other = (datetime.fromtimestamp(each / 1e6, UTC) for each in (first, last))
    return [(month // 12, month % 12 + 1) for month in range(one.year * 12 + one.month - 1, other.year * 12 + other.month)]


def _start(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1_000_000
