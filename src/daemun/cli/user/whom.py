"""Whom a command is about, by whom it is done, and what is asked before it is done."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

import typer

from daemun.app.build import House
from daemun.app.parsing import SPANS
from daemun.cli.speaking import Exit, fail, language
from daemun.cli.table import printable
from daemun.core.actor import SHELL
from daemun.features.identity import Account, UserMissing
from daemun.features.people import RECORDS, Person, UserAnswer
from daemun.ports.database import Transaction
from daemun.web.visit import Visit

BY: Final = replace(SHELL, permissions=frozenset({RECORDS}))
"""Whoever has a shell here could read the database, too."""
Login = Annotated[str, typer.Argument(help="아이디, 이메일 또는 회원 번호 · Handle, e-mail address or user number")]
Yes = Annotated[bool, typer.Option("--yes", help="묻지 않음: 스크립트에서 · Do not ask: for scripts")]
Reason = Annotated[str, typer.Option("--reason", help="까닭. 기록에 남습니다 · Why. It is recorded")]
SPAN: Final = re.compile(r"([1-9][0-9]{0,3})([wdhm])")


def visit(house: House, doing: str) -> Visit:
    return replace(house.visit(f"user {doing}"), actor=BY)


async def whom(house: House, login: str) -> Account:
    """Raises `UserMissing`."""

    def known(tx: Transaction) -> Account | None:
        # By number first: a handle that looks like somebody's number must not be taken for them.
        return house.identity.directory.account(tx, login.strip().upper()) or house.identity.directory.known_as(tx, login)

    found = await house.visit("user").read(known)
    if found is None:
        raise UserMissing
    return found


def told(person: Person) -> dict[str, object]:
    """As the API tells it."""
    return UserAnswer.of(person, BY).model_dump(mode="json")


def agreed(account: Account, *, ko: str, en: str) -> None:
    """Leaves with 1 when the answer is no."""
    typer.echo(printable(f"{account.handle} · {account.name} · {account.email}"), err=True)
    typer.confirm(en if language() == "en" else ko, abort=True, err=True)


def retyped(account: Account, *, ko: str, en: str) -> None:
    """For what cannot be taken back. Leaves with 1 when it is not the handle that is typed."""
    typer.echo(printable(f"{account.handle} · {account.name} · {account.email}"), err=True)
    if typer.prompt(en if language() == "en" else ko, err=True).strip() != account.handle:
        fail("아이디가 다릅니다. 아무것도 하지 않았습니다.", "This is not the handle. Nothing was done.")


def end_of(text: str | None, now: datetime) -> datetime | None:
    """`7d`, `12h`, or a day or moment; without an offset, of the place where the command is typed."""
    if text is None:
        return None
    if span := SPAN.fullmatch(text):
        return now + int(span[1]) * SPANS[span[2]]
    try:
        until = datetime.fromisoformat(text).astimezone()
    except ValueError:
        fail(f"때를 알 수 없습니다: {text} (예: 7d, 12h, 2026-12-01)", f"This is no time: {text} (such as 7d, 12h, 2026-12-01)", Exit.USAGE)
    if until <= now:
        fail(f"이미 지난 때입니다: {text}", f"This is over already: {text}", Exit.USAGE)
    return until
