"""A database belongs to the secrets it was made with: others would refuse every right password, and seem to work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.app.parsing import Sentence
from daemun.app.settings import SettingsError
from daemun.ports.database import Transaction, Work

MIGRATIONS = Path(__file__).parent / "migrations"
house = Table("daemun_house", MetaData(), Column("name", String(50), primary_key=True), Column("value", String(200), nullable=False))


def recognise(work: Work, checks: Mapping[str, str]) -> None:
    """Writes down the check values of the secrets at the first opening; later ones must have the same. Stops with a sentence."""
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    for name, value in checks.items():
        work.run(make(house).values(name=name, value=value).on_conflict_do_nothing())
    if others := foreign(work, checks):
        raise SettingsError(others)


def foreign(tx: Transaction, checks: Mapping[str, str]) -> list[Sentence]:
    """What to say of every secret that is not the one the database was made with."""
    known = {row.name: row.value for row in tx.all(select(house))}
    return [_foreign(name) for name, value in checks.items() if known.get(name, value) != value]


def _foreign(name: str) -> Sentence:
    return Sentence(
        f"{name}: 이 데이터베이스는 다른 비밀 값으로 만들어졌습니다. 처음 켠 곳의 --data나 DAEMUN_SECRETS_DIR을 주세요.",
        f"{name}: this database was made with another secret. Name the --data or DAEMUN_SECRETS_DIR it was first started with.",
    )
