"""All of access's SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, MetaData, String, Table, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.ports.database import Hot, Instant, Work

metadata = MetaData()
user_roles = Table(
    "daemun_user_roles",
    metadata,
    Column("user_id", String(26), primary_key=True),
    Column("role", String(50), primary_key=True),
    Column("granted_at", Instant, nullable=False),
    Column("granted_by", String(64), nullable=False),
    Index("daemun_user_roles_by_role", "role"),
)
# Each database has its own word for joining strings; both give one row, which is what the gate's fast path takes.
_OF = select(func.group_concat(user_roles.c.role, literal_column("','"))).where(user_roles.c.user_id == bindparam("user_id"))
_OF_POSTGRES = select(func.string_agg(user_roles.c.role, literal_column("','"))).where(user_roles.c.user_id == bindparam("user_id"))
ROLES_OF = Hot(_OF, postgresql=_OF_POSTGRES)


def roles_in(found: tuple[Any, ...] | None) -> tuple[str, ...]:
    return tuple(sorted(found[0].split(","))) if found and found[0] else ()


def give(work: Work, user_id: str, role: str, granted_by: str) -> bool:
    """False when the user had it already."""
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    values = {"user_id": user_id, "role": role, "granted_at": work.now, "granted_by": granted_by}
    return work.run(make(user_roles).values(values).on_conflict_do_nothing()) == 1
