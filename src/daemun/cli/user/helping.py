"""`daemun user unlock`, `recovery`, `verify`, `invite`, `hold`, `release`."""

from __future__ import annotations

from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, language, settings_from, tell
from daemun.cli.user.whom import BY, Login, Reason, visit, whom
from daemun.core.errors import Flaw, Malformed
from daemun.features.identity import Account, Link, is_email
from daemun.features.people import Guest, Hands, HelpSomebody, InvitationAnswer, Invite, LegalHold, VouchForMailbox


def unlock(login: Login, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """로그인 실패로 잠긴 계정 풀기 · Open an account locked by failed logins.

    \b
    daemun admin unlock과 같은 일을 합니다.
    The same as daemun admin unlock.

    \b
    daemun user unlock ann_2026
    """

    async def story(house: House) -> Account:
        account = await whom(house, login)
        await HelpSomebody(Hands(house.desk)).unlock(visit(house, "unlock"), account.id)
        return account

    account = within(settings_from(data, database_url), story)
    _tell(account, as_json=as_json, ko="계정이 열렸습니다.", en="is open again.")


def recovery(login: Login, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """비밀번호를 다시 정할 편지 보내기 · Send the letter to choose a new password.

    \b
    링크는 그 우편함을 읽는 사람의 것이어서 여기에 보이지 않습니다.
    The link is for whoever reads that mailbox, and is not shown here.

    \b
    daemun user recovery ann_2026
    """

    async def story(house: House) -> Account:
        account = await whom(house, login)
        await HelpSomebody(Hands(house.desk)).recover(visit(house, "recovery"), account.id)
        return account

    account = within(settings_from(data, database_url), story)
    _tell(account, as_json=as_json, ko="편지를 보냈습니다.", en="has been sent a letter.")


def verify(login: Login, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """이메일을 확인된 것으로 적기 · Mark an e-mail address as verified.

    \b
    다른 길로 본인의 주소임을 확인했을 때만 쓰십시오.
    Only when you know by other ways that the address is theirs.

    \b
    daemun user verify ann_2026
    """

    async def story(house: House) -> Account:
        account = await whom(house, login)
        return await visit(house, "verify").work(VouchForMailbox(Hands(house.desk)), BY, account.id)

    account = within(settings_from(data, database_url), story)
    _tell(account, as_json=as_json, ko=f"이메일이 확인되었습니다: {account.email}", en=f"has a verified address: {account.email}")


def hold(login: Login, reason: Reason, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """법적 보존 걸기 · Put somebody under legal hold.

    \b
    풀 때까지 아무도 이 계정을 지우지 못합니다. 본인에게 알리지 않습니다.
    Nothing erases the account until it is released. They are not told.

    \b
    daemun user hold ann_2026 --reason "압수수색 영장 2026-123"
    """

    async def story(house: House) -> Account:
        account = await whom(house, login)
        return await visit(house, "hold").work(LegalHold(Hands(house.desk)).hold, BY, account.id, reason)

    _tell(within(settings_from(data, database_url), story), as_json=as_json, ko="법적 보존을 걸었습니다.", en="is under legal hold.")


def release(
    login: Login, reason: Reason, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """법적 보존 풀기 · Release somebody from legal hold.

    \b
    daemun user release ann_2026 --reason "사건 종결"
    """

    async def story(house: House) -> Account:
        account = await whom(house, login)
        return await visit(house, "release").work(LegalHold(Hands(house.desk)).release, BY, account.id, reason)

    _tell(
        within(settings_from(data, database_url), story), as_json=as_json, ko="법적 보존을 풀었습니다.", en="is under legal hold no more."
    )


def invite(
    email: Annotated[str, typer.Argument(help="초대할 이메일 · The address to invite")],
    role: Annotated[list[str] | None, typer.Option(help="역할, 여러 번 쓸 수 있음 · Roles, may be repeated", show_default="user")] = None,
    name: Annotated[str, typer.Option(help="이름, 편지의 첫머리에 · The name, for the letter")] = "",
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """초대 편지 보내기 · Invite somebody, who chooses handle and password.

    \b
    daemun user invite ann@example.com --role operator --role auditor
    """

    async def story(house: House) -> Link:
        if not is_email(email):
            raise Malformed(Flaw("email", "email_form"))
        guest = Guest(email, name, tuple(role or ["user"]), language())
        return await visit(house, "invite").work(Invite(Hands(house.desk)).invite, BY, guest)

    link = within(settings_from(data, database_url), story)
    answer = InvitationAnswer.of(link).model_dump(mode="json")
    tell(
        answer,
        as_json=as_json,
        ko=f"{link.email} 주소로 초대 편지를 보냈습니다({link.expires_at:%Y-%m-%d}까지).",
        en=f"An invitation went to {link.email} (good until {link.expires_at:%Y-%m-%d}).",
    )


def _tell(account: Account, *, as_json: bool, ko: str, en: str) -> None:
    answer = {"id": account.id, "handle": account.handle, "status": account.status, "held": account.held}
    tell(answer, as_json=as_json, ko=f"{account.handle}: {ko}", en=f"{account.handle} {en}")
