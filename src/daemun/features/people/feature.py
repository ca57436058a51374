"""What people hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.people import administration, me, own, recovery
from daemun.features.people.chores import chores_of
from daemun.features.people.desk import Desk
from daemun.features.people.events import ADMINISTRATION, RECOVERY_ASKED
from daemun.features.people.importing import about
from daemun.plugin import Feature

HERE = Path(__file__).parent
SENSITIVE = (
    "/api/v1/users",
    "/api/v1/invitations",
    "/api/v1/sessions",
    "/api/v1/api-keys",
    "/auth/setup",
    "/setup",
    "/me/api-keys",
    "/me/password",
    "/me/email",
    "/me/delete",
    "/account/keys",
    "/account/password",
    "/account/email",
    "/account/delete",
)


def feature(desk: Desk) -> Feature:
    return Feature(
        "people",
        routers=(me.router(), *own.routers(desk), *recovery.routers(desk), *administration.routers(desk)),
        permissions=administration.PERMISSIONS,
        events=(RECOVERY_ASKED, *ADMINISTRATION, *own.EVENTS),
        locale=HERE / "locale",
        sensitive=SENSITIVE,
        migrations=HERE / "migrations",
        letters=HERE / "letters",
        templates=HERE / "templates",
        chores=chores_of(desk),
        about=about,
    )
