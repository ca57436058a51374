"""`daemun audit export`."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer

from daemun.app.build import House
from daemun.cli.audit.proving import bar
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, settings_from, tell
from daemun.core.actor import SHELL
from daemun.features.audit import Order, Reads, Sequencer, writing
from daemun.ports.database import Transaction

T = TypeVar("T")
Progress = Callable[[int, int], None]
Format = Literal["bundle", "csv", "jsonl", "xlsx", "ocsf"]


def export(
    target: Annotated[Path, typer.Argument(help="새 파일, 꾸러미는 새 폴더나 .zip · A new file; for a bundle a new folder or .zip")],
    form: Annotated[Format, typer.Option("--format", help="bundle은 증명이 붙은 전체 · bundle: all of it, with its proofs")] = "bundle",
    query: Annotated[str, typer.Option("--query", help="찾는 말의 언어로, 이것만 · Only these, in the language of the search")] = "",
    personal: Annotated[bool, typer.Option("--personal", help="개인 정보도. 까닭이 필요합니다 · What is personal, too; say why")] = False,
    reason: Annotated[str, typer.Option("--reason", help="까닭: 봉해서 기록에 남습니다 · Why: recorded, sealed")] = "",
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """기록을 내보냅니다: 확인할 수 있는 꾸러미나, 스프레드시트와 SIEM이 읽는 파일로 · Write the log out, to verify or to read.

    \b
    꾸러미에는 개인 정보가 봉한 채로 나갑니다. 내보낸 것도 기록에 남습니다.
    In a bundle what is personal leaves sealed. That it was written out is recorded, too.

    \b
    daemun audit export log.zip
    daemun audit export 로그인.xlsx --format xlsx --query 'action:auth.*'
    """
    order = Order(form, query, personal, reason)

    async def story(house: House) -> tuple[int, str]:
        house.rooms.export.check(order)
        return await (_bundled if form == "bundle" else _listed)(house, order, target, bar(quiet=as_json))

    try:
        count, key = within(settings_from(data, database_url), story)
    except FileExistsError:
        fail(f"이미 있습니다: {target}", f"It is there already: {target}", Exit.USAGE)
    if form != "bundle":
        told = {"events": count, "file": str(target)}
        tell(told, as_json=as_json, ko=f"사건 {count}개를 {target}에 썼습니다.", en=f"{count} events in {target}.")
        return
    tell(
        {"entries": count, "bundle": str(target), "key": key},
        as_json=as_json,
        ko=f"항목 {count}개를 {target}에 썼습니다.\n확인하는 사람에게 다른 길로 알려 줄 공개 열쇠: {key}",
        en=f"{count} entries in {target}.\nThe public key, to be told by another way to whoever verifies: {key}",
    )


async def _bundled(house: House, order: Order, target: Path, progress: Progress) -> tuple[int, str]:
    """Recorded first: so it tells of itself."""
    visit = house.visit("audit export")
    await visit.work(house.rooms.export.record, order, None, SHELL)
    await _placed(house)
    await house.rooms.witnesses.once(visit)
    with writing(target) as write:
        return await asyncio.to_thread(house.rooms.export.bundle, write, _reads(house), progress)


async def _placed(house: House) -> None:
    """All that happened before is in its place, though no server runs. That needs no index, which a full disk would not let grow."""
    await asyncio.to_thread(Sequencer(house.audit.ledger, house.audit.signing, house.audit.scribe, house.clock, time.monotonic).once)
    await house.audit.caught_up()


async def _settled(house: House) -> None:
    """And can be found."""
    await _placed(house)
    while await house.database.survey(house.rooms.search.behind):
        if not await house.rooms.projector.turn(house.visit("audit export")):
            await asyncio.sleep(0.05)


async def _listed(house: House, order: Order, target: Path, progress: Progress) -> tuple[int, str]:
    await _settled(house)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        count = await asyncio.to_thread(house.rooms.export.write, order, target, _reads(house), progress)
        await house.visit("audit export").work(house.rooms.export.record, order, count, SHELL)
    except BaseException:
        target.unlink()  # half of it, or a whole that nobody recorded
        raise
    return count, ""


def _reads(house: House) -> Reads:
    """For a thread beside this loop."""
    loop = asyncio.get_running_loop()

    def read(query: Callable[[Transaction], T]) -> T:
        return asyncio.run_coroutine_threadsafe(_awaited(house.database.survey(query)), loop).result()

    return read


async def _awaited(asked: Awaitable[T]) -> T:
    return await asked
