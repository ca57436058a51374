"""`daemun user keys`: somebody's API keys, looked at, made and revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, language, settings_from, tell
from daemun.cli.table import moment, table
from daemun.cli.user.whom import BY, Login, visit, whom
from daemun.core.canonical import permission_name
from daemun.core.circumstance import Language
from daemun.features.apikeys import ApiKey, Draft, Made
from daemun.features.people import Hands, KeyAnswer, NewKeyAnswer, TheirKeys

HEAD: dict[Language, tuple[str, ...]] = {
    "ko": ("키", "이름", "끝자리", "상태", "권한", "만료(UTC)", "마지막 쓰임(UTC)"),
    "en": ("key", "name", "ends in", "state", "scopes", "expires (UTC)", "last used (UTC)"),
}
Scopes = list[str] | None


def keys(
    login: Login,
    create: Annotated[str | None, typer.Option("--create", help="이 이름으로 키를 만듦 · Make a key of this name")] = None,
    scope: Annotated[Scopes, typer.Option("--scope", help="줄 권한, 여러 번 쓸 수 있음 · A permission to give, may be repeated")] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, help="며칠 동안 쓸지 · For how many days")] = None,
    revoke: Annotated[str | None, typer.Option("--revoke", help="이 키를 폐기함 · Revoke this key")] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """API 키 보기, 만들기, 폐기 · Show somebody's API keys, make one, or revoke one.

    \b
    키는 만들 때 한 번만 보입니다. 주인에게 편지가 갑니다.
    A key is shown once, when it is made. Its owner is sent a letter.

    \b
    daemun user keys ann_2026
    daemun user keys ann_2026 --create gateway --scope tokens.introspect --days 30
    daemun user keys ann_2026 --revoke 01KB3M0000000000000000000A
    """
    if (create and revoke) or ((scope or days) and not create):
        fail(
            "--create와 --revoke는 함께 쓸 수 없고, --scope와 --days는 --create와 함께 씁니다.",
            "--create and --revoke exclude each other; --scope and --days go with --create.",
            Exit.USAGE,
        )

    async def story(house: House) -> tuple[Made | None, Sequence[ApiKey], datetime]:
        account, doing, theirs = await whom(house, login), visit(house, "keys"), TheirKeys(Hands(house.desk))
        now, made = house.clock.now(), None
        if create:
            draft = Draft(create, tuple(map(permission_name, scope or ())), now + timedelta(days=days) if days else None)
            made = await doing.work(theirs.make, BY, account, draft)
        if revoke:
            await doing.work(theirs.end, BY, revoke.strip().upper(), of=account.id)
        return made, await doing.read(house.desk.keys.of_user, account.id), now

    made, found, now = within(settings_from(data, database_url), story)
    if made is not None:
        _show(made, now, as_json=as_json)
        return
    shown = table(HEAD[language()], [_row(each, now) for each in found]) if found else ""
    answer = {"api_keys": [KeyAnswer.of(each, now).model_dump(mode="json") for each in found]}
    tell(answer, as_json=as_json, ko=shown or "API 키가 없습니다.", en=shown or "There are no API keys.")


def _show(made: Made, now: datetime, *, as_json: bool) -> None:
    text, end = made.text.reveal(), moment(made.key.expires_at)
    tell(
        NewKeyAnswer.made(made, now).model_dump(mode="json"),
        as_json=as_json,
        ko=f"{text}\n\n지금 옮겨 두십시오. 다시 볼 수 없습니다. 만료: {end} UTC",
        en=f"{text}\n\nPut it away now: it is not shown again. Expires: {end} UTC",
    )


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    return key.id, key.name, key.hint, key.state(now), " ".join(key.scopes) or "-", moment(key.expires_at), moment(key.used_at)
