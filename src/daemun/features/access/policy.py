"""Roles of one's own: a policy, so every version stays, every change is recorded, and each can be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from daemun.core.actor import Actor
from daemun.core.errors import Missing
from daemun.core.event import Event
from daemun.features.access import store
from daemun.features.access.errors import BuiltInRole, NotYoursToGive, RoleExists, RoleInUse, UnknownPermission
from daemun.features.access.events import ROLE_CREATED, ROLE_DELETED, ROLE_UPDATED
from daemun.features.access.models import Draft, RoleVersion, RoleView
from daemun.features.access.roles import BUILT_IN, normalised, unknown
from daemun.features.access.service import DECIDING, Access, Act
from daemun.ports.database import Transaction, Work


@dataclass(frozen=True, slots=True)
class RolePolicy:
    access: Access

    # Looking

    def listing(self, tx: Transaction) -> Sequence[RoleView]:
        """The built-in ones first."""
        people = store.people(tx)
        built_in = [
            self._view(each.name, each.ko, each.en, each.number, None, self.access.built_in[each.name].grants, people.get(each.name, 0))
            for each in BUILT_IN
        ]
        custom = [
            self._view(each.name, each.ko, each.en, None, each.version, each.grants, people.get(each.name, 0))
            for each in store.all_current(tx)
        ]
        return [*built_in, *custom]

    def view(self, tx: Transaction, role: RoleVersion) -> RoleView:
        return self._view(role.name, role.ko, role.en, None, role.version, role.grants, store.people(tx).get(role.name, 0))

    def versions(self, tx: Transaction, name: str) -> Sequence[RoleVersion]:
        """Newest first, of a deleted role too. Raises `BuiltInRole` or `Missing`."""
        self._own(name)
        found = store.versions(tx, name)
        if not found:
            raise Missing
        return found

    # Changing. What is refused is raised; an attempt to climb is witnessed.

    def create(self, work: Work, by: Actor, draft: Draft) -> RoleVersion:
        """A name that was deleted comes back with its history, and without its people."""
        work.lock(DECIDING)
        if draft.name in self.access.built_in or store.current(work, draft.name):
            raise RoleExists(name=draft.name)
        return self._write(work, by, "create", draft, None)

    def change(self, work: Work, by: Actor, draft: Draft) -> RoleVersion:
        """What changes nothing makes no version. What it no longer gives is taken from everybody who has it."""
        return self._write(work, by, "update", draft, self._held(work, draft.name))

    def restore_version(self, work: Work, by: Actor, name: str, number: int) -> RoleVersion:
        """As it was written then, under a new number; a deleted role is there again, without its people."""
        work.lock(DECIDING)
        self._own(name)
        old, now = store.version(work, name, number), store.current(work, name)
        if old is None:
            raise Missing
        return self._write(work, by, "update" if now else "create", Draft(name, old.ko, old.en, old.grants), now)

    def delete(self, work: Work, by: Actor, name: str, *, force: bool) -> int:
        """Takes it from everybody who has it; how many. Without `force` it is refused when there is somebody."""
        role = self._held(work, name)
        self._may(work, by, "delete", name, role.grants)
        people = store.everybody_in(work, name)
        if people and not force:
            raise RoleInUse(people=len(people))
        self._reaches(work, by, "delete", name, people)
        store.take_from_all(work, name)
        for user_id in people:
            self.access.revoked(work, by, user_id, name)
        gone = replace(role, version=store.newest(work, name) + 1, created_at=work.now, by=str(by), retired=True)
        store.write(work, gone)
        work.publish(
            ROLE_DELETED.by(by, work.now, resource_id=name, version=gone.version, removed=" ".join(role.grants), people=len(people))
        )
        return len(people)

    def _write(self, work: Work, by: Actor, act: Act, draft: Draft, now: RoleVersion | None) -> RoleVersion:
        grants = normalised(draft.grants)
        if strange := unknown(grants, self.access.catalogue):
            raise UnknownPermission(names=", ".join(strange))
        self._may(work, by, act, draft.name, {*grants, *(now.grants if now else ())})
        if now and (now.ko, now.en, now.grants) == (draft.ko, draft.en, grants):
            return now
        if now and not set(now.grants) <= set(grants):
            self._reaches(work, by, act, draft.name, store.everybody_in(work, draft.name))
        number = store.newest(work, draft.name) + 1
        new = RoleVersion(draft.name, number, draft.ko, draft.en, grants, work.now, str(by), retired=False)
        store.write(work, new)
        work.publish(_difference(by, new, now))
        return new

    def _may(self, work: Work, by: Actor, act: Act, name: str, grants: Collection[str]) -> None:
        """Whoever writes a role holds all that it gives, before and after: what one lacks, one neither hands out nor takes away."""
        if not self.access.standing(work, by).cover(self.access.rights((name,), grants)):
            self.access.refuse(work, by, NotYoursToGive(role=name), act, name)

    def _reaches(self, work: Work, by: Actor, act: Act, name: str, people: Iterable[str]) -> None:
        """What is taken from all who have a role is taken from nobody whom `take` would not take it from."""
        for user_id in people if by.kind != "system" else ():
            if refusal := self.access.may_touch(work, by, user_id):
                self.access.refuse(work, by, refusal, act, name, user_id)

    def _held(self, work: Work, name: str) -> RoleVersion:
        work.lock(DECIDING)
        self._own(name)
        role = store.current(work, name)
        if role is None:
            raise Missing
        return role

    def _own(self, name: str) -> None:
        if name in self.access.built_in:
            raise BuiltInRole(name=name)

    def _view(self, name: str, ko: str, en: str, number: int | None, version: int | None, grants: Collection[str], people: int) -> RoleView:
        permissions = self.access.rights((name,), grants if version else ()).permissions
        return RoleView(name, ko, en, number, version, tuple(sorted(grants)), tuple(sorted(permissions)), people)


def _difference(by: Actor, new: RoleVersion, old: RoleVersion | None) -> Event:
    if old is None:
        return ROLE_CREATED.by(by, new.created_at, resource_id=new.name, version=new.version, added=" ".join(new.grants))
    return ROLE_UPDATED.by(
        by,
        new.created_at,
        resource_id=new.name,
        version=new.version,
        added=" ".join(sorted(set(new.grants) - set(old.grants))),
        removed=" ".join(sorted(set(old.grants) - set(new.grants))),
        renamed=(new.ko, new.en) != (old.ko, old.en),
    )
