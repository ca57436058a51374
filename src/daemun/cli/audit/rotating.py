"""`daemun audit rotate-key`."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, settings_from, tell
from daemun.core.actor import SHELL
from daemun.features.audit import Sequencer


def rotate(
    next_: Annotated[bool, typer.Option("--next", help="바꾸지 않고 다음 열쇠만 찍습니다 · Only print the next key")] = False,
    reason: Annotated[str, typer.Option("--reason", help="까닭: 봉해서 기록에 남습니다 · Why: recorded, sealed")] = "",
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """기록에 서명하는 열쇠를 다음 것으로 바꿉니다 · Replace the key that signs the log.

    \b
    두 열쇠가 함께 서명한 항목이 기록에 남고, 그 항목을 담은 상태에는 새 열쇠의 서명만 통합니다. 되돌릴 수 없습니다.
    An entry that both keys sign says so; whatever holds it counts under the new key alone. It cannot be undone.

    \b
    증인과 확인하는 사람에게 --next로 다음 열쇠를 먼저 알리십시오. 서버를 다시 켤 필요가 없습니다.
    Tell witnesses and verifiers the next key (--next) first. No restart is needed.

    \b
    daemun audit rotate-key --next
    daemun audit rotate-key --reason '정기 교체'
    """

    async def story(house: House) -> str:
        if next_:
            return str(await asyncio.to_thread(house.audit.next_key))
        key = await house.visit("audit rotate-key").work(house.audit.rotate_key, reason=reason, by=SHELL)
        await asyncio.to_thread(Sequencer(house.audit.ledger, house.audit.signing, house.audit.scribe, house.clock, time.monotonic).once)
        await house.audit.caught_up()
        return str(key)

    key = within(settings_from(data, database_url), story)
    ko = f"다음 열쇠: {key}" if next_ else f"이제 이 열쇠로 서명합니다. 증인과 확인하는 사람에게 다른 길로 알리십시오: {key}"
    en = f"The next key: {key}" if next_ else f"The log signs with this key now. Tell witnesses and verifiers, by another way: {key}"
    tell({"key": key, "rotated": not next_}, as_json=as_json, ko=ko, en=en)
