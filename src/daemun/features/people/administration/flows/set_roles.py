"""An administrator says which roles somebody has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.features.access import RoleChange
from daemun.features.identity import Account, AccountInactive, UserMissing
from daemun.features.people.administration.flows.hands import Hands
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class SetRoles:
    """Who may give what, access decides; giving up a role of one's own is not refused here."""

    hands: Hands

    def __call__(self, work: Work, by: Actor, user_id: str, roles: Iterable[str]) -> RoleChange:
        """Exactly these: all of it, or nothing."""
        account = self._whose(work, by, user_id)
        return self._told(work, by, account, self.hands.desk.access.set_roles(work, by, user_id, roles))

    def add(self, work: Work, by: Actor, user_id: str, roles: Iterable[str]) -> RoleChange:
        account, access = self._whose(work, by, user_id), self.hands.desk.access
        given = tuple(role for role in sorted(set(roles)) if access.grant(work, by, user_id, role))
        return self._told(work, by, account, RoleChange(given, ()))

    def remove(self, work: Work, by: Actor, user_id: str, roles: Iterable[str]) -> RoleChange:
        account, access = self._whose(work, by, user_id), self.hands.desk.access
        taken = tuple(role for role in sorted(set(roles)) if access.take(work, by, user_id, role))
        return self._told(work, by, account, RoleChange((), taken))

    def _whose(self, work: Work, by: Actor, user_id: str) -> Account:
        self.hands.may(work, by, "users.manage")
        account = self.hands.desk.identity.directory.account(work, user_id)
        if account is None:
            raise UserMissing
        if account.status == "DELETED":
            raise AccountInactive
        return account

    def _told(self, work: Work, by: Actor, account: Account, change: RoleChange) -> RoleChange:
        if change:
            desk = self.hands.desk
            desk.revoke(work, "roles_changed", account.id, by=by)
            desk.write(work, "roles_changed", account, roles=", ".join(desk.access.roles_of(work, account.id)) or "-")
        return change
