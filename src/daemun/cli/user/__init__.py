"""`daemun user`: looking after people from the server itself. What is told with --json is what the API tells."""

from __future__ import annotations

import typer

from daemun.cli.user import having, helping, keys, looking, standing

app = typer.Typer(
    no_args_is_help=True,
    help="회원 찾기, 정지, 탈퇴, 복구, 초대 · Find people, suspend, delete, help and invite them\n\n"
    "하는 일은 모두 기록에 system:shell로 남습니다.\n\n"
    "Whatever is done is recorded as done by system:shell.",
)
app.command("list")(looking.list_)
app.command()(looking.show)
app.command()(looking.history)
app.command()(standing.ban)
app.command()(standing.lift)
app.command()(standing.delete)
app.command()(standing.restore)
app.command()(standing.erase)
app.command()(helping.hold)
app.command()(helping.release)
app.command()(helping.unlock)
app.command()(helping.recovery)
app.command()(helping.verify)
app.command()(helping.invite)
app.command()(having.sessions)
app.command()(having.roles)
app.command()(keys.keys)
