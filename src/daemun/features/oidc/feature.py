"""What the counter hands over."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from daemun.features.oidc.counter import Counter
from daemun.features.oidc.events import EVENTS
from daemun.features.oidc.routes import router
from daemun.plugin import Feature, Permission

HERE: Final = Path(__file__).parent
OPERATING: Final = ("service_admin", "security_admin")
PERMISSIONS: Final = (
    Permission("tokens.introspect", "남의 토큰이 살아 있는지 묻기", "Ask whether others' tokens are alive", roles=OPERATING),
    Permission("tokens.revoke", "가진 토큰을 폐기하기", "Revoke tokens that one holds", roles=OPERATING),
)


def feature(counter: Counter) -> Feature:
    return Feature(
        "oidc",
        routers=(router(counter),),
        permissions=PERMISSIONS,
        events=EVENTS,
        locale=HERE / "locale",
        sensitive=("/oauth",),
        letters=HERE / "letters",
    )
