"""`daemun migrate`."""

from __future__ import annotations

from typing import Annotated

import typer

from daemun.adapters import migrations
from daemun.app.build import build
from daemun.app.house import migration_folders
from daemun.cli.opened import expect
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, say, sentences, settings_from, tell

app = typer.Typer(no_args_is_help=True, help="데이터베이스 스키마를 올리고 내립니다 · Bring the schema up or down")


@app.command()
def up(data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """최신으로 올립니다 · Bring it up to date (the server does this at its start, too)."""
    with sentences(lambda: None):
        settings = settings_from(data, database_url)
        done = migrations.upgrade(settings.core.database.reveal(), migration_folders(build(settings).features))
    tell(
        {"applied": done},
        as_json=as_json,
        ko=f"적용: {', '.join(done) or '없음 (이미 최신)'}",
        en=f"Applied: {', '.join(done) or 'nothing, it is up to date'}",
    )


@app.command()
def down(
    target: Annotated[str, typer.Argument(help="한 갈래의 이름(한 단계), 또는 base(전부) · A branch for one step back, or base for all")],
    yes: Annotated[bool, typer.Option("--yes", help="묻지 않음 · Do not ask")] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """되돌립니다. 데이터가 지워집니다 · Go back. This deletes data."""
    with sentences(lambda: None):
        settings = settings_from(data, database_url)
        expect(settings)
        folders = migration_folders(build(settings).features)
        if target not in ("base", *folders):
            known = ", ".join(sorted(folders))
            fail(
                f"그런 갈래는 없습니다: {target} (있는 것: {known}, base)",
                f"There is no branch {target} (there are: {known}, base)",
                Exit.USAGE,
            )
        if not yes:
            say(f"{target}을(를) 되돌리면 그 표의 데이터가 지워집니다.", f"Taking {target} back deletes the data of its tables.")
            typer.confirm("계속할까요? · Go on?", abort=True)
        done = migrations.downgrade(settings.core.database.reveal(), folders, target)
    tell({"reverted": done}, as_json=as_json, ko=f"되돌림: {', '.join(done) or '없음'}", en=f"Taken back: {', '.join(done) or 'nothing'}")


@app.command()
def status(data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """어디까지 적용됐는지 · What is applied, and what is pending."""
    with sentences(lambda: None):
        settings = settings_from(data, database_url)
        expect(settings)
        url = settings.core.database.reveal()
        applied, pending = migrations.current(url), migrations.pending(url, migration_folders(build(settings).features))
    tell(
        {"applied": applied, "pending": pending},
        as_json=as_json,
        ko=f"적용됨: {', '.join(applied) or '없음'}\n남음: {', '.join(pending) or '없음'}",
        en=f"Applied: {', '.join(applied) or 'none'}\nPending: {', '.join(pending) or 'none'}",
    )
