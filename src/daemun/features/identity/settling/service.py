"""How many people become members at once. The answers are those of signing up; the questions are asked for all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.canonical import email_key, handle_key
from daemun.core.errors import Unavailable
from daemun.features.identity.days import day_of
from daemun.features.identity.gone import GoneHandles
from daemun.features.identity.names import is_reserved, name_key
from daemun.features.identity.settling import store
from daemun.features.identity.settling.models import Settler, Taken
from daemun.ports.database import Plain, Transaction, Work, micros


@dataclass(frozen=True, slots=True)
class Settling:
    gone: GoneHandles

    def handles_taken(self, tx: Transaction, handles: Sequence[str]) -> frozenset[str]:
        """The keys of those that are somebody's, were somebody's who was erased, or speak for the house."""
        keys = [handle_key(each) for each in handles]
        marks = {self.gone.mark(each): handle_key(each) for each in handles}
        gone = {marks[mark] for mark in store.gone_among(tx, list(marks))}
        return frozenset(store.handles_among(tx, keys) | gone | {each for each in keys if is_reserved(each)})

    def emails_taken(self, tx: Transaction, emails: Sequence[str]) -> Taken:
        keys = [email_key(each) for each in emails]
        owners = store.owners_among(tx, keys)
        held = dict.fromkeys(store.held_among(tx, keys), "")
        proven = frozenset(row.email_key for row in owners if row.email_verified and row.email_given_until is None)
        return Taken(held | {row.email_key: row.id for row in owners}, proven)

    def lock(self, work: Work, emails: Sequence[str]) -> None:
        """Addresses that change hands at this moment go to one of the two; asked before `emails_taken`."""
        store.lock_emails(work, [email_key(each) for each in emails])

    def settle(self, work: Work, settlers: Sequence[Settler], *, by: Actor) -> set[str]:
        """Their ids; whoever signed up with the same name at this very moment was faster, and is not among them."""
        ids = [each.id for each in settlers]
        came = set(ids) if store.add(work, [_row(work, each, by) for each in settlers]) == len(ids) else store.here_among(work, ids)
        # The writing has waited for whoever is being erased at this moment: then the questions were asked too early.
        if store.gone_among(work, [self.gone.mark(each.handle) for each in settlers]):
            raise Unavailable
        return came


def _row(work: Work, settler: Settler, by: Actor) -> dict[str, Plain]:
    is_shut = settler.status != "NORMAL"
    return {
        "id": settler.id,
        "handle": settler.handle,
        "handle_key": handle_key(settler.handle),
        "email": settler.email,
        "email_key": email_key(settler.email),
        "name": settler.name,
        "password": settler.password,
        "status": settler.status,
        "email_verified": settler.verified,
        "created_at": micros(settler.created_at),
        "updated_at": micros(work.now),
        "last_login_at": None if settler.last_login_at is None else micros(settler.last_login_at),
        "language": settler.language,
        "name_key": name_key(settler.name),
        "status_reason": settler.reason,
        "status_until": None if settler.until is None else micros(settler.until),
        "status_by": str(by) if is_shut else None,
        "status_since": micros(work.now) if is_shut else None,
        "sleep_notices": 0,
        # Nobody falls asleep for the years they spent elsewhere: their time here begins today.
        "active_on": day_of(work.now),
    }
