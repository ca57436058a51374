"""How the command line speaks: sentences by locale, JSON for programs, and what its exit codes mean."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from sqlalchemy.exc import OperationalError

from daemun.app.settings import Settings, SettingsError
from daemun.core.circumstance import Language
from daemun.core.errors import Refusal
from daemun.web.catalogue import Catalogue


class Exit(IntEnum):
    DONE = 0
    REFUSED = 1
    USAGE = 2
    SETTINGS = 3


DataOption = Annotated[Path | None, typer.Option("--data", help="데이터 폴더 · The data folder", show_default="daemun-data")]
DatabaseOption = Annotated[
    str | None, typer.Option("--database-url", help="sqlite:///파일 또는 postgresql://… · The database", show_default="SQLite in --data")
]
JsonOption = Annotated[bool, typer.Option("--json", help="프로그램이 읽을 JSON으로 · JSON for programs")]


def language() -> Language:
    """Korean unless the locale is English."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if told.lower().startswith("en") else "ko"


def say(ko: str, en: str) -> None:
    typer.echo(en if language() == "en" else ko)


def tell(answer: Mapping[str, Any], *, as_json: bool, ko: str, en: str) -> None:
    """One answer, for a person or for a program."""
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        say(ko, en)


def fail(ko: str, en: str, code: Exit = Exit.REFUSED) -> NoReturn:
    typer.echo(en if language() == "en" else ko, err=True)
    raise typer.Exit(code)


def settings_from(data: Path | None = None, database_url: str | None = None, **more: str | None) -> Settings:
    flags = {"data": str(data) if data else None, "database_url": database_url, **more}
    return Settings.load(flags={name: value for name, value in flags.items() if value is not None})


@contextmanager
def sentences(catalogue: Callable[[], Catalogue | None]) -> Iterator[None]:
    """Refusals and wrong settings become a sentence and an exit code; never a traceback."""
    try:
        yield
    except SettingsError as wrong:
        fail(wrong.said("ko"), wrong.said("en"), Exit.SETTINGS)
    except Refusal as refusal:
        spoken = catalogue()
        codes = [(refusal.code, refusal.data), *((each.code, dict(each.data)) for each in refusal.flaws)]
        for code, told in codes:
            typer.echo(spoken.say(language(), code, told) if spoken else code, err=True)
        raise typer.Exit(Exit.REFUSED) from None
    except OperationalError as away:
        why = str(away.orig).strip().splitlines()[0]
        fail(f"데이터베이스에 닿을 수 없습니다: {why}", f"The database cannot be reached: {why}")
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(Exit.DONE) from None
