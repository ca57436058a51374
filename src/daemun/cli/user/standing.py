"""`daemun user ban`, `lift`, `delete`, `restore`, `erase`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, settings_from, tell
from daemun.cli.user.whom import BY, Login, Reason, Yes, agreed, end_of, retyped, visit, whom
from daemun.features.identity import Account, Moved
from daemun.features.people import AdminMove, Hands, MoveSomebody

Ask = Callable[[Account], None]


def ban(
    login: Login,
    reason: Reason,
    until: Annotated[
        str | None, typer.Option(help="언제까지: 7d, 12h, 2026-12-01 · Until when", show_default="풀 때까지 · until it is lifted")
    ] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """정지하기 · Suspend somebody.

    \b
    세션이 모두 끝나고, 본인에게 편지가 갑니다.
    All sessions end, and a letter tells them.

    \b
    daemun user ban ann_2026 --reason "광고 글" --until 7d
    """
    moved = _moved("ban", login, data, database_url, reason=reason, until=until)
    end = f"{moved.account.status_until:%Y-%m-%d %H:%M} UTC" if moved.account.status_until else None
    _tell(
        moved,
        as_json=as_json,
        ko=f"정지했습니다{f'({end}까지)' if end else ''}.",
        en=f"is suspended{f' until {end}' if end else ''}.",
    )


def lift(login: Login, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """정지 풀기 · Lift a suspension.

    \b
    daemun user lift ann_2026
    """
    _tell(_moved("lift", login, data, database_url), as_json=as_json, ko="정지를 풀었습니다.", en="is no longer suspended.")


def delete(
    login: Login,
    reason: Reason,
    yes: Yes = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """탈퇴시키기 · Delete an account.

    \b
    정해 둔 기간(기본 30일) 동안은 되살릴 수 있고, 그 뒤에 지워집니다.
    For some time (30 days unless set otherwise) it can be restored; then it is erased.

    \b
    daemun user delete ann_2026 --reason "본인 요청"
    daemun user delete ann_2026 --reason "요청 1234" --yes
    """

    def ask(account: Account) -> None:
        agreed(account, ko="이 계정을 탈퇴시킬까요?", en="Delete this account?")

    moved = _moved("delete", login, data, database_url, reason=reason, ask=None if yes else ask)
    _tell(moved, as_json=as_json, ko="탈퇴시켰습니다.", en="is deleted.")


def restore(login: Login, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """탈퇴한 계정 되살리기 · Restore a deleted account.

    \b
    daemun user restore ann_2026
    """
    _tell(_moved("restore", login, data, database_url), as_json=as_json, ko="되살렸습니다.", en="is restored.")


def erase(
    login: Login,
    yes: Yes = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """탈퇴한 계정을 지금 지우기, 되돌릴 수 없음 · Erase a deleted account for ever.

    \b
    먼저 delete를 하십시오. 법적 보존 중이면 지워지지 않습니다.
    Delete it first. An account under legal hold is not erased.

    \b
    daemun user delete ann_2026 --reason "본인 요청"
    daemun user erase ann_2026
    """

    def ask(account: Account) -> None:
        retyped(
            account,
            ko="모두 지워지고 되돌릴 수 없습니다. 아이디를 그대로 입력해 주십시오",
            en="All of it goes and nothing brings it back. Type the handle",
        )

    moved = _moved("erase", login, data, database_url, ask=None if yes else ask)
    _tell(moved, as_json=as_json, ko="지웠습니다.", en="is erased.")


def _moved(
    name: AdminMove,
    login: str,
    data: DataOption,
    database_url: DatabaseOption,
    *,
    reason: str = "",
    until: str | None = None,
    ask: Ask | None = None,
) -> Moved:
    async def story(house: House) -> Moved:
        end = end_of(until, house.clock.now())
        account = await whom(house, login)
        if ask:
            ask(account)
        return await visit(house, name).work(MoveSomebody(Hands(house.desk)), BY, account.id, name, reason, end)

    return within(settings_from(data, database_url), story)


def _tell(moved: Moved, *, as_json: bool, ko: str, en: str) -> None:
    account, end = moved.account, moved.account.status_until
    answer = {"id": account.id, "handle": account.handle, "status": moved.move.to, "until": end.isoformat() if end else None}
    tell(answer, as_json=as_json, ko=f"{account.handle}: {ko}", en=f"{account.handle} {en}")
