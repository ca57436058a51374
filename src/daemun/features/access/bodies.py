"""What the API of roles reads and says."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from daemun.core.canonical import PERMISSION_ALIASES
from daemun.features.access.models import Draft, RoleVersion, RoleView
from daemun.features.access.roles import NAME
from daemun.plugin import Body, Line, Permission

Title = Annotated[Line, Field(min_length=1, max_length=100)]
Pattern = Annotated[Line, Field(min_length=1, max_length=100)]


class RoleBody(Body):
    ko: Title
    en: Title
    permissions: list[Pattern] = Field(min_length=1, max_length=200)

    def draft(self, name: str) -> Draft:
        return Draft(name, self.ko, self.en, tuple(self.permissions))


class NewRoleBody(RoleBody):
    name: str = Field(pattern=NAME)


class RoleAnswer(Body):
    """`grants` as they are written, `permissions` as they resolve today; `number` is HALO's."""

    name: str
    ko: str
    en: str
    number: int | None
    built_in: bool
    version: int | None
    grants: list[str]
    permissions: list[str]
    people: int

    @classmethod
    def of(cls, role: RoleView) -> RoleAnswer:
        return cls(
            name=role.name,
            ko=role.ko,
            en=role.en,
            number=role.number,
            built_in=role.version is None,
            version=role.version,
            grants=list(role.grants),
            permissions=list(role.permissions),
            people=role.people,
        )


class RolesAnswer(Body):
    roles: list[RoleAnswer]


class VersionAnswer(Body):
    version: int
    ko: str
    en: str
    grants: list[str]
    created_at: str
    by: str
    retired: bool

    @classmethod
    def of(cls, role: RoleVersion) -> VersionAnswer:
        at = role.created_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        return cls(version=role.version, ko=role.ko, en=role.en, grants=list(role.grants), created_at=at, by=role.by, retired=role.retired)


class VersionsAnswer(Body):
    name: str
    versions: list[VersionAnswer]


class DeletedAnswer(Body):
    """From how many people it was taken."""

    name: str
    people: int


class PermissionAnswer(Body):
    """`aliases`: other names it goes by. `roles`: built-in ones that hold it."""

    name: str
    ko: str
    en: str
    aliases: list[str]
    roles: list[str]

    @classmethod
    def of(cls, permission: Permission, roles: list[str]) -> PermissionAnswer:
        aliases = [alias for alias, name in PERMISSION_ALIASES.items() if name == permission.name]
        return cls(name=permission.name, ko=permission.ko, en=permission.en, aliases=aliases, roles=roles)


class PermissionsAnswer(Body):
    permissions: list[PermissionAnswer]
