"""All of access's SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.access.models import RoleVersion
from daemun.features.access.roles import EVERYDAY, MASTER
from daemun.ports.database import EVERYBODY, Hot, Ids, Instant, Transaction, Work, micros

metadata = MetaData()
user_roles = Table(
    "daemun_user_roles",
    metadata,
    Column("user_id", String(26), primary_key=True),
    Column("role", String(50), primary_key=True),
    Column("granted_at", Instant, nullable=False),
    Column("granted_by", String(64), nullable=False),
    Index("daemun_user_roles_by_role", "role", "user_id"),
)
# What holds now stands apart from its history: every request joins it.
roles = Table(
    "daemun_roles",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("grants", Text, nullable=False),
)
role_versions = Table(
    "daemun_role_versions",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("ko", String(100), nullable=False),
    Column("en", String(100), nullable=False),
    Column("grants", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("written_by", String(64), nullable=False),
    Column("retired", Boolean, nullable=False),
)
# The custom roles' own words come along, so that a change of them holds at the next request everywhere without asking twice.
# Each database has its own word for joining strings; both give one row, which is what the gate's fast path takes.
_FROM = user_roles.outerjoin(roles, roles.c.name == user_roles.c.role)
_COMMA: ColumnElement[str] = literal_column("','")
_SPACE: ColumnElement[str] = literal_column("' '")
_OF = (
    select(func.group_concat(user_roles.c.role, _COMMA).label("roles"), func.group_concat(roles.c.grants, _SPACE).label("grants"))
    .select_from(_FROM)
    .where(user_roles.c.user_id == bindparam("user_id"))
)
_OF_POSTGRES = (
    select(func.string_agg(user_roles.c.role, _COMMA).label("roles"), func.string_agg(roles.c.grants, _SPACE).label("grants"))
    .select_from(_FROM)
    .where(user_roles.c.user_id == bindparam("user_id"))
)
ROLES_OF = Hot(_OF, postgresql=_OF_POSTGRES)

_GIVEN: Mapping[str, BindParameter[Any]] = {each: bindparam(each) for each in ("user_id", "role", "granted_at", "granted_by")}
GIVEN = Hot(
    sqlite_insert(user_roles).values(_GIVEN).on_conflict_do_nothing(),
    postgresql=postgres_insert(user_roles).values(_GIVEN).on_conflict_do_nothing(),
)


# Who has which


def told(found: tuple[Any, ...] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of somebody's roles, and what the custom ones among them grant."""
    names, grants = found or (None, None)
    return tuple(sorted(names.split(","))) if names else (), tuple(grants.split()) if grants else ()


def give(work: Work, user_id: str, role: str, granted_by: str) -> bool:
    """False when the user had it already."""
    work.changes(user_id)
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    values = {"user_id": user_id, "role": role, "granted_at": work.now, "granted_by": granted_by}
    return work.run(make(user_roles).values(values).on_conflict_do_nothing()) == 1


def give_many(work: Work, user_ids: Sequence[str], role: str, granted_by: str) -> None:
    for each in user_ids:
        work.changes(each)
    at = micros(work.now)
    work.hot_many(GIVEN, [{"user_id": each, "role": role, "granted_at": at, "granted_by": granted_by} for each in user_ids])


def take(work: Work, user_id: str, role: str) -> bool:
    """False when the user had it not."""
    work.changes(user_id)
    return work.run(delete(user_roles).where(user_roles.c.user_id == user_id, user_roles.c.role == role)) == 1


def administrators(tx: Transaction, everyday: Sequence[str] = EVERYDAY) -> tuple[str, ...]:
    """Ids of all who have a role beyond these, in order."""
    rows = tx.all(select(user_roles.c.user_id).distinct().where(user_roles.c.role.not_in(everyday)).order_by(user_roles.c.user_id))
    return tuple(row.user_id for row in rows)


