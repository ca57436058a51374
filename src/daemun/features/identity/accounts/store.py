"""The SQL of what becomes of one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.identity.accounts.models import Account
from daemun.features.identity.store import gone_handles, login_history, users
from daemun.ports.database import Transaction, Work

WHOLE = tuple(users.c[each.name] for each in fields(Account))


def account(tx: Transaction, user_id: str) -> Account | None:
    row = tx.one(select(*WHOLE).where(users.c.id == user_id))
    return Account(**row._mapping) if row else None


def locked(work: Work, user_id: str) -> Account | None:
    """Nobody else changes them until the commit: what follows is decided on this."""
    row = work.one(select(*WHOLE).where(users.c.id == user_id).with_for_update())
    return Account(**row._mapping) if row else None


def write(work: Work, user_id: str, values: Mapping[str, Any]) -> None:
    work.changes(user_id)
    work.run(update(users).where(users.c.id == user_id).values(**values, updated_at=work.now))


def has_email(tx: Transaction, email_key: str) -> str | None:
    """Whose address it is."""
    row = tx.one(select(users.c.id).where(users.c.email_key == email_key))
    return row.id if row else None


def password_of(tx: Transaction, user_id: str) -> str | None:
    row = tx.one(select(users.c.password).where(users.c.id == user_id))
    return row.password if row else None


def temporary_of(tx: Transaction, user_id: str) -> str | None:
    """The hash of the password that is lent to them, while it is."""
    row = tx.one(select(users.c.temporary).where(users.c.id == user_id, users.c.temporary_until > tx.now))
    return row.temporary if row else None


def erase(work: Work, user_id: str, mark: str) -> None:
    """The person is gone; a mark of the handle stays."""
    work.changes(user_id)
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    work.run(make(gone_handles).values(mark=mark, at=work.now).on_conflict_do_nothing())
    work.run(delete(login_history).where(login_history.c.user_id == user_id))
    work.run(delete(users).where(users.c.id == user_id))
