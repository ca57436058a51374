"""What access hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.access.events import EVENTS
from daemun.features.access.policy import RolePolicy
from daemun.features.access.routes import router
from daemun.features.access.service import Access
from daemun.plugin import Feature, Permission

HERE = Path(__file__).parent
PERMISSIONS = (
    Permission("roles.read", "역할 보기", "See roles"),
    Permission("roles.manage", "역할 만들기·주기·거두기", "Write, grant and take roles"),
    Permission("security.read", "보안 기록 보기", "Read the security log", roles=("security_admin", "auditor", "admin")),
)


def feature(access: Access) -> Feature:
    return Feature(
        "access",
        routers=(router(RolePolicy(access)),),
        permissions=PERMISSIONS,
        events=EVENTS,
        locale=HERE / "locale",
        sensitive=("/api/v1/roles", "/api/v1/permissions"),
        migrations=HERE / "migrations",
        about=access.about,
    )
