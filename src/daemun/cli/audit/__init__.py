"""`daemun audit`: look into the log, prove it, take it along, and forget people in it."""

from __future__ import annotations

import typer

from daemun.cli.audit import exporting, forgetting, proving, rotating, searching, sinks
from daemun.cli.audit.witness import witness

app = typer.Typer(
    no_args_is_help=True, help="감사 기록: 찾기, 확인, 내보내기, 지우기, 보존 · The audit log: search, verify, export, erase, hold"
)
app.command()(searching.search)
app.command()(proving.verify)
app.command()(exporting.export)
app.command()(proving.proof)
app.command()(forgetting.erase)
app.command()(forgetting.hold)
app.command()(forgetting.release)
app.command()(searching.rebuild)
app.command("rotate-key")(rotating.rotate)
app.command()(sinks.read)
app.command()(witness)
app.add_typer(sinks.app, name="sinks")
