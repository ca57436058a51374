"""Who looked at which page a moment ago."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, MetaData, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.ports.database import Hot, Transaction, Work

looks = Table("daemun_audit_looks", MetaData(), Column("mark", BigInteger, primary_key=True), Column("at", BigInteger))


def _noted() -> Hot:
    made = []
    for insert in (sqlite_insert, postgres_insert):
        adding = insert(looks).values(mark=bindparam("mark", type_=BigInteger), at=bindparam("at", type_=BigInteger))
        over = looks.c.at <= bindparam("before", type_=BigInteger)
        made.append(adding.on_conflict_do_update(index_elements=[looks.c.mark], set_={"at": adding.excluded["at"]}, where=over))
    return Hot(made[0], postgresql=made[1])


NOTED: Final = _noted()


def seen(tx: Transaction, mark: int, since: int) -> bool:
    row = tx.one(select(looks.c.at).where(looks.c.mark == mark))
    return row is not None and row.at > since


def note(work: Work, mark: int, at: int, since: int) -> bool:
    """False when somebody has noted it meanwhile."""
    if not work.hot_run(NOTED, mark=mark, at=at, before=since):
        return False
    work.run(delete(looks).where(looks.c.at < since))
    return True
