"""`daemun`, and what it can do."""

from __future__ import annotations

from typing import Annotated

import typer

from daemun import __version__
from daemun.cli import admin, audit, keys, letters, migrate, passwords, settings, user
from daemun.cli.doctor import doctor
from daemun.cli.housekeeping import housekeeping
from daemun.cli.importing import import_
from daemun.cli.serve import serve

app = typer.Typer(
    name="daemun",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="대문: 파이썬 팀의 문. The gate of a Python team.\n\n"
    "처음이라면: daemun serve  ·  그리고: daemun admin create\n\n"
    "종료 코드: 0 성공, 1 거절, 2 사용법 오류, 3 설정 오류. "
    "Exit codes: 0 done, 1 refused, 2 usage, 3 settings are wrong.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"daemun {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="버전 · The version")] = False,
) -> None:
    """Holds what all commands share."""


app.command()(serve)
app.command()(housekeeping)
app.command("import")(import_)
app.command()(doctor)
app.command("settings")(settings.command)
app.add_typer(migrate.app, name="migrate")
app.add_typer(admin.app, name="admin")
app.add_typer(user.app, name="user")
app.add_typer(audit.app, name="audit")
app.add_typer(letters.app, name="letters")
app.add_typer(keys.app, name="keys")
app.add_typer(passwords.app, name="passwords")


def main() -> None:
    app()
