"""All SQL of links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Select,
    SmallInteger,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from daemun.ports.database import Instant, Transaction, Work

metadata = MetaData()
links = Table(
    "daemun_links",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("code_hash", String(64), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("subject", String(254), nullable=False),
    Column("user_id", String(26), nullable=False),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False),
    Column("sealed", LargeBinary),
    Column("browser", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("tries", SmallInteger, nullable=False),
    # Their order among those of one person and kind. Ids follow the clock of whichever server made them.
    Column("seq", Integer, nullable=False),
    Index("daemun_links_by_subject", "subject", "purpose"),
    Index("daemun_links_by_email", "email_key", "purpose"),
    Index("daemun_links_by_browser", "browser", "purpose"),
    Index("daemun_links_by_end", "expires_at"),
)
SWEPT_AT_ONCE = 1000


def _good(tx: Transaction) -> Select[Any]:
    return select(links).where(links.c.used_at.is_(None), links.c.expires_at > tx.now)


def add(work: Work, values: dict[str, Any]) -> None:
    """Whoever adds one holds the lock of its subject and kind: the number is the next one for everybody."""
    before = select(func.coalesce(func.max(links.c.seq), 0)).where(
        links.c.subject == values["subject"], links.c.purpose == values["purpose"]
    )
    work.run(insert(links).values(values | {"seq": before.scalar_subquery() + 1}))


def by_token(tx: Transaction, purpose: str, token_hash: str) -> Row[Any] | None:
    return tx.one(_good(tx).where(links.c.token_hash == token_hash, links.c.purpose == purpose))


def held_by_token(work: Work, purpose: str, token_hash: str) -> Row[Any] | None:
    """Locked until the commit, so that of two at once one is first."""
    return work.one(_good(work).where(links.c.token_hash == token_hash, links.c.purpose == purpose).with_for_update())


def held_by_browser(work: Work, purpose: str, browser: str) -> Row[Any] | None:
    """The newest that was asked for in this browser."""
    mine = _good(work).where(links.c.browser == browser, links.c.purpose == purpose)
    return work.one(mine.order_by(links.c.id.desc()).limit(1).with_for_update())


def held_by_id(work: Work, purpose: str, link_id: str) -> Row[Any] | None:
    return work.one(_good(work).where(links.c.id == link_id, links.c.purpose == purpose).with_for_update())


def listed(tx: Transaction, purpose: str, after: str, limit: int) -> Sequence[Row[Any]]:
    some = _good(tx).where(links.c.purpose == purpose, links.c.id > after)
    return tx.all(some.order_by(links.c.id).limit(limit))


def spend(work: Work, link_id: str) -> bool:
    """True for one caller only."""
    return work.run(update(links).where(links.c.id == link_id, links.c.used_at.is_(None)).values(used_at=work.now)) == 1


def count_wrong(work: Work, link_id: str, most: int) -> None:
    work.run(update(links).where(links.c.id == link_id).values(tries=links.c.tries + 1))
    work.run(update(links).where(links.c.id == link_id, links.c.tries >= most).values(used_at=work.now))


def end_older(work: Work, subject: str, purpose: str) -> None:
    mine = (links.c.subject == subject, links.c.purpose == purpose, links.c.used_at.is_(None))
    work.run(update(links).where(*mine).values(used_at=work.now))


def end_of(work: Work, user_id: str, purposes: tuple[str, ...], *, after: str) -> int:
    mine = [links.c.subject == user_id, links.c.purpose.in_(purposes), links.c.used_at.is_(None)]
    if after:
        this = links.alias()
        mine.append(links.c.seq > select(this.c.seq).where(this.c.id == after).scalar_subquery())
    return work.run(update(links).where(*mine).values(used_at=work.now))


def way_back(tx: Transaction, user_id: str) -> str | None:
    """The address somebody had last, while they may go back to it."""
    mine = _good(tx).where(links.c.subject == user_id, links.c.purpose == "undo_email")
    row = tx.one(mine.order_by(links.c.seq.desc()).limit(1))
    return row.email if row else None


def holds(tx: Transaction, email_key: str, but_user_id: str) -> bool:
    """Whether the address was somebody else's a few days ago, who may still want it back."""
    held = _good(tx).where(links.c.email_key == email_key, links.c.purpose == "undo_email", links.c.user_id != but_user_id)
    return tx.one(held.limit(1)) is not None


def forget(work: Work, user_id: str) -> None:
    work.run(delete(links).where(links.c.subject == user_id))


def sweep(work: Work) -> int:
    dead = select(links.c.id).where(links.c.expires_at <= work.now).limit(SWEPT_AT_ONCE).scalar_subquery()
    return work.run(delete(links).where(links.c.id.in_(dead)))
