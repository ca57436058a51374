"""`daemun housekeeping`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from daemun.app.build import House
from daemun.app.chores import Done, Standing
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, language, settings_from, tell


def housekeeping(
    only: Annotated[str | None, typer.Argument(help="이 작업만 · Only this chore", show_default="전부 · all")] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="하지 않고, 언제 무엇을 했는지 보입니다 · Show them and when they were done")
    ] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """정리 작업을 지금 합니다: 끝난 것을 지우고, 오래 쓰지 않은 계정을 재웁니다 · Keep house now.

    서버는 스스로 합니다. cron에 맡기려면 DAEMUN_HOUSEKEEPING=0으로 켜고 한 시간마다 부르십시오. 함께 돌려도 한 번만 일합니다.
    The server does it by itself. To leave it to cron, start with DAEMUN_HOUSEKEEPING=0 and call this every hour. Run twice, it works once.
    """

    async def look(house: House) -> list[Standing]:
        return await house.chores.standing()

    async def work(house: House) -> list[Done]:
        if only is not None and only not in {each.name for each in house.chores.all}:
            names = ", ".join(sorted(each.name for each in house.chores.all))
            fail(f"그런 작업이 없습니다: {only} (있는 것: {names})", f"There is no such chore: {only} (there are: {names})", Exit.USAGE)
        return await house.chores.now(only)

    if listing:
        _show(within(settings_from(data, database_url), look), as_json=as_json)
        return
    done = within(settings_from(data, database_url), work)
    lines = "\n".join(f"{each.name:32} {each.failed or each.did}" for each in done)
    tell({"done": [{"name": each.name, "did": each.did, "failed": each.failed} for each in done]}, as_json=as_json, ko=lines, en=lines)
    if any(each.failed for each in done):
        raise typer.Exit(Exit.REFUSED)


def _show(standing: Sequence[Standing], *, as_json: bool) -> None:
    told = [
        {"name": each.name, "ko": each.ko, "en": each.en, "every_seconds": int(each.every.total_seconds()), "done_at": each.done_at}
        | {"did": each.did, "failed": each.failed}
        for each in standing
    ]
    lines = "\n".join(
        f"{each.name:32} {each.done_at.strftime('%Y-%m-%d %H:%M UTC') if each.done_at else '-':22} {each.failed or ''}"
        f"{each.en if language() == 'en' else each.ko}"
        for each in standing
    )
    tell({"chores": told}, as_json=as_json, ko=lines, en=lines)
