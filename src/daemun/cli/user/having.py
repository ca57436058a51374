"""`daemun user sessions`, `roles`: what somebody has, and what is taken from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, settings_from, tell
from daemun.cli.user.looking import sessions_table
from daemun.cli.user.whom import BY, Login, visit, whom
from daemun.features.people import Hands, KillSessions, SessionAnswer, SetRoles
from daemun.features.sessions import OpenSession
from daemun.ports.database import Work

Roles = list[str] | None


def sessions(
    login: Login,
    end: Annotated[str | None, typer.Option("--end", help="이 세션을 끝냄 · End this session")] = None,
    end_all: Annotated[bool, typer.Option("--end-all", help="모두 끝냄 · End all of them")] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """열린 세션 보기, 끝내기 · Show somebody's sessions, or end them.

    \b
    daemun user sessions ann_2026
    daemun user sessions ann_2026 --end-all
    """
    if end and end_all:
        fail("--end와 --end-all 가운데 하나만 쓰십시오.", "Either --end or --end-all.", Exit.USAGE)

    async def story(house: House) -> tuple[int, Sequence[OpenSession]]:
        account, doing, kill = await whom(house, login), visit(house, "sessions"), KillSessions(Hands(house.desk))
        ended = 0
        if end:
            await doing.work(kill.one, BY, account.id, end.strip().upper())
            ended = 1
        if end_all:
            ended = await doing.work(kill.all_of, BY, account.id)
        return ended, await doing.read(house.sessions.sessions_of, account.id)

    ended, left = within(settings_from(data, database_url), story)
    changes = bool(end) or end_all
    shown = sessions_table(left) if left else ""
    tell(
        {"ended": ended, "sessions": [SessionAnswer.of(each).model_dump(mode="json") for each in left]},
        as_json=as_json,
        ko=f"끝낸 세션: {ended}" if changes else shown or "열린 세션이 없습니다.",
        en=f"Sessions ended: {ended}" if changes else shown or "There are no open sessions.",
    )


def roles(
    login: Login,
    add: Annotated[Roles, typer.Option("--add", help="줄 역할, 여러 번 쓸 수 있음 · Roles to give, may be repeated")] = None,
    remove: Annotated[Roles, typer.Option("--remove", help="뺄 역할, 여러 번 쓸 수 있음 · Roles to take, may be repeated")] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """역할 보기, 주기, 빼기 · Show somebody's roles, or change them.

    \b
    모두 되거나 아무것도 되지 않습니다.
    All of it is done, or nothing.

    \b
    daemun user roles ann_2026 --add operator --remove auditor
    """

    def change(work: Work, user_id: str, set_roles: SetRoles) -> None:
        if add:
            set_roles.add(work, BY, user_id, add)
        if remove:
            set_roles.remove(work, BY, user_id, remove)

    async def story(house: House) -> tuple[str, tuple[str, ...]]:
        account, doing = await whom(house, login), visit(house, "roles")
        if add or remove:
            await doing.work(change, account.id, SetRoles(Hands(house.desk)))
        return account.handle, await doing.read(house.access.roles_of, account.id)

    handle, held = within(settings_from(data, database_url), story)
    shown = " ".join(held) or "-"
    tell({"handle": handle, "roles": list(held)}, as_json=as_json, ko=f"{handle}: {shown}", en=f"{handle}: {shown}")
