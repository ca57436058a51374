"""What is typed, and what is made of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from daemun.adapters.importing import FIELDS, Format, OnDisk, Reading, formats_by_name
from daemun.app.build import House
from daemun.cli.importing.options import (
    Columns,
    Delimiter,
    DryRun,
    Encoding,
    FormatArgument,
    Origin,
    Pairs,
    Rejects,
    Report,
    Role,
    SourceArgument,
    Speaking,
    TakenEmail,
    TakenHandle,
    TrustEmails,
    UnknownHash,
    WithLetters,
)
from daemun.cli.importing.papers import REJECTS, REPORT, Paper, write_rejects, write_report
from daemun.cli.importing.progress import Progress
from daemun.cli.importing.summary import answer, told
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, Exit, JsonOption, fail, settings_from, tell
from daemun.core.actor import SHELL
from daemun.core.circumstance import Language
from daemun.core.errors import Flaw
from daemun.features.people import Outcome, Tally, Terms

LONGEST_ORIGIN = 50


def import_(
    format_: FormatArgument,
    source: SourceArgument,
    dry_run: DryRun = False,
    columns: Columns = None,
    role: Role = None,
    table: Annotated[str | None, typer.Option(help="사용자 표의 이름: 데이터베이스에서 · The table of people, in a database")] = None,
    timezone: Annotated[str, typer.Option(help="시간대가 없는 때의 시간대 · The zone of moments without one")] = "UTC",
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    origin: Origin = None,
    taken_email: TakenEmail = "skip",
    taken_handle: TakenHandle = "skip",
    unknown_hash: UnknownHash = "refuse",
    trust_emails: TrustEmails = False,
    letters: WithLetters = False,
    speaking: Speaking = "ko",
    rejects: Rejects = None,
    report: Report = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """다른 시스템의 사람들을 비밀번호와 함께 가져오기 · Bring people from another system, with their passwords.

    \b
    중간에 끊기면 같은 명령을 다시 치십시오. 온 사람은 다시 오지 않고, 빠진 사람은 들어옵니다.
    Interrupted, it is run again: nobody comes twice, and nobody is left out.

    \b
    거절한 행이 있으면 종료 코드가 1입니다. 편지는 --letters 없이는 한 통도 가지 않습니다.
    With rejected rows the exit code is 1. Not a single letter is sent without --letters.

    \b
    daemun import csv members.csv --dry-run
    daemun import csv members.csv --map handle=아이디 --timezone Asia/Seoul
    daemun import django - --role is_superuser=admin --report people.csv
    daemun import keycloak realm.json --role editor=content_admin
    """
    chosen = _format(format_)
    terms = _terms(origin or chosen.name, _pairs(role), speaking)
    terms = replace(
        terms,
        links_taken_emails=taken_email == "link",
        renames=taken_handle == "rename",
        drops_unknown_hashes=unknown_hash == "drop",
        vouches_for_emails=trust_emails,
        writes_letters=letters,
    )
    reading = Reading(_fields(_pairs(columns)), table, _zone(timezone), encoding, delimiter)
    settings = settings_from(data, database_url)
    where = sys.stdin.readline().strip() if source == "-" else source
    refused = rejects or settings.core.data / "imports" / f"{terms.origin}-rejects.csv"

    async def story(house: House) -> dict[str, Any]:
        return await _imported(house, chosen, where, reading, terms, refused, report, rehearse=dry_run)

    found = within(settings, story)
    tell(found, as_json=as_json, ko=told(found, "ko"), en=told(found, "en"))
    if found["rejected"]:
        raise typer.Exit(Exit.REFUSED)


async def _imported(
    house: House, chosen: Format, where: str, reading: Reading, terms: Terms, refused: Path, asked: Path | None, *, rehearse: bool
) -> dict[str, Any]:
    def say(spoken: Language, flaw: Flaw) -> str:
        return house.pages.catalogue.say(spoken, flaw.code, dict(flaw.data))

    with ExitStack() as stack:
        source = stack.enter_context(closing(chosen.open(where, reading)))
        scratch = stack.enter_context(closing(OnDisk())) if rehearse else None
        rejects = stack.enter_context(Paper(refused, REJECTS))
        report = stack.enter_context(Paper(asked, REPORT)) if asked else None
        progress = Progress(source)

        def hear(outcomes: Sequence[Outcome], tally: Tally) -> None:
            write_rejects(rejects, outcomes, say)
            if report:
                write_report(report, outcomes)
            progress.tell(tally)

        visit = replace(house.visit("import"), actor=SHELL)
        tally = await house.import_people(visit, source, terms, hear, scratch=scratch)
        progress.end(tally)
        return answer(tally, terms, rehearsed=rehearse, seconds=progress.seconds, rejects=rejects, report=report)


def _format(name: str) -> Format:
    known = formats_by_name()
    if name not in known:
        there = ", ".join(known)
        fail(f"그런 형식은 없습니다: {name} (있는 것: {there})", f"There is no format {name} (there are: {there})", Exit.USAGE)
    return known[name]


def _terms(origin: str, roles: Sequence[tuple[str, str]], spoken: Language) -> Terms:
    if not 1 <= len(origin) <= LONGEST_ORIGIN or not all(each.isalnum() or each in "._-" for each in origin):
        fail(
            f"원본의 이름은 글자, 숫자, 점, 밑줄, 붙임표로 {LONGEST_ORIGIN}자까지입니다: {origin}",
            f"An origin has up to {LONGEST_ORIGIN} letters, digits, dots, underscores and hyphens: {origin}",
            Exit.USAGE,
        )
    mapped: dict[str, tuple[str, ...]] = {}
    for theirs, ours in roles:
        mapped[theirs] = (*mapped.get(theirs, ()), ours)
    return Terms(origin, mapped, language=spoken)


def _pairs(told: Pairs) -> list[tuple[str, str]]:
    """By the last sign: a role of theirs may have one in its name."""
    found = [each.rpartition("=") for each in told or ()]
    for (left, _, right), whole in zip(found, told or (), strict=True):
        if not left.strip() or not right.strip():
            fail(f"이름=이름 꼴이어야 합니다: {whole}", f"This must be of the form name=name: {whole}", Exit.USAGE)
    return [(left.strip(), right.strip()) for left, _, right in found]


def _fields(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    if unknown := [name for name, _ in pairs if name not in FIELDS]:
        fail(
            f"그런 필드는 없습니다: {unknown[0]} (있는 것: {', '.join(FIELDS)})",
            f"There is no field {unknown[0]} (there are: {', '.join(FIELDS)})",
            Exit.USAGE,
        )
    return dict(pairs)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fail(f"그런 시간대는 없습니다: {name} (예: Asia/Seoul)", f"There is no time zone {name} (such as Asia/Seoul)", Exit.USAGE)
