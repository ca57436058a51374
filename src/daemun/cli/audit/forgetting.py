"""`daemun audit erase`, `hold`, `release`."""

from __future__ import annotations

from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, settings_from, tell
from daemun.core.actor import SHELL

Person = Annotated[str, typer.Argument(help="사람의 번호(계정이 지워진 뒤에도) · The person's id, also when the account is gone")]
Why = Annotated[str, typer.Option("--reason", help="까닭: 봉해서 기록에 남습니다 · Why: recorded, sealed")]


def erase(
    person: Person,
    reason: Why,
    yes: Annotated[bool, typer.Option("--yes", help="묻지 않고 · Without asking")] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """기록에서 한 사람의 개인 정보를 영영 읽을 수 없게 합니다 · Make a person unreadable in the log for good.

    \b
    그 사람의 열쇠를 없앱니다. 되돌릴 수 없습니다. 기록의 증명은 그대로 맞습니다.
    Their key is destroyed, and nobody can undo it. The log's proofs keep verifying.

    \b
    daemun audit erase 01KA0000000000000000000000 --reason '본인 요청'
    """
    if not yes and not typer.confirm(f"{person}: 되돌릴 수 없습니다. 지울까요? · This cannot be undone. Erase?"):
        fail("하지 않았습니다.", "Nothing was done.", Exit.USAGE)

    async def story(house: House) -> bool:
        return await house.visit("audit erase").work(house.rooms.forgetting.erase, person, reason=reason, by=SHELL)

    erased = within(settings_from(data, database_url), story)
    ko = "지웠습니다." if erased else "보존 중이어서, 읽지 못하게 막고 보존이 끝나면 지웁니다."
    en = "Erased." if erased else "On hold: it is unreadable from now on, and is erased when the hold ends."
    tell({"erased": erased}, as_json=as_json, ko=ko, en=en)


def hold(
    reason: Why,
    person: Annotated[str | None, typer.Option("--person", help="이 사람의 것만 · Only what is about this person")] = None,
    kind: Annotated[str | None, typer.Option("--class", help="이 보관 종류만 · Only of this retention class")] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """법적 보존: 정리와 삭제를 멈춥니다 · Legal hold: nothing of it is pruned or erased.

    \b
    daemun audit hold --person 01KA0000000000000000000000 --reason '소송 2026-17'
    """

    async def story(house: House) -> str:
        visit = house.visit("audit hold")
        return (await visit.work(house.rooms.forgetting.hold, subject=person, retention=kind, reason=reason, by=SHELL)).id

    made = within(settings_from(data, database_url), story)
    tell({"hold": made}, as_json=as_json, ko=f"보존을 시작했습니다: {made}", en=f"On hold: {made}")


def release(
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="보존의 번호 · The hold's id")],
    reason: Why,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """보존을 끝냅니다. 미뤄 둔 삭제가 이때 이루어집니다 · End a hold; erasures that waited are done now.

    \b
    daemun audit release 01KA0000000000000000000000 --reason '소송 종결'
    """

    async def story(house: House) -> list[str]:
        return await house.visit("audit release").work(house.rooms.forgetting.release, hold_id, reason=reason, by=SHELL)

    erased = within(settings_from(data, database_url), story)
    tell({"erased": erased}, as_json=as_json, ko=f"끝냈습니다. 지운 사람: {len(erased)}", en=f"Released. Erased: {len(erased)}")
