"""People as administrators see them: in pages, and one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daemun.features.identity import Account, LoginEntry, Sought, UserMissing
from daemun.features.people.desk import Desk
from daemun.features.sessions import OpenSession
from daemun.ports.database import Transaction


@dataclass(frozen=True, slots=True)
class PageOfPeople:
    accounts: Sequence[Account]
    roles: Mapping[str, tuple[str, ...]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Person:
    account: Account
    roles: tuple[str, ...]
    permissions: frozenset[str]
    sessions: int


@dataclass(frozen=True, slots=True)
class LookUp:
    desk: Desk

    def page(self, tx: Transaction, sought: Sought, role: str | None = None) -> PageOfPeople:
        found = self.desk.identity.directory.search(tx, sought, self.desk.access.having(role) if role else None)
        roles = self.desk.access.roles_of_all(tx, [each.id for each in found.accounts])
        return PageOfPeople(found.accounts, roles, found.next)

    def person(self, tx: Transaction, user_id: str) -> Person:
        """Raises `UserMissing`."""
        account = self._there(tx, user_id)
        rights = self.desk.access.rights_of(tx, user_id)
        return Person(account, rights.roles, rights.permissions, len(self.desk.sessions.sessions_of(tx, user_id)))

    def logins(self, tx: Transaction, user_id: str, after: str | None, limit: int) -> Sequence[LoginEntry]:
        """Newest first. Raises `UserMissing`."""
        self._there(tx, user_id)
        return self.desk.identity.directory.history(tx, user_id, after, limit)

    def sessions(self, tx: Transaction, user_id: str) -> Sequence[OpenSession]:
        """Newest first. Raises `UserMissing`."""
        self._there(tx, user_id)
        return self.desk.sessions.sessions_of(tx, user_id)

    def _there(self, tx: Transaction, user_id: str) -> Account:
        account = self.desk.identity.directory.account(tx, user_id)
        if account is None:
            raise UserMissing
        return account
