"""`daemun audit sinks`: how far the copies of the log are; try again, or give up, what was not taken."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, language, settings_from, tell
from daemun.cli.table import moment, table
from daemun.core.actor import SHELL
from daemun.core.circumstance import Language
from daemun.features.audit import DeadLetter, Outlet, SinkState, Unsealing

app = typer.Typer(invoke_without_command=True, help="기록을 밖으로 보내는 곳: 상태, 다시 보내기 · Where the log is copied to: state, retry")
HEADS: dict[Language, tuple[str, ...]] = {
    "ko": ("이름", "곳", "개인 정보", "보냄", "밀림", "포기함", "마지막(UTC)", "오류"),
    "en": ("name", "where", "persons", "sent", "behind", "dead", "last (UTC)", "error"),
}
DEAD_HEADS: dict[Language, tuple[str, ...]] = {
    "ko": ("번호", "곳", "항목", "까닭", "언제(UTC)"),
    "en": ("id", "sink", "entries", "error", "when (UTC)"),
}
AT_ONCE = 1000
Name = Annotated[str, typer.Argument(metavar="NAME", help="곳의 이름 · The sink's name: files, syslog, webhook, s3")]


@app.callback()
def standing(context: typer.Context, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """기록을 밖으로 보내는 곳과 그 상태 · Where the log is copied to, and how far it is.

    \b
    daemun audit sinks --json
    """
    if context.invoked_subcommand is not None:
        return

    async def story(house: House) -> list[SinkState]:
        size = (await house.audit.standing()).size
        return await house.visit("audit sinks").read(house.rooms.shipping.standing, size)

    found = within(settings_from(data, database_url), story)
    shown = table(HEADS[language()], [_row(each) for each in found])
    tell({"sinks": [_plain(each) for each in found]}, as_json=as_json, ko=shown, en=shown)


@app.command("dead")
def dead(
    name: Annotated[str | None, typer.Argument(help="이곳의 것만 · Only of this sink")] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """받지 않아 포기한 항목 · What was not taken, and waits for you.

    \b
    daemun audit sinks dead webhook
    """

    async def story(house: House) -> list[DeadLetter]:
        return await house.visit("audit sinks dead").read(house.rooms.shipping.dead_letters, name)

    found = within(settings_from(data, database_url), story)
    rows = [(each.id, each.sink, f"{each.first}..{each.end}", each.error, moment(each.created_at)) for each in found]
    shown = table(DEAD_HEADS[language()], rows)
    told = [{"id": each.id, "sink": each.sink, "first": each.first, "end": each.end, "error": each.error} for each in found]
    tell({"dead": told}, as_json=as_json, ko=shown, en=shown)


@app.command("retry")
def retry(name: Name, data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """포기한 항목을 지금 다시 보내고, 기다리던 것도 곧 보냅니다 · Send now what was not taken, and soon what waits.

    \b
    daemun audit sinks retry webhook
    """

    async def story(house: House) -> list[tuple[DeadLetter, str, str]]:
        outlet = _named(house, name)
        told = await house.rooms.shipping.retry(house.visit("audit sinks retry"), outlet, SHELL)
        return [(letter, answer.became, answer.error) for letter, answer in told]

    found = within(settings_from(data, database_url), story)
    left = [each for each in found if each[1] != "sent"]
    sent, why = len(found) - len(left), left[-1][2] if left else ""
    tell(
        {"sent": sent, "left": len(left), "error": why},
        as_json=as_json,
        ko=f"다시 보냄 {sent}, 남음 {len(left)} {why}".rstrip(),
        en=f"Sent again: {sent}; left: {len(left)} {why}".rstrip(),
    )
    if left:
        raise typer.Exit(Exit.REFUSED)


@app.command("drop")
def drop(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="묻지 않고 · Without asking")] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """포기한 항목을 이곳에는 보내지 않기로 합니다. 기록에는 남습니다 · Give up what was not taken. It stays in the log.

    \b
    daemun audit sinks drop webhook --yes
    """

    async def story(house: House) -> int | None:
        shipping, visit = house.rooms.shipping, house.visit("audit sinks drop")
        letters = await visit.read(shipping.dead_letters, _named(house, name).name)
        asked = f"{name}: {len(letters)} · 보내지 않을까요? Give them up?"
        if letters and not yes and not typer.confirm(asked):
            return None
        return await visit.work(shipping.drop, letters, SHELL)

    count = within(settings_from(data, database_url), story)
    if count is None:
        fail("하지 않았습니다.", "Nothing was done.", Exit.USAGE)
    tell({"dropped": count}, as_json=as_json, ko=f"보내지 않기로 한 것: {count}", en=f"Given up: {count}")


def read(
    file: Annotated[Path, typer.Argument(help="logs/security-날짜.jsonl · A dated file", exists=True, dir_okay=False)],
    data: DataOption = None,
    database_url: DatabaseOption = None,
) -> None:
    """날짜별 파일을 봉한 부분까지 열어 봅니다. 열어 본 것도 기록에 남습니다 · Open a dated file, sealed parts too; recorded.

    \b
    daemun audit read security-2026-11-21.jsonl
    """

    async def story(house: House) -> None:
        unsealing, visit = Unsealing(house.audit.scribe.keys), house.visit("audit read")
        await visit.work(unsealing.tell, SHELL)
        with file.open(encoding="utf-8") as lines:
            first = 1
            while batch := list(islice(lines, AT_ONCE)):
                for each in await visit.read(unsealing.lines, batch, first):
                    typer.echo(json.dumps(each, ensure_ascii=False))
                first += len(batch)

    within(settings_from(data, database_url), story)


def _named(house: House, name: str) -> Outlet:
    return house.rooms.shipping.named(name) or _unknown(name, [each.name for each in house.rooms.shipping.outlets])


def _unknown(name: str, known: list[str]) -> NoReturn:
    listed = ", ".join(known) or "-"
    fail(f"그런 곳이 없습니다: {name} (있는 곳: {listed})", f"There is no such sink: {name} (there are: {listed})", Exit.USAGE)


def _row(each: SinkState) -> tuple[str, ...]:
    cursor = each.cursor
    last = moment(cursor.sent_at) if cursor.sent_at else "-"
    error = f"{cursor.error} x{cursor.tries}" if cursor.tries else ""
    return (each.name, each.where, each.personal, f"{cursor.delivered:,}", f"{each.behind:,}", str(each.dead), last, error)


def _plain(each: SinkState) -> dict[str, Any]:
    cursor = each.cursor
    return {
        "name": each.name,
        "where": each.where,
        "personal": each.personal,
        "next": cursor.next,
        "delivered": cursor.delivered,
        "behind": each.behind,
        "dead": each.dead,
        "tries": cursor.tries,
        "error": cursor.error,
        "sent_at": cursor.sent_at,
        "next_at": cursor.next_at,
    }
