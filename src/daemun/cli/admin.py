"""`daemun admin`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, settings_from, tell
from daemun.core.actor import SYSTEM
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer, User

app = typer.Typer(no_args_is_help=True, help="관리자 만들기, 잠긴 계정 풀기 · Make administrators, open locked accounts")


@app.command()
def create(
    handle: Annotated[str, typer.Option("--handle", prompt="아이디 · user id", help="아이디 · The user id")],
    email: Annotated[str, typer.Option("--email", prompt="이메일 · e-mail", help="이메일 · The e-mail address")],
    name: Annotated[str, typer.Option("--name", prompt="이름 · name", help="이름 · The name")],
    role: Annotated[str, typer.Option(help="역할 · The role")] = "master",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="비밀번호를 표준 입력에서 읽음 · Read the password from standard input")
    ] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """관리자를 만듭니다 · Make an administrator.

    비밀번호는 인자로 받지 않습니다: 다른 사용자가 프로세스 목록에서 볼 수 있기 때문입니다.
    The password is never an argument: others could read it in the process list.

        daemun admin create --handle gatekeeper --email me@example.com --name 문지기
    """
    newcomer = Newcomer(handle, email, name, _password(from_stdin=password_stdin))

    async def make(house: House) -> User:
        return await house.make_admin(house.visit("admin create"), newcomer, role=role)

    user = within(settings_from(data, database_url), make, existing=False)
    tell(
        {"id": user.id, "user_id": user.handle, "email": user.email, "name": user.name, "role": role},
        as_json=as_json,
        ko=f"{user.handle} 님이 {role} 역할로 만들어졌습니다.",
        en=f"{user.handle} is now {role}.",
    )


@app.command()
def unlock(
    login: Annotated[str, typer.Argument(help="아이디 또는 이메일 · User id or e-mail")],
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """로그인 실패로 잠긴 계정을 풉니다 · Open an account locked by failed logins."""

    async def story(house: House) -> User | None:
        visit = house.visit("admin unlock")
        user = await visit.read(house.identity.find, login)
        if user is not None:
            await house.identity.unlock(visit, user, by=SYSTEM)
        return user

    user = within(settings_from(data, database_url), story)
    if user is None:
        fail(f"그런 계정이 없습니다: {login}", f"There is no such account: {login}")
    tell(
        {"id": user.id, "user_id": user.handle}, as_json=as_json, ko=f"{user.handle} 계정이 열렸습니다.", en=f"{user.handle} is open again."
    )


def _password(*, from_stdin: bool) -> Secret:
    if from_stdin:
        told = sys.stdin.readline().rstrip("\r\n")
        if not told:
            fail("표준 입력에 비밀번호가 없습니다.", "There is no password on standard input.", Exit.USAGE)
        return Secret(told)
    return Secret(typer.prompt("비밀번호 · password", hide_input=True, confirmation_prompt="다시 한 번 · once more"))
