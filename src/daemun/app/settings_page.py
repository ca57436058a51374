"""`docs/reference/settings.md`: what the profiles change and every setting, written from the sections themselves."""

from __future__ import annotations

from collections.abc import Iterator

from daemun.app.core_settings import differences
from daemun.app.profiles import PROFILES
from daemun.app.section import Entry
from daemun.app.settings import Settings
from daemun.core.circumstance import Language
from daemun.core.setting import About

WORDS = {
    "ko": {
        "title": "설정",
        "other": "[English](settings.md)",
        "made": "이 쪽은 `daemun settings --page ko`가 씁니다. 손으로 고치지 않습니다.",
        "order": "우선순위: 명령줄 > 환경변수 > `.env` > `daemun.toml`. 비밀 값은 `이름_FILE`로 파일에서 읽을 수 있습니다. "
        "`daemun settings`는 지금의 값과 출처를 보입니다.",
        "profiles": "세 프로필의 차이",
        "what": "무엇",
        "yes": "예",
        "no": "아니요",
        "house": "공통",
        "head": "| 이름 | 기본값 | 무엇 | 다른 이름 |",
    },
    "en": {
        "title": "Settings",
        "other": "[한국어](settings.ko.md)",
        "made": "This page is written by `daemun settings --page en`. It is not edited by hand.",
        "order": "What wins: flags > environment > `.env` > `daemun.toml`. A secret may be read from a file by `NAME_FILE`. "
        "`daemun settings` shows each value in force and where it came from.",
        "profiles": "What the three profiles change",
        "what": "what",
        "yes": "yes",
        "no": "no",
        "house": "The house itself",
        "head": "| name | default | what it is for | other names |",
    },
}


def page(settings: Settings, language: Language) -> str:
    """The whole page, of every section asked for so far."""
    words = WORDS[language]
    lines = [f"# {words['title']}", "", words["other"], "", words["made"], "", words["order"], "", f"## {words['profiles']}", ""]
    lines += [*_profiles(language)]
    for name, section in settings.asked.items():
        lines += ["", f"## {name or words['house']}", "", words["head"], "|---|---|---|---|"]
        lines += [_row(entry, language) for entry in section.entries]
    return "\n".join(lines) + "\n"


def _profiles(language: Language) -> Iterator[str]:
    words = WORDS[language]
    told = {"true": words["yes"], "false": words["no"]}
    yield f"| {words['what']} | {' | '.join(PROFILES)} |"
    yield "|---|---|---|---|"
    for each in differences():
        values = (told.get(value, value) for value in (each.values[name] for name in PROFILES))
        yield f"| {_cell(_said(each.about, language))} | {' | '.join(values)} |"


def _row(entry: Entry, language: Language) -> str:
    also = ", ".join(f"`{each.name}`" + (f" ({each.unit})" if each.unit else "") for each in entry.about.also)
    default = f"`{entry.default}`" if entry.default else ""
    return f"| `{entry.env}` | {default} | {_cell(_said(entry.about, language))} | {also} |"


def _said(about: About, language: Language) -> str:
    return about.ko if language == "ko" else about.en


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
