"""`daemun audit verify`, `proof`."""

from __future__ import annotations

import asyncio
import os
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Annotated, Any

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
    parse_policy,
    reading,
    verify_bundle,
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
                read,
                key or (),
                policy=chosen,
                since=since.read_bytes() if since else None,
                progress=bar(quiet=as_json),
                processes=os.cpu_count() or 1,
            )
    except (OSError, zipfile.BadZipFile, Refused, ValueError, KeyError, BrokenExecutor) as error:
        fail(f"확인할 수 없습니다: {error}", f"It cannot be verified: {error}", Exit.USAGE)
    tell(report.told(), as_json=as_json, ko=_said(report, ko=True), en=_said(report, ko=False))
    if not report.ok:
        raise typer.Exit(Exit.REFUSED)


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
        seen = await house.visit("audit proof").read(house.rooms.witnesses.served)
        return await asyncio.to_thread(Proving(house.audit.ledger).proof, index, seen)

    sys.stdout.write(within(settings_from(data, database_url), story).decode())


def _policy(path: Path | None) -> Policy | None:
    try:
        return parse_policy(path.read_bytes()) if path else None
    except Refused as refused:
        fail(f"{path}: {refused.code} {refused.data}", f"{path}: {refused.code} {refused.data}", Exit.USAGE)


def bar(*, quiet: bool) -> Callable[[int, int], None]:
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
        *(f"  {'열쇠가 바뀜' if ko else 'key replaced'} {each}" for each in report.turns),
        *([f"  {_kept(report.config, ko=ko)}"] if report.config else []),
        *(f"  {each}" for each in report.gaps),
        *(_finding(each) for each in report.findings),
        ("그대로입니다." if ko else "Unchanged.") if report.ok else ("달라졌습니다." if ko else "TAMPERED WITH."),
    ]
    return "\n".join(lines)


def _kept(config: dict[str, Any], *, ko: bool) -> str:
    left_out, weaker = ", ".join(config["open"]) or "-", ", ".join(config["weak"]) or "-"
    if ko:
        return f"항목 {config['entry']}에 적힌 설정: 빠뜨릴 수 있는 사건 {left_out} · 약하게 한 설정 {weaker}"
    return f"settings, by entry {config['entry']}: events that may be left out {left_out} · made weaker {weaker}"


def _finding(found: Finding) -> str:
    where = "" if found.first is None else f" {found.first}" if found.end == found.first + 1 else f" {found.first}..{found.end}"
    return f"! {found.what}{where} {found.more}".rstrip()
