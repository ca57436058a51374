"""`daemun audit search`, `rebuild`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final

import typer

from daemun.app.build import House
from daemun.cli.audit.proving import bar
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, language, say, settings_from, tell
from daemun.cli.table import moment, table
from daemun.core.actor import SHELL
from daemun.features.audit import Found, Query, Search, Sequencer
from daemun.ports.database import Transaction
from daemun.web.visit import Visit

EVERY = 0.5
PAGE = 200
HEADS: Final = {
    "ko": ("번호", "때(UTC)", "누가", "무엇", "결과", "어디서"),
    "en": ("index", "at (UTC)", "who", "what", "result", "where"),
}
Row = tuple[Found, str]
"""An event, and who did it in words."""


def search(
    query: Annotated[str, typer.Argument(help="찾을 것 · What to look for", show_default=False)] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="몇 개까지 · How many at most")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="새 사건을 계속 보임 · Go on with what happens from now on")] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """감사 기록에서 찾습니다 · Find what is in the audit log.

    \b
    찾아본 것도 기록에 남습니다. 주소는 앞부분만 보입니다. 결과는 최근 것부터입니다.
    That somebody looked is recorded, too. Addresses are shortened. The newest come first.

    \b
    daemun audit search 'action:auth.login outcome:failure created:>=2026-11-01'
    daemun audit search 'user:ana ip:203.0.113.0/24' --json
    """

    async def story(house: House) -> None:
        found, asked = house.rooms.search, house.rooms.search.parse(query)
        visit = replace(house.visit("audit search"), actor=SHELL)
        await found.looked(visit, "daemun audit search")
        await _sequence(house)
        await house.rooms.projector.catch_up(visit)
        upto = await visit.read(found.drawn)
        shown = await _newest(found, visit, asked, limit)
        _print(shown[::-1] if follow else shown, as_json=as_json)
        while follow:
            await asyncio.sleep(EVERY)
            upto = await _new(house, visit, asked, upto, as_json=as_json)

    try:
        within(settings_from(data, database_url), story)
    except KeyboardInterrupt:
        raise typer.Exit from None


def rebuild(data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """검색을 기록에서 새로 만듭니다 · Build the search anew from the log.

    \b
    기록은 그대로입니다. 서버가 켜져 있어도 되고, 멈추면 이어서 합니다. 끝날 때까지 오래된 것은 찾아지지 않습니다.
    The log stays as it is. A server may be running; stopped midway, it goes on from there. Until it is done, not all is found.

    \b
    daemun audit rebuild
    """

    async def story(house: House) -> int:
        alone = await _sequence(house)
        return await house.rooms.projector.rebuild(house.visit("audit rebuild"), bar(quiet=as_json), alone=alone)

    drawn = within(settings_from(data, database_url), story)
    tell({"entries": drawn}, as_json=as_json, ko=f"항목 {drawn}개를 다시 찾을 수 있습니다.", en=f"{drawn} entries can be found again.")


async def _sequence(house: House) -> bool:
    """Where no server runs, what waits for its place is given it first. Whether none does."""
    audit = house.audit
    return await asyncio.to_thread(Sequencer(audit.ledger, audit.signing, audit.scribe, house.clock, time.monotonic).once)


async def _newest(search: Search, visit: Visit, query: Query, limit: int) -> list[Row]:
    rows, after = list[Row](), None
    while len(rows) < limit:
        ask = partial(search.page, query=query, after=after, limit=min(PAGE, limit - len(rows)))
        found = await visit.database.survey(partial(_named, search=search, ask=ask))
        if not found:
            break
        rows, after = rows + found, found[-1][0].place
    return rows


async def _new(house: House, visit: Visit, query: Query, upto: int, *, as_json: bool) -> int:
    search = house.rooms.search
    drawn = await visit.read(search.drawn)
    if drawn > upto:
        ask = partial(search.since, query=query, idx=upto - 1, limit=PAGE)
        found = await visit.database.survey(partial(_named, search=search, ask=ask))
        _print(found, as_json=as_json, heads=False)
        return found[-1][0].idx + 1 if len(found) == PAGE else drawn
    return upto


def _named(tx: Transaction, search: Search, ask: Callable[[Transaction], Sequence[Found]]) -> list[Row]:
    found = ask(tx)
    people = search.named(tx, {each.actor for each in found})
    return [(each, people[each.actor].handle if each.actor in people else each.actor) for each in found]


def _print(rows: Sequence[Row], *, as_json: bool, heads: bool = True) -> None:
    if as_json:
        for each in rows:
            typer.echo(json.dumps(_told(*each), ensure_ascii=False))
        return
    if not rows and heads:
        say("찾은 것이 없습니다.", "Nothing was found.")
        return
    columns = (
        ("번호", "때(UTC)", "누가", "무엇", "결과", "어디서")
        if language() == "ko"
        else ("index", "at (UTC)", "who", "what", "result", "where")
    )
    lines = [(str(each.idx), moment(each.at), who, each.row.action, each.row.outcome or "-", each.network or "-") for each, who in rows]
    shown = table(columns, lines)
    if lines:
        typer.echo(shown if heads else shown.partition("\n")[2])


def _told(found: Found, who: str) -> dict[str, Any]:
    return {
        "index": found.idx,
        "at": found.at.isoformat(),
        "kind": found.row.kind,
        "action": found.row.action,
        "outcome": found.row.outcome,
        "class": found.row.retention,
        "actor": found.actor,
        "handle": who if who != found.actor else None,
        "target": found.target,
        "resource": found.resource,
        "network": found.network,
        "request_id": found.row.request or None,
        "details": found.public_details,
        "amended_by": list(found.amendments),
        "gone": list(found.gone),
    }
