"""Roles and permissions as JSON. Giving a role to somebody is the business of whoever looks after accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from daemun.core.errors import Missing
from daemun.features.access.bodies import (
    DeletedAnswer,
    NewRoleBody,
    PermissionAnswer,
    PermissionsAnswer,
    RoleAnswer,
    RoleBody,
    RolesAnswer,
    VersionAnswer,
    VersionsAnswer,
)
from daemun.features.access.errors import BuiltInRole, MasterOnly, NotYoursToGive, Outranked, RoleExists, RoleInUse, UnknownPermission
from daemun.features.access.models import Draft, RoleView
from daemun.features.access.policy import RolePolicy
from daemun.features.access.roles import NAME
from daemun.plugin import Actor, APIRouter, CurrentVisit, Work, refuses, requires
from daemun.web.requires import FRESH

READ, MANAGE = "roles.read", "roles.manage"
AGAIN = requires(MANAGE, max_age=FRESH)
Name = Annotated[str, Path(pattern=NAME)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Force = Annotated[bool, Query(description="가진 사람이 있어도 거두고 지움 · Take it from those who have it")]


def router(policy: RolePolicy) -> APIRouter:
    routes = APIRouter(prefix="/api/v1", tags=["roles"])

    def create(work: Work, by: Actor, draft: Draft) -> RoleView:
        return policy.view(work, policy.create(work, by, draft))

    def change(work: Work, by: Actor, draft: Draft) -> RoleView:
        return policy.view(work, policy.change(work, by, draft))

    def restore(work: Work, by: Actor, name: str, number: int) -> RoleView:
        return policy.view(work, policy.restore_version(work, by, name, number))

    @routes.get("/permissions", dependencies=[requires(READ, keys="too")], summary="권한 목록 · Permissions")
    async def permissions() -> PermissionsAnswer:
        built_in = policy.access.built_in.values()
        return PermissionsAnswer(
            permissions=[
                PermissionAnswer.of(each, [role.roles[0] for role in built_in if each.name in role.permissions])
                for _, each in sorted(policy.access.catalogue.items())
            ]
        )

    @routes.get("/roles", dependencies=[requires(READ, keys="too")], summary="역할 목록 · Roles")
    async def listing(visit: CurrentVisit) -> RolesAnswer:
        return RolesAnswer(roles=[RoleAnswer.of(each) for each in await visit.read(policy.listing)])

    @routes.post(
        "/roles",
        status_code=201,
        dependencies=[AGAIN],
        summary="역할 만들기 · Create a role",
        responses=refuses(RoleExists, UnknownPermission, NotYoursToGive),
    )
    async def created(visit: CurrentVisit, body: NewRoleBody) -> RoleAnswer:
        return RoleAnswer.of(await visit.work(create, visit.actor, body.draft(body.name)))

    @routes.put(
        "/roles/{name}",
        dependencies=[AGAIN],
        summary="역할 바꾸기 · Change a role",
        responses=refuses(BuiltInRole, Missing, UnknownPermission, NotYoursToGive, MasterOnly, Outranked),
    )
    async def changed(visit: CurrentVisit, name: Name, body: RoleBody) -> RoleAnswer:
        return RoleAnswer.of(await visit.work(change, visit.actor, body.draft(name)))

    @routes.delete(
        "/roles/{name}",
        dependencies=[AGAIN],
        summary="역할 지우기 · Delete a role",
        responses=refuses(BuiltInRole, Missing, RoleInUse, NotYoursToGive, MasterOnly, Outranked),
    )
    async def deleted(visit: CurrentVisit, name: Name, force: Force = False) -> DeletedAnswer:
        return DeletedAnswer(name=name, people=await visit.work(policy.delete, visit.actor, name, force=force))

    @routes.get(
        "/roles/{name}/versions",
        dependencies=[requires(READ, keys="too")],
        summary="역할의 지난 모습 · Versions of a role",
        responses=refuses(BuiltInRole, Missing),
    )
    async def versions(visit: CurrentVisit, name: Name) -> VersionsAnswer:
        return VersionsAnswer(name=name, versions=[VersionAnswer.of(each) for each in await visit.read(policy.versions, name)])

    @routes.post(
        "/roles/{name}/versions/{number}/restore",
        dependencies=[AGAIN],
        summary="지난 모습으로 되돌리기 · Restore a version",
        responses=refuses(BuiltInRole, Missing, UnknownPermission, NotYoursToGive, MasterOnly, Outranked),
    )
    async def restored(visit: CurrentVisit, name: Name, number: Number) -> RoleAnswer:
        return RoleAnswer.of(await visit.work(restore, visit.actor, name, number))

    return routes
