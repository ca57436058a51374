"""What somebody may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from daemun.core.actor import Actor
from daemun.core.errors import Unsuitable
from daemun.features.access import store
from daemun.features.access.events import ROLE_GRANTED
from daemun.features.access.roles import BY_NAME, resolve
from daemun.ports.database import Hot, Work


class UnknownRole(Unsuitable):
    code = "unknown_role"


@dataclass(frozen=True, slots=True)
class Access:
    permissions: Mapping[str, frozenset[str]]
    """Of each role. Built once, when every feature has declared its own."""
    _sets: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, catalogue: Mapping[str, tuple[str, ...]]) -> Access:
        """From permission name to the roles that features declare for it."""
        return cls(
            {role: resolve(role, catalogue, [name for name, roles in catalogue.items() if role in roles]) for role in BY_NAME},
        )

    ROLES: ClassVar[Hot] = store.ROLES_OF
    """Asks for `user_id`; `roles_in` reads the answer. On every request: a role that was taken bites at the next one, in every process."""

    def roles_in(self, found: tuple[Any, ...] | None) -> tuple[str, ...]:
        return store.roles_in(found)

    def permissions_for(self, roles: tuple[str, ...]) -> frozenset[str]:
        found = self._sets.get(roles)
        if found is None:
            found = self._sets[roles] = frozenset().union(*(self.permissions.get(role, frozenset()) for role in roles))
        return found

    def grant(self, work: Work, actor: Actor, user_id: str, role: str) -> None:
        """Gives a role, once; who had it keeps it."""
        if role not in self.permissions:
            raise UnknownRole(role=role)
        if store.give(work, user_id, role, str(actor)):
            work.publish(ROLE_GRANTED.by(actor, work.now, resource_id=user_id, target=user_id, role=role))
