"""`daemun passwords`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from daemun.cli.speaking import DataOption, JsonOption, fail, sentences, settings_from, tell
from daemun.features.identity import import_corpus

app = typer.Typer(no_args_is_help=True, help="새어 나간 비밀번호 목록 · Lists of leaked passwords")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="SHA1:횟수, SHA1, 또는 비밀번호 목록 · The list")
    ],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """새어 나간 비밀번호 목록을 더합니다 · Add a corpus of leaked passwords.

    큰 목록도 조금의 메모리로 읽습니다. 서버를 다시 켜면 쓰입니다.
    Large files are read in little memory. In use from the next start of the server.
    """
    with sentences(lambda: None):
        settings = settings_from(data)
        target = settings.core.data / "passwords" / f"{file.stem}.sha1"
        try:
            count = import_corpus(file, target)
        except ValueError as wrong:
            fail(f"{file}: {wrong}", f"{file}: {wrong}")
    tell(
        {"imported": count, "file": str(target)}, as_json=as_json, ko=f"{count:,}개를 더했습니다: {target}", en=f"Added {count:,}: {target}"
    )
