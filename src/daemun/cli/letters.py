"""`daemun letters`: what became of them, never what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, get_args

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, language, settings_from, tell
from daemun.cli.table import moment, table
from daemun.core.actor import SHELL
from daemun.core.circumstance import Language
from daemun.core.errors import Refusal
from daemun.features.mail import Record, State

app = typer.Typer(no_args_is_help=True, help="편지의 상태 보기, 다시 보내기 · See what became of letters, send them again")
HEADS: dict[Language, tuple[str, ...]] = {
    "ko": ("편지", "종류", "상태", "시도", "쓴 때(UTC)", "까닭"),
    "en": ("letter", "kind", "state", "tries", "written (UTC)", "error"),
}


@app.command("list")
def list_(
    state: Annotated[State | None, typer.Option(help=f"이 상태만: {', '.join(get_args(State))} · Only of this state")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="몇 줄까지 · How many at most")] = 50,
    after: Annotated[str | None, typer.Option(help="이 편지보다 먼저 쓴 것부터 · From what was written before this letter")] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """보낸 편지의 상태 보기, 새것부터 · Show what became of letters.

    \b
    daemun letters list --state failed
    """

    async def story(house: House) -> Sequence[Record]:
        return await house.visit("letters list").read(house.mail.records, state, limit, after)

    found = within(settings_from(data, database_url), story)
    rows = [(each.id, each.kind, each.state, str(each.tries), moment(each.created_at), each.last_error or "") for each in found]
    shown = table(HEADS[language()], rows)
    tell({"letters": [_plain(each) for each in found]}, as_json=as_json, ko=shown, en=shown)


@app.command()
def retry(
    letter: Annotated[str, typer.Argument(help="편지의 번호 · The letter's id")],
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """보내지 못한 편지 다시 보내기 · Have the server send a failed letter again.

    \b
    daemun letters retry 01KA0000000000000000000000
    """

    async def story(house: House) -> Record:
        answer = await house.visit("letters retry").work(house.mail.retry, letter.strip().upper(), SHELL)
        if isinstance(answer, Refusal):
            raise answer
        return answer

    record = within(settings_from(data, database_url), story)
    tell(_plain(record), as_json=as_json, ko=f"다시 보냅니다: {record.id}", en=f"Will be sent again: {record.id}")


def _plain(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "kind": record.kind,
        "user_id": record.user_id,
        "state": record.state,
        "tries": record.tries,
        "created_at": record.created_at.isoformat(),
        "done_at": record.done_at and record.done_at.isoformat(),
        "error": record.last_error,
    }
