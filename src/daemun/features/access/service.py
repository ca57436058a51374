"""What somebody may do, and who may change that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Literal, NoReturn

from daemun.core.actor import SYSTEM, Actor
from daemun.core.errors import Refusal
from daemun.features.access import store
from daemun.features.access.errors import LastMaster, MasterOnly, NotYoursToGive, Outranked, OwnRoles, UnknownRole
from daemun.features.access.events import ROLE_GRANTED, ROLE_REFUSED, ROLE_REVOKED
from daemun.features.access.models import RoleChange
from daemun.features.access.roles import BUILT_IN, EVERYDAY, MASTER, Rights, resolve
from daemun.plugin import Permission
from daemun.ports.database import Hot, Ids, Transaction, Work

Alive = Callable[[Transaction, Sequence[str]], int]
"""How many of these users are NORMAL."""
Act = Literal["grant", "take", "create", "update", "delete"]
DECIDING: Final = "access"
"""Whoever decides on roles holds this until the commit: what was decided on is still so when it is written."""
REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Access:
    catalogue: Mapping[str, Permission]
    """Every permission there is. Built once, when every feature has declared its own."""
    built_in: Mapping[str, Rights]
    everyday: frozenset[str]
    alive: Alive
    _resolved: dict[tuple[Any, ...], Rights] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, permissions: Iterable[Permission], *, alive: Alive) -> Access:
        catalogue = {each.name: each for each in permissions}
        built_in = {}
        for role in BUILT_IN:
            grants = {*role.grants, *(each.name for each in catalogue.values() if role.name in each.roles)}
            built_in[role.name] = Rights((role.name,), frozenset(grants), resolve(grants, catalogue))
        everyday = frozenset().union(*(built_in[role].grants for role in EVERYDAY))
        return cls(catalogue, built_in, everyday, alive)

    # At the gate

    ROLES: ClassVar[Hot] = store.ROLES_OF
    """Asks for `user_id`; `rights_in` reads the answer. On every request: a role that was taken, given or rewritten counts at the next one,
    in every process."""

    def rights_in(self, found: tuple[Any, ...] | None) -> Rights:
        """Remembered by what the row says, so it cannot be out of date."""
        rights = self._resolved.get(found or ())
        if rights is None:
            rights = self.rights(*store.told(found))
            if len(self._resolved) >= REMEMBERED:
                self._resolved.clear()
            self._resolved[found or ()] = rights
        return rights

    def rights(self, roles: tuple[str, ...], custom: Iterable[str] = ()) -> Rights:
        """Of these roles together; `custom`: what those among them grant that are not built in."""
        known = [self.built_in[role] for role in roles if role in self.built_in]
        grants = frozenset(custom).union(*(each.grants for each in known))
        return Rights(roles, grants, resolve(grants, self.catalogue))

    # Looking

    def rights_of(self, tx: Transaction, user_id: str) -> Rights:
        return self.rights_in(tx.hot(self.ROLES, user_id=user_id))

    def roles_of(self, tx: Transaction, user_id: str) -> tuple[str, ...]:
        return self.rights_of(tx, user_id).roles

    def role(self, tx: Transaction, name: str) -> Rights | None:
        """What a role gives now; None when there is none of that name."""
        if name in self.built_in:
            return self.built_in[name]
        custom = store.current(tx, name)
        return self.rights((name,), custom.grants) if custom else None

    def in_role(self, tx: Transaction, role: str, *, after: str = "", limit: int = 50) -> tuple[str, ...]:
        """Ids of those who have it, in order, from the one that follows `after`."""
        return store.everybody_in(tx, role, after=after, limit=limit)

    def having(self, role: str) -> Ids:
        """The same, to be asked within another question."""
        return store.having(role)

    def roles_of_all(self, tx: Transaction, user_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Of a page of people at once; who has none is missing."""
        return store.roles_of_all(tx, user_ids)

    def masters(self, tx: Transaction) -> tuple[str, ...]:
        return store.masters(tx)

    def standing(self, tx: Transaction, actor: Actor) -> Rights:
        """What an actor holds at this moment, and never more than the gate saw: a session or key may be narrower than its person."""
        if actor.kind == "system":
            return self.built_in[MASTER]
        if actor.user_id is None:
            return Rights()
        held = self.rights_of(tx, actor.user_id)
        now = held.permissions & actor.permissions
        # A key has permissions and no role: it is no master, though its owner may be one.
        return Rights((), now, now) if actor.kind == "token" else replace(held, permissions=now)

    def may_touch(self, tx: Transaction, actor: Actor, target_user_id: str) -> MasterOnly | Outranked | None:
        """Asked by everything that an administrator does to somebody. Only a master touches a master, and nobody touches those who may more
        than they, what every member may aside. It does not ask whether the actor may do the thing at all: the route declares that."""
        if actor.kind == "user" and actor.id == target_user_id:
            return None
        mine, theirs = self.standing(tx, actor), self.rights_of(tx, target_user_id)
        if theirs.is_master and not mine.is_master:
            return MasterOnly()
        return None if mine.permissions and mine.cover(theirs, but=self.everyday) else Outranked()

    def decide(self, work: Work) -> None:
        """From here to the commit nobody's roles change: who may touch whom is still so when it is done."""
        work.lock(DECIDING)

    def may_give(self, work: Work, by: Actor, roles: Iterable[str]) -> None:
        """Asked before there is anybody to give them to. Raises what `grant` would, and witnesses an attempt to climb."""
        work.lock(DECIDING)
        for role in roles:
            wanted = self.role(work, role)
            if wanted is None:
                raise UnknownRole(role=role)
            if refusal := self._refusal(work, by, "", wanted):
                self.refuse(work, by, refusal, "grant", role)

    # Changing. `by` is the visit's actor, or SYSTEM; what is refused is raised, and an attempt to climb is witnessed.

    def grant(self, work: Work, by: Actor, user_id: str, role: str) -> bool:
        """False when they had it already."""
        if by.kind != "system" or role not in self.built_in:
            work.lock(DECIDING)
        wanted = self.role(work, role)
        if wanted is None:
            raise UnknownRole(role=role)
        if refusal := OwnRoles() if user_id == by.user_id else self._refusal(work, by, user_id, wanted):
            self.refuse(work, by, refusal, "grant", role, user_id)
        given = store.give(work, user_id, role, str(by))
        if given:
            work.publish(ROLE_GRANTED.by(by, work.now, resource_id=user_id, target=user_id, role=role))
        return given

    def welcome(self, work: Work, user_ids: Sequence[str], role: str) -> None:
        """To people who have just come, what the house gives everybody who joins. No news of its own: their coming is."""
        store.give_many(work, user_ids, role, str(SYSTEM))

    def take(self, work: Work, by: Actor, user_id: str, role: str) -> bool:
        """False when they did not have it."""
        work.lock(DECIDING)
        held = self.role(work, role)
        if held is None:
            raise UnknownRole(role=role)
        if refusal := self._refusal(work, by, user_id, held):
            self.refuse(work, by, refusal, "take", role, user_id)
        if role == MASTER and (last := self.keep_a_master(work, user_id)):
            raise last
        taken = store.take(work, user_id, role)
        if taken:
            self.revoked(work, by, user_id, role)
        return taken

    def set_roles(self, work: Work, by: Actor, user_id: str, roles: Iterable[str]) -> RoleChange:
        """Exactly these: all of it, or nothing."""
        work.lock(DECIDING)
        wanted, had = set(roles), set(self.roles_of(work, user_id))
        given = tuple(role for role in sorted(wanted - had) if self.grant(work, by, user_id, role))
        taken = tuple(role for role in sorted(had - wanted) if self.take(work, by, user_id, role))
        return RoleChange(given, taken)

    def keep_a_master(self, work: Work, user_id: str) -> LastMaster | None:
        """Asked in the same work before anything that ends a master: taking the role, banning, deleting, putting to sleep."""
        work.lock(DECIDING)
        masters = self.masters(work)
        others = [each for each in masters if each != user_id]
        return LastMaster() if user_id in masters and not (others and self.alive(work, others)) else None

    def about(self, tx: Transaction, user_id: str) -> Mapping[str, Any]:
        """Everything a person may read of their roles."""
        return {"roles": store.about(tx, user_id)}

    def forget(self, work: Work, user_id: str) -> int:
        """For somebody who is erased; how many roles they had."""
        return store.take_all(work, user_id)

    # For those that change roles themselves

    def refuse(self, work: Work, by: Actor, refusal: Refusal, act: Act, role: str, user_id: str | None = None) -> NoReturn:
        work.witness(ROLE_REFUSED.by(by, work.now, resource_id=role, target=user_id, act=act, reason=refusal.code))
        raise refusal

    def revoked(self, work: Work, by: Actor, user_id: str, role: str) -> None:
        work.publish(ROLE_REVOKED.by(by, work.now, resource_id=user_id, target=user_id, role=role))

    def _refusal(self, work: Work, by: Actor, user_id: str, role: Rights) -> Refusal | None:
        if by.kind == "system":
            return None
        mine = self.standing(work, by)
        if role.is_master and not mine.is_master:
            return MasterOnly()
        return self.may_touch(work, by, user_id) or (None if mine.cover(role) else NotYoursToGive(role=role.roles[0]))
