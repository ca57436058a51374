"""`cli.md`: every command, from its own help."""

from __future__ import annotations

import re
from collections.abc import Iterator

import typer
from scripts.reference.source import Source
from scripts.reference.wording import code, finished, half, headed, table
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from daemun.cli.main import app
from daemun.core.circumstance import Language

COMMON = frozenset({"data", "database_url", "as_json", "help"})
WORDS = {
    "ko": {
        "title": "명령",
        "codes": "종료 코드: 0 성공, 1 거절, 2 사용법 오류, 3 설정 오류. 말은 로캘을 따릅니다(`LC_ALL=en_US.UTF-8`이면 영어).",
        "common": "거의 모든 명령에 `--data`, `--database-url`, `--json`이 있습니다.",
        "argument": "인자",
        "what": "무엇",
        "needed": "꼭 필요함",
    },
    "en": {
        "title": "Commands",
        "codes": "Exit codes: 0 done, 1 refused, 2 usage, 3 settings are wrong. The language follows the locale (`LC_ALL=en_US.UTF-8`).",
        "common": "Nearly every command has `--data`, `--database-url` and `--json`.",
        "argument": "argument",
        "what": "what it is for",
        "needed": "needed",
    },
}


def page(_: Source, language: Language) -> str:
    words = WORDS[language]
    lines = headed(language, "cli", words["title"], words["codes"], words["common"])
    for name, command in _commands("daemun", typer.main.get_command(app)):
        lines += ["", f"## {name}", "", *_said(command.help or "", language), *_arguments(command, language)]
    return finished(lines)


def _commands(name: str, command: object) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperCommand):
        yield name, command
    elif isinstance(command, TyperGroup):
        for each, inner in command.commands.items():
            yield from _commands(f"{name} {each}", inner)


def _said(help_text: str, language: Language) -> Iterator[str]:
    """Paragraph by paragraph; what is typed stays as it is."""
    for paragraph in re.split(r"\n\s*\n", help_text.replace("\b\n", "").strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        if all(line.startswith("daemun ") for line in lines):
            yield from ("```sh", *lines, "```", "")
        elif spoken := " ".join(filter(None, (half(line, language) for line in lines))):
            yield from (spoken, "")


def _arguments(command: TyperCommand, language: Language) -> Iterator[str]:
    words = WORDS[language]
    rows = [_row(each, language) for each in command.params if each.name not in COMMON and isinstance(each, TyperArgument | TyperOption)]
    if rows:
        yield from table((words["argument"], words["what"]), rows)


def _row(parameter: TyperArgument | TyperOption, language: Language) -> tuple[str, str]:
    shown = ", ".join(parameter.opts) if isinstance(parameter, TyperOption) else (parameter.name or "").upper()
    needed = f" ({WORDS[language]['needed']})" if parameter.required else ""
    told = half(parameter.help or "", language) or parameter.help or ""
    return code(shown), told + needed
