"""The SQL that finds people, and tells when they came in. Every question reads a part of an index, however many people there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, literal_column, not_, or_, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from daemun.core.ids import RANDOM_BYTES, ulid
from daemun.features.identity.accounts.models import Account
from daemun.features.identity.accounts.store import WHOLE
from daemun.features.identity.directory.models import LAST, RANKS, LoginEntry, Place, Rank, Sought
from daemun.features.identity.dormancy import Due
from daemun.features.identity.links.store import links
from daemun.features.identity.store import login_history, users
from daemun.ports.database import Ids, Transaction, Work, among

SWEPT_AT_ONCE = 1000
REMINDED = 3
"""In the place of the notices of sleep, of which nobody who has left gets one: the letter that tells of the erasure went out."""
# What a person may read of their own row. Left out: hashes, other spellings of what is here, and who else had a hand in it.
TOLD = (
    "id handle email email_verified name language status status_since status_reason status_until before_deletion left_at "
    "email_given_until created_at updated_at last_login_at password_changed_at temporary_until active_on sleep_notices noticed_on"
)
OWN = tuple(users.c[each] for each in TOLD.split())
OWN_LINK = tuple(links.c[each] for each in ("purpose", "email", "created_at", "expires_at", "used_at", "tries"))
WORDS: dict[Rank, ColumnElement[str]] = {"handle": users.c.handle_key, "email": users.c.email_key, "name": users.c.name_key}
ENTRY = tuple(login_history.c[each] for each in ("id", "at", "success", "reason", "address", "agent"))


def _first_id(at: datetime) -> str:
    """The smallest id of that moment: ids sort by the time they were made."""
    return ulid(at, bytes(RANDOM_BYTES))


def found(tx: Transaction, statement: Select[Any]) -> list[Account]:
    return [Account(**row._mapping) for row in tx.all(statement)]


def with_ids(tx: Transaction, user_ids: Sequence[str]) -> Select[Any]:
    return select(*WHOLE).where(users.c.id.in_(among(tx.dialect, user_ids)))


def _filters(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.status is not None:
        found.append(users.c.status == sought.status)
    if sought.verified is not None:
        found.append(users.c.email_verified.is_(sought.verified))
    if sought.created_from is not None:
        found.append(users.c.id >= _first_id(sought.created_from))
    if sought.created_to is not None:
        found.append(users.c.id < _first_id(sought.created_to))
    return found


def listed(sought: Sought, after: Place | None, limit: int, among: Ids | None = None) -> Select[Any]:
    """By the time they joined."""
    newest, statement = sought.sort == "newest", select(*WHOLE)
    id_: ColumnElement[str] = users.c.id
    if among is not None:  # walked in their own order until the page is full: `only` would gather all of them first, which may be everybody
        theirs = among.subquery()
        [id_] = theirs.c
        statement = statement.join(theirs, id_ == users.c.id)
    beyond = [] if after is None else [id_ < after.id if newest else id_ > after.id]
    return statement.where(*_filters(sought), *beyond).order_by(id_.desc() if newest else id_).limit(limit)


def beginning(sought: Sought, rank: Rank, words: dict[Rank, str], after: Place | None, limit: int) -> Select[Any]:
    """Those whose handle, address or name begins so, and who were not in an earlier list."""
    word = WORDS[rank]
    # Begun at the place itself: SQLite starts at the first bound it is told, and would walk again through all pages before.
    first = words[rank] if after is None else max(words[rank], after.key)
    begins = and_(word >= first, word < words[rank] + LAST)
    # Only a name may belong to several: the other words are an order by themselves, and their indexes have nothing else.
    order = (word, users.c.id) if rank == "name" else (word,)
    beyond: list[ColumnElement[bool]] = []
    if after is not None:
        beyond = [tuple_(word, users.c.id) > (after.key, after.id)] if rank == "name" else [word > after.key]
    # Said in the very words of the indexes of those: SQLite concludes nothing.
    unusual = [users.c.status != literal_column("'NORMAL'")] if sought.status not in (None, "NORMAL") else []
    earlier = [not_(_begins(WORDS[each], words[each])) for each in words if RANKS.index(each) < RANKS.index(rank)]
    return select(*WHOLE).where(begins, *beyond, *_filters(sought), *unusual, *earlier).order_by(*order).limit(limit)


def _begins(word: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """A range and not a LIKE: the letters % and _ mean themselves, and the index is used in every locale."""
    return and_(word >= prefix, word < prefix + LAST)


def with_id(tx: Transaction, sought: Sought, user_id: str, among: Ids | None) -> list[Account]:
    return found(tx, only(select(*WHOLE).where(users.c.id == user_id, *_filters(sought)), among))


def only(statement: Select[Any], among: Ids | None) -> Select[Any]:
    """Asked within the same statement: the pages stay whole, however few of many are meant."""
    return statement if among is None else statement.where(users.c.id.in_(among))


def drowsy(due: Due, limit: int) -> Select[Any]:
    return select(*WHOLE).where(*_drowsy(due)).order_by(users.c.active_on).limit(limit)


def _drowsy(due: Due) -> tuple[ColumnElement[bool], ...]:
    """Idle for so long, and told so often."""
    return (
        users.c.status == "NORMAL",
        users.c.active_on <= due.idle_since,
        users.c.sleep_notices == due.notices,
        or_(users.c.noticed_on.is_(None), users.c.noticed_on <= due.noticed_by),
    )


def notice(work: Work, user_id: str, due: Due, *, today: int) -> bool:
    """False when another process was faster, or they came in meanwhile."""
    told = update(users).where(users.c.id == user_id, *_drowsy(due))
    return work.run(told.values(sleep_notices=due.notices + 1, noticed_on=today)) == 1


def served(now: datetime, limit: int) -> Select[Any]:
    """Whose suspension is over."""
    over = select(*WHOLE).where(users.c.status == "BANNED", users.c.status_until <= now)
    return over.order_by(users.c.status_until).limit(limit)


def left(before: datetime, limit: int) -> Select[Any]:
    """Who left before then, and is kept by no legal hold."""
    gone = select(*WHOLE).where(users.c.left_at <= before, users.c.status == "DELETED", users.c.held.is_(None))
    return gone.order_by(users.c.left_at).limit(limit)


def unreminded(after: datetime, before: datetime, limit: int) -> Select[Any]:
    """Who left between the two."""
    return select(*WHOLE).where(*_unreminded(), users.c.left_at > after, users.c.left_at <= before).order_by(users.c.left_at).limit(limit)


def remind(work: Work, user_id: str, *, today: int) -> bool:
    return work.run(update(users).where(users.c.id == user_id, *_unreminded()).values(sleep_notices=REMINDED, noticed_on=today)) == 1


def _unreminded() -> tuple[ColumnElement[bool], ...]:
    return users.c.status == "DELETED", users.c.held.is_(None), users.c.sleep_notices != REMINDED


def history(tx: Transaction, user_id: str, after: str | None, limit: int) -> Sequence[LoginEntry]:
    beyond = [login_history.c.id < after] if after else []
    mine = select(*ENTRY).where(login_history.c.user_id == user_id, *beyond)
    return [LoginEntry(**row._mapping) for row in tx.all(mine.order_by(login_history.c.id.desc()).limit(limit))]


def about(tx: Transaction, user_id: str) -> dict[str, Any]:
    """All there is of one person; days are days since 1970."""
    row = tx.one(select(*OWN).where(users.c.id == user_id))
    logins = select(*ENTRY).where(login_history.c.user_id == user_id).order_by(login_history.c.id.desc())
    theirs = select(*OWN_LINK).where(or_(links.c.user_id == user_id, links.c.subject == user_id)).order_by(links.c.id.desc())
    return {
        "account": dict(row._mapping) if row else {},
        "logins": [dict(each._mapping) for each in tx.all(logins)],
        "links": [dict(each._mapping) for each in tx.all(theirs)],
    }


def forget_before(work: Work, before: datetime) -> int:
    old = select(login_history.c.id).where(login_history.c.id < _first_id(before)).limit(SWEPT_AT_ONCE).scalar_subquery()
    return work.run(delete(login_history).where(login_history.c.id.in_(old)))
