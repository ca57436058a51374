"""Known devices, where they are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Index, MetaData, String, Table, bindparam, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.sessions.models import KnownDevice
from daemun.ports.database import Hot, Instant, Transaction, Work, micros

AT_ONCE: Final = 1000
known_devices = Table(
    "daemun_known_devices",
    MetaData(),
    Column("user_id", String(26), primary_key=True),
    Column("device_hash", String(64), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("address", String(45), nullable=False),
    Column("agent", String(255), nullable=False),
    Index("daemun_known_devices_by_age", "last_seen"),
)
OWN_DEVICE = tuple(known_devices.c[each] for each in ("name", "agent", "address", "first_seen", "last_seen"))
KNOWS = Hot(
    select(known_devices.c.last_seen).where(
        known_devices.c.user_id == bindparam("user_id"),
        known_devices.c.device_hash == bindparam("device_hash"),
        known_devices.c.last_seen > bindparam("since"),
    )
)


def about(tx: Transaction, user_id: str) -> list[dict[str, Any]]:
    devices = select(*OWN_DEVICE).where(known_devices.c.user_id == user_id).order_by(known_devices.c.last_seen.desc())
    return [dict(each._mapping) for each in tx.all(devices)]


def knows(tx: Transaction, user_id: str, device_hash: str, since: datetime) -> bool:
    return tx.hot(KNOWS, user_id=user_id, device_hash=device_hash, since=micros(since)) is not None


def see(work: Work, user_id: str, device: KnownDevice, agent: str) -> None:
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    seen = {"name": device.name, "last_seen": device.last_seen, "address": device.address, "agent": agent}
    first = make(known_devices).values(user_id=user_id, device_hash=device.id, first_seen=device.first_seen, **seen)
    work.run(first.on_conflict_do_update(index_elements=["user_id", "device_hash"], set_=seen))


def keep_newest(work: Work, user_id: str, most: int) -> None:
    """The oldest go."""
    mine = known_devices.c.user_id == user_id
    order = known_devices.c.last_seen.desc(), known_devices.c.device_hash
    kept = select(known_devices.c.device_hash).where(mine).order_by(*order).limit(most)
    work.run(delete(known_devices).where(mine, known_devices.c.device_hash.not_in(kept)))


def of(tx: Transaction, user_id: str, since: datetime) -> list[KnownDevice]:
    """Those seen last come first."""
    shown = known_devices.c
    rows = tx.all(
        select(shown.device_hash, shown.name, shown.first_seen, shown.last_seen, shown.address)
        .where(shown.user_id == user_id, shown.last_seen > since)
        .order_by(shown.last_seen.desc(), shown.device_hash)
    )
    return [KnownDevice(row.device_hash, row.name, row.first_seen, row.last_seen, row.address) for row in rows]


def forget(work: Work, user_id: str, device_hash: str | None = None) -> int:
    """One, or all."""
    one = () if device_hash is None else (known_devices.c.device_hash == device_hash,)
    return work.run(delete(known_devices).where(known_devices.c.user_id == user_id, *one))


def sweep(work: Work, before: datetime) -> int:
    unseen = select(known_devices.c.user_id, known_devices.c.device_hash).where(known_devices.c.last_seen < before).limit(AT_ONCE)
    return work.run(delete(known_devices).where(tuple_(known_devices.c.user_id, known_devices.c.device_hash).in_(unseen)))