def masters(tx: Transaction) -> tuple[str, ...]:
    return everybody_in(tx, MASTER)


def take_from_all(work: Work, role: str) -> int:
    work.changes(EVERYBODY)
    return work.run(delete(user_roles).where(user_roles.c.role == role))


def take_all(work: Work, user_id: str) -> int:
    work.changes(user_id)
    return work.run(delete(user_roles).where(user_roles.c.user_id == user_id))


def everybody_in(tx: Transaction, role: str, *, after: str = "", limit: int | None = None) -> tuple[str, ...]:
    having = select(user_roles.c.user_id).where(user_roles.c.role == role, user_roles.c.user_id > after)
    return tuple(row.user_id for row in tx.all(having.order_by(user_roles.c.user_id).limit(limit)))


def having(role: str) -> Ids:
    return select(user_roles.c.user_id).where(user_roles.c.role == role)


def roles_of_all(tx: Transaction, user_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    rows = tx.all(select(user_roles.c.user_id, user_roles.c.role).where(user_roles.c.user_id.in_(user_ids)).order_by(user_roles.c.role))
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.user_id] = (*found.get(row.user_id, ()), row.role)
    return found


def about(tx: Transaction, user_id: str) -> list[dict[str, Any]]:
    """Which roles somebody has, and since when. Who gave them is another person's."""
    theirs = select(user_roles.c.role, user_roles.c.granted_at).where(user_roles.c.user_id == user_id)
    return [dict(row._mapping) for row in tx.all(theirs.order_by(user_roles.c.granted_at, user_roles.c.role))]


def people(tx: Transaction) -> Mapping[str, int]:
    """How many have each role."""
    counted = select(user_roles.c.role, func.count().label("people")).group_by(user_roles.c.role)
    return {row.role: row.people for row in tx.all(counted)}


# Custom roles

VERSION = tuple(role_versions.c)
CURRENT = select(*VERSION).join_from(
    role_versions, roles, (roles.c.name == role_versions.c.name) & (roles.c.version == role_versions.c.version)
)


def current(tx: Transaction, name: str) -> RoleVersion | None:
    return _version(tx.one(CURRENT.where(roles.c.name == name)))


def all_current(tx: Transaction) -> Sequence[RoleVersion]:
    return [_version_of(row) for row in tx.all(CURRENT.order_by(roles.c.name))]


def version(tx: Transaction, name: str, number: int) -> RoleVersion | None:
    return _version(tx.one(select(*VERSION).where(role_versions.c.name == name, role_versions.c.version == number)))


def versions(tx: Transaction, name: str) -> Sequence[RoleVersion]:
    """Newest first."""
    every = select(*VERSION).where(role_versions.c.name == name)
    return [_version_of(row) for row in tx.all(every.order_by(role_versions.c.version.desc()))]


def newest(tx: Transaction, name: str) -> int:
    """0 when the name was never used."""
    row = tx.one(select(func.max(role_versions.c.version).label("newest")).where(role_versions.c.name == name))
    return row.newest or 0 if row else 0


def write(work: Work, role: RoleVersion) -> None:
    """The next version, and from now on the one that holds; a retired one ends the role."""
    work.changes(EVERYBODY)
    grants = " ".join(role.grants)
    work.run(
        insert(role_versions).values(
            name=role.name,
            version=role.version,
            ko=role.ko,
            en=role.en,
            grants=grants,
            created_at=role.created_at,
            written_by=role.by,
            retired=role.retired,
        )
    )
    work.run(delete(roles).where(roles.c.name == role.name))
    if not role.retired:
        work.run(insert(roles).values(name=role.name, version=role.version, grants=grants))


def _version(row: Any) -> RoleVersion | None:
    return None if row is None else _version_of(row)


def _version_of(row: Any) -> RoleVersion:
    return RoleVersion(row.name, row.version, row.ko, row.en, tuple(row.grants.split()), row.created_at, row.written_by, row.retired)
