"""`docs/reference/cli.md`: every command, written from its own help. `python -m daemun.cli.page ko`"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from daemun.cli.main import app
from daemun.core.circumstance import Language

HANGUL = re.compile(r"[가-힣]")
SEPARATOR = " · "
COMMON = frozenset({"data", "database_url", "as_json", "help"})
WORDS = {
    "ko": {
        "title": "명령",
        "other": "[English](cli.md)",
        "made": "이 쪽은 `python -m daemun.cli.page ko`가 명령의 도움말에서 씁니다. 손으로 고치지 않습니다.",
        "codes": "종료 코드: 0 성공, 1 거절, 2 사용법 오류, 3 설정 오류. 말은 로캘을 따릅니다(`LC_ALL=en_US.UTF-8`이면 영어).",
        "common": "거의 모든 명령에 `--data`, `--database-url`, `--json`이 있습니다.",
        "head": "| 인자 | 무엇 |",
        "needed": "꼭 필요함",
    },
    "en": {
        "title": "Commands",
        "other": "[한국어](cli.ko.md)",
        "made": "This page is written by `python -m daemun.cli.page en` from the commands' own help. It is not edited by hand.",
        "codes": "Exit codes: 0 done, 1 refused, 2 usage, 3 settings are wrong. The language follows the locale (`LC_ALL=en_US.UTF-8`).",
        "common": "Nearly every command has `--data`, `--database-url` and `--json`.",
        "head": "| argument | what it is for |",
        "needed": "needed",
    },
}


def page(language: Language) -> str:
    words = WORDS[language]
    lines = [f"# {words['title']}", "", words["other"], "", words["made"], "", words["codes"], "", words["common"]]
    for name, command in _commands("daemun", typer.main.get_command(app)):
        lines += ["", f"## {name}", "", *_said(command.help or "", language), *_table(command, language)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n") + "\n"


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
        elif spoken := " ".join(filter(None, (_in(line, language) for line in lines))):
            yield from (spoken, "")


def _in(line: str, language: Language) -> str:
    """What of a line is in that language: one half of it, all of it, or nothing."""
    halves = line.split(SEPARATOR)
    mine = [half for half in halves if bool(HANGUL.search(half)) == (language == "ko")]
    return SEPARATOR.join(mine).strip()


def _table(command: TyperCommand, language: Language) -> Iterator[str]:
    rows = [_row(each, language) for each in command.params if each.name not in COMMON and isinstance(each, TyperArgument | TyperOption)]
    if rows:
        yield from (WORDS[language]["head"], "|---|---|", *rows)


def _row(parameter: TyperArgument | TyperOption, language: Language) -> str:
    shown = ", ".join(parameter.opts) if isinstance(parameter, TyperOption) else (parameter.name or "").upper()
    needed = f" ({WORDS[language]['needed']})" if parameter.required else ""
    told = _in(parameter.help or "", language) or parameter.help or ""
    return f"| `{shown}` | {told}{needed} |"


if __name__ == "__main__":
    sys.stdout.write(page("en" if sys.argv[1:] == ["en"] else "ko"))
