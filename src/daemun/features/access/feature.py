"""What access hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.access.events import ROLE_GRANTED
from daemun.plugin import Feature, Permission

HERE = Path(__file__).parent


def feature() -> Feature:
    return Feature(
        "access",
        permissions=(
            Permission("roles.read", "역할 보기", "See roles"),
            Permission("roles.manage", "역할 주기·거두기", "Grant and take roles"),
            Permission("security.read", "보안 기록 보기", "Read the security log", roles=("security_admin", "auditor", "admin")),
        ),
        events=(ROLE_GRANTED,),
        locale=HERE / "locale",
        migrations=HERE / "migrations",
    )
