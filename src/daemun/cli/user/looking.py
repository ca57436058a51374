"""`daemun user list`, `show`, `history`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, language, settings_from, tell
from daemun.cli.table import facts, moment, table
from daemun.cli.user.whom import Login, told, visit, whom
from daemun.core.circumstance import Language
from daemun.features.identity import LoginEntry, Sought, Status
from daemun.features.people import LoginAnswer, LookUp, PageOfPeople, Person, SessionAnswer, UsersAnswer
from daemun.features.sessions import OpenSession

PEOPLE: dict[Language, tuple[str, ...]] = {
    "ko": ("아이디", "이름", "상태", "이메일", "역할", "마지막 로그인(UTC)"),
    "en": ("handle", "name", "status", "e-mail", "roles", "last login (UTC)"),
}
LOGINS: dict[Language, tuple[str, ...]] = {
    "ko": ("때(UTC)", "결과", "주소", "기기"),
    "en": ("when (UTC)", "result", "address", "agent"),
}
SESSIONS: dict[Language, tuple[str, ...]] = {
    "ko": ("세션", "종류", "기기", "주소", "시작(UTC)", "마지막 쓰임(UTC)"),
    "en": ("session", "kind", "device", "address", "began (UTC)", "last used (UTC)"),
}
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="몇 줄까지 · How many at most")]


def list_(
    q: Annotated[str, typer.Option("--q", help="아이디·이메일·이름의 앞부분, 또는 회원 번호 · What they begin with, or a number")] = "",
    status: Annotated[Status | None, typer.Option(help="이 상태만 · Only of this status")] = None,
    role: Annotated[str | None, typer.Option(help="이 역할만 · Only of this role")] = None,
    limit: Limit = 50,
    after: Annotated[str | None, typer.Option(help="앞 쪽이 끝에서 알려 준 값 · What the page before has told at its end")] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """회원 찾기, 새로 온 사람부터 · Find people, the newest first.

    \b
    daemun user list --q ann --status BANNED
    daemun user list --role master --json
    """

    async def story(house: House) -> PageOfPeople:
        return await visit(house, "list").read(LookUp(house.desk).page, Sought(q, status, after=after, limit=limit), role)

    page = within(settings_from(data, database_url), story)
    rows = [
        (each.handle, each.name, each.status, each.email, " ".join(page.roles.get(each.id, ())), moment(each.last_login_at))
        for each in page.accounts
    ]
    more = {"ko": f"\n이어서: --after {page.next}", "en": f"\nGo on with: --after {page.next}"} if page.next else {"ko": "", "en": ""}
    answer = UsersAnswer.of(page).model_dump(mode="json")
    tell(answer, as_json=as_json, ko=table(PEOPLE["ko"], rows) + more["ko"], en=table(PEOPLE["en"], rows) + more["en"])


def show(login: Login, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """한 사람의 계정·역할·세션·로그인 보기 · Show everything about one account.

    \b
    daemun user show ann_2026
    """

    async def story(house: House) -> tuple[Person, Sequence[OpenSession], Sequence[LoginEntry]]:
        user_id, seeing = (await whom(house, login)).id, visit(house, "show")
        person = await seeing.read(LookUp(house.desk).person, user_id)
        sessions = await seeing.read(house.sessions.sessions_of, user_id)
        return person, sessions, await seeing.read(house.identity.directory.history, user_id, limit=5)

    person, sessions, logins = within(settings_from(data, database_url), story)
    answer: dict[str, Any] = told(person) | {
        "open_sessions": [SessionAnswer.of(each).model_dump(mode="json") for each in sessions],
        "logins": [LoginAnswer.of(each).model_dump(mode="json") for each in logins],
    }
    parts = [facts(_known(person)), *([sessions_table(sessions)] if sessions else []), *([logins_table(logins)] if logins else [])]
    tell(answer, as_json=as_json, ko="\n\n".join(parts), en="\n\n".join(parts))


def history(
    login: Login,
    limit: Limit = 50,
    after: Annotated[str | None, typer.Option(help="이 줄의 id 뒤부터 · From what follows this id")] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """로그인 기록 보기, 새것부터 · Show when somebody came in, or tried.

    \b
    daemun user history ann_2026 --limit 10
    """

    async def story(house: House) -> Sequence[LoginEntry]:
        return await visit(house, "history").read(house.identity.directory.history, (await whom(house, login)).id, after, limit)

    logins = within(settings_from(data, database_url), story)
    answer = {"logins": [LoginAnswer.of(each).model_dump(mode="json") for each in logins]}
    tell(
        answer | {"next": logins[-1].id if len(logins) == limit else None},
        as_json=as_json,
        ko=logins_table(logins),
        en=logins_table(logins),
    )


def logins_table(logins: Sequence[LoginEntry]) -> str:
    return table(LOGINS[language()], [(moment(each.at), each.reason or "ok", each.address, each.agent) for each in logins])


def sessions_table(sessions: Sequence[OpenSession]) -> str:
    rows = [
        (each.id, each.kind, each.name or each.device or "-", each.address, moment(each.started_at), moment(each.used_at))
        for each in sessions
    ]
    return table(SESSIONS[language()], rows)


def _known(person: Person) -> list[tuple[str, str]]:
    account = person.account
    lines = [
        ("아이디", "handle", account.handle),
        ("회원 번호", "number", account.id),
        ("이름", "name", account.name),
        ("이메일", "e-mail", account.email),
        ("이메일 확인", "verified", "✓" if account.email_verified else "-"),
        ("상태", "status", account.status),
        ("상태의 까닭", "why", account.status_reason or ""),
        ("정지의 끝", "until", moment(account.status_until) if account.status_until else ""),
        ("누가", "by whom", account.status_by or ""),
        ("탈퇴", "left", moment(account.left_at) if account.left_at else ""),
        ("법적 보존", "legal hold", account.held or ""),
        ("역할", "roles", " ".join(person.roles)),
        ("가입", "joined", moment(account.created_at)),
        ("마지막 로그인", "last login", moment(account.last_login_at)),
        ("비밀번호 변경", "password set", moment(account.password_changed_at)),
        ("열린 세션", "open sessions", str(person.sessions)),
    ]
    korean = language() == "ko"
    return [(ko if korean else en, value) for ko, en, value in lines if value]
