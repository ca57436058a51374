"""`daemun settings`: what is in force, and where it comes from."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from daemun.app import tools
from daemun.app.env_example import env_example
from daemun.app.section import Entry
from daemun.app.sections import Sections
from daemun.app.settings import Settings
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, language, sentences, settings_from
from daemun.cli.table import table
from daemun.core.circumstance import Language

HEADS: dict[Language, tuple[str, str, str, str]] = {
    "ko": ("설정", "값", "출처", "설명"),
    "en": ("setting", "value", "from", "what it is for"),
}
WIDEST = 48


def command(
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
    example: Annotated[bool, typer.Option("--env-example", help=".env.example을 씁니다 · Print a .env.example")] = False,
) -> None:
    """지금의 설정과 그 값이 온 곳을 보입니다 · Show the settings in force and where they come from."""
    with sentences(lambda: None):
        settings = settings_from(data, database_url)
        ask_all(settings)
        settings.check()
        if example:
            typer.echo(env_example(settings).rstrip("\n"))
        else:
            typer.echo(show(settings, as_json=as_json, language=language()))


def ask_all(settings: Settings) -> None:
    """Every section there is, without building a house: nothing is made, nothing is connected to."""
    Sections.of(settings)
    tools.plugged(settings)


def show(settings: Settings, *, as_json: bool, language: Language) -> str:
    """Every effective value with its source; secrets masked."""
    entries = settings.effective()
    return _json(settings, entries) if as_json else _table(settings, entries, language)


def _json(settings: Settings, entries: list[Entry]) -> str:
    shown = [
        {"name": each.name, "env": each.env, "value": each.value, "source": each.source, "help": {"ko": each.about.ko, "en": each.about.en}}
        for each in entries
    ]
    warnings = [{"ko": each.ko, "en": each.en} for each in settings.warnings()]
    return json.dumps({"profile": settings.core.profile, "settings": shown, "warnings": warnings}, ensure_ascii=False, indent=2)


def _table(settings: Settings, entries: list[Entry], language: Language) -> str:
    rows = [(each.name, _short(each.value), each.source, _help(each, language)) for each in entries]
    lines = [table(HEADS[language], rows)]
    return "\n".join([*lines, *(f"! {each.said(language)}" for each in settings.warnings())])


def _help(entry: Entry, language: Language) -> str:
    return entry.about.ko if language == "ko" else entry.about.en


def _short(value: str) -> str:
    return value if len(value) <= WIDEST else value[: WIDEST - 1] + "…"
