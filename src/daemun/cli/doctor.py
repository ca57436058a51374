"""`daemun doctor`."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from typing import Annotated, Final

import typer

from daemun import __version__
from daemun.app.doctor import Asked, Report, called, examine, found
from daemun.cli.diagnosis import Paper, shown
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, language, settings_from
from daemun.core.finding import Verdict

CODES: Final[dict[Verdict, int]] = {"pass": 0, "unseen": 0, "deviation": 1, "fail": 2}
"""As monitoring systems read them: well, warning, critical."""


def doctor(
    only: Annotated[
        list[str] | None, typer.Option("--only", help="이 점검만: 이름, 묶음, 조항 번호 · Only these checks: a name, a group, a clause")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="알고 정한 것: 보이지만 세지 않음 · Known and chosen: shown, and not counted")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="데이터베이스 말고는 아무 데도 묻지 않음 · Ask no other server than the database")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="모든 점검과 조항을 하나씩 · Every check and clause by itself")] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """지금의 설정과 그 주변을 표준의 조항과 운영의 상식에 비추어 살핍니다 · Look whether this installation is configured well.

    보기만 합니다: 아무것도 바꾸지 않고, 비밀 값을 찍지 않습니다. 종료 코드: 0 좋음, 1 벗어난 것이 있음, 2 실패가 있음.
    It only looks: it changes nothing and prints no secret. Exit codes: 0 well, 1 something deviates, 2 something fails.

    \b
    daemun doctor --only database --only 17
    daemun doctor --offline --accept identity.signup --json
    """
    asked = Asked(_known(only), _known(accept), offline)
    settings = settings_from(data, database_url)
    if settings.core.log_level == "debug":
        logging.basicConfig(level="DEBUG", stream=sys.stderr)
    if sys.stderr.isatty() and not as_json:
        typer.echo("살펴보는 중입니다… · Looking…", err=True)
    report = examine(settings, asked)
    _tell(report, as_json=as_json, verbose=verbose)
    raise typer.Exit(CODES[report.verdict])


def _tell(report: Report, *, as_json: bool, verbose: bool) -> None:
    if as_json:
        told = {"daemun": __version__} | report.plain() | {"exit_code": CODES[report.verdict]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        typer.echo(shown(report, Paper(language(), columns, verbose)))


def _known(asked: list[str] | None) -> frozenset[str]:
    """What was asked for, by its parts. A name that is none is a usage error: else a typo would find nothing wrong."""
    wanted = frozenset(part.strip() for each in asked or () for part in each.split(",") if part.strip())
    names = frozenset(name for check in found() for name in called(check))
    if strange := sorted(wanted - names):
        groups = ", ".join(sorted({each.partition(".")[0] for each in names if not each.isdigit()}))
        fail(
            f"그런 점검이 없습니다: {', '.join(strange)} (묶음: {groups}; 이름은 daemun doctor -v)",
            f"There is no such check: {', '.join(strange)} (groups: {groups}; names: daemun doctor -v)",
            Exit.USAGE,
        )
    return wanted
