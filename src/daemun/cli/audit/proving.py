"""`daemun audit verify`, `export`, `proof`."""

from __future__ import annotations

import asyncio
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, settings_from, tell
from daemun.features.audit import (
    Finding,
    Policy,
    Proving,
    Refused,
    Report,
    Sequencer,
    VerifierKey,
    export_log,
    parse_policy,
    reading,
    verify_bundle,
    writing,
)

BAR = 30


def verify(
    bundle: Annotated[Path, typer.Option("--bundle", help="내보낸 폴더나 .zip · The exported folder or .zip", exists=True)],
    key: Annotated[list[str] | None, typer.Option("--key", help="다른 길로 받은 공개 열쇠 · The log's key, got by another way")] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="기록과 증인의 열쇠(c2sp.org/tlog-policy) · Keys of logs and witnesses", exists=True)
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="전에 확인한 checkpoint: 그 뒤만 읽습니다 · A checkpoint verified before", exists=True)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """내보낸 기록이 서명된 그대로인지 확인합니다 · Check that an exported log is what was signed.

    \b
    데이터베이스도 비밀 값도 네트워크도 쓰지 않습니다. 종료 코드: 0 그대로, 1 달라짐, 2 확인할 수 없음.
    Uses no database, no secret, no network. Exit codes: 0 unchanged, 1 tampered with, 2 cannot be verified.

    \b
    daemun audit verify --bundle log.zip --key 'gate.example.com/audit/default+1a2b3c4d+AbC…'
    """
    chosen = _policy(policy)
    if not key and chosen is None:
        fail(
            "--key나 --policy가 필요합니다. 꾸러미 안의 keys.txt는 꾸러미를 만든 사람의 말일 뿐입니다.",
            "Give --key or --policy: keys.txt in the bundle is only what its maker says.",
            Exit.USAGE,
        )
    try:
        with reading(bundle) as read:
            report = verify_bundle(
                read, key or (), policy=chosen, since=since.read_bytes() if since else None, progress=_bar(quiet=as_json)
            )
    except (OSError, zipfile.BadZipFile, Refused, ValueError, KeyError) as error:
        fail(f"확인할 수 없습니다: {error}", f"It cannot be verified: {error}", Exit.USAGE)
    tell(report.told(), as_json=as_json, ko=_said(report, ko=True), en=_said(report, ko=False))
    if not report.ok:
        raise typer.Exit(Exit.REFUSED)


def export(
    target: Annotated[Path, typer.Argument(help="새 폴더나 .zip · A new folder or .zip")],
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """확인할 수 있는 꾸러미로 기록을 내보냅니다 · Write the log out as a bundle that anybody can verify.

    \b
    개인 정보는 봉한 채로 나갑니다. 내보낸 것도 기록에 남습니다.
    What is personal leaves sealed. That it was written out is recorded, too.

    \b
    daemun audit export log.zip
    """

    async def story(house: House) -> tuple[int, str]:
        await house.visit("audit export").work(house.audit.exported)
        await asyncio.to_thread(Sequencer(house.audit.ledger, house.audit.signing, house.audit.scribe, house.clock, time.monotonic).once)
        await house.audit.caught_up()
        note = await _cosigned(house)
        with writing(target) as write:
            key = _key(house, note)
            count = await asyncio.to_thread(lambda: export_log(house.audit.ledger, [key], write, _bar(quiet=as_json), cosigned=note))
        return count, str(key)

    try:
        count, key = within(settings_from(data, database_url), story)
    except FileExistsError:
        fail(f"이미 있습니다: {target}", f"It is there already: {target}", Exit.USAGE)
    tell(
        {"entries": count, "bundle": str(target), "key": key},
        as_json=as_json,
        ko=f"항목 {count}개를 {target}에 썼습니다.\n확인하는 사람에게 다른 길로 알려 줄 공개 열쇠: {key}",
        en=f"{count} entries in {target}.\nThe public key, to be told by another way to whoever verifies: {key}",
    )


def proof(
    index: Annotated[int, typer.Argument(min=0, help="항목의 번호 · The entry's index")],
    data: DataOption = None,
    database_url: DatabaseOption = None,
) -> None:
    """한 항목의 증명(.tlog-proof)을 찍습니다 · Print the proof of one entry.

    \b
    daemun audit proof 42 > 42.tlog-proof
    """

    async def story(house: House) -> bytes:
        return await asyncio.to_thread(Proving(house.audit.ledger).proof, index)

    sys.stdout.write(within(settings_from(data, database_url), story).decode())


async def _cosigned(house: House) -> bytes:
    """The last checkpoint, with what its witnesses say of it."""
    visit = house.visit("audit export")
    await house.rooms.witnesses.once(visit)
    return await visit.read(house.rooms.witnesses.cosigned, (await house.audit.standing()).checkpoint)


def _key(house: House, note: bytes) -> VerifierKey:
    return house.audit.signing.signer.key(note.decode().partition("\n")[0])


def _policy(path: Path | None) -> Policy | None:
    try:
        return parse_policy(path.read_bytes()) if path else None
    except Refused as refused:
        fail(f"{path}: {refused.code} {refused.data}", f"{path}: {refused.code} {refused.data}", Exit.USAGE)


def _bar(*, quiet: bool) -> Callable[[int, int], None]:
    """Drawn where somebody watches, and only there."""
    watched = sys.stderr.isatty() and not quiet

    def draw(done: int, of: int) -> None:
        if watched:
            full = BAR * done // max(of, 1)
            sys.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{of}" + ("\n" if done >= of else ""))

    return draw


def _said(report: Report, *, ko: bool) -> str:
    lines = [
        f"{report.origin}: 항목 {report.size}개, 뿌리 {report.root}"
        if ko
        else f"{report.origin}: {report.size} entries, root {report.root}",
        f"확인 {report.entries} · 정리됨 {report.pruned} · 봉한 부분 {report.parts} · 지워진 부분 {report.erased}"
        if ko
        else f"checked {report.entries} · pruned {report.pruned} · sealed parts {report.parts} · erased parts {report.erased}",
        *(f"  {each}" for each in report.gaps),
        *(_finding(each) for each in report.findings),
        ("그대로입니다." if ko else "Unchanged.") if report.ok else ("달라졌습니다." if ko else "TAMPERED WITH."),
    ]
    return "\n".join(lines)


def _finding(found: Finding) -> str:
    where = "" if found.first is None else f" {found.first}" if found.end == found.first + 1 else f" {found.first}..{found.end}"
    return f"! {found.what}{where} {found.more}".rstrip()
