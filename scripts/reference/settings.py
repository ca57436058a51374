"""`settings.md`: what the profiles change and every setting, from the sections themselves."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference.source import Source
from scripts.reference.wording import code, finished, headed, table

from daemun.app.core_settings import differences
from daemun.app.profiles import PROFILES
from daemun.app.section import Entry
from daemun.core.circumstance import Language
from daemun.core.setting import About

WORDS = {
    "ko": {
        "title": "설정",
        "order": "우선순위: 명령줄 > 환경변수 > `.env` > `daemun.toml`. 비밀 값은 `이름_FILE`로 파일에서 읽을 수 있습니다. "
        "`daemun settings`는 지금의 값과 출처를 보이고, `daemun settings --env-example`은 모든 설정을 `.env`의 꼴로 씁니다.",
        "profiles": "세 프로필의 차이",
        "what": "무엇",
        "yes": "예",
        "no": "아니요",
        "house": "공통",
        "name": "이름",
        "default": "기본값",
        "also": "다른 이름",
    },
    "en": {
        "title": "Settings",
        "order": "What wins: flags > environment > `.env` > `daemun.toml`. A secret may be read from a file by `NAME_FILE`. "
        "`daemun settings` shows each value in force and where it came from, "
        "`daemun settings --env-example` writes all of them as an `.env`.",
        "profiles": "What the three profiles change",
        "what": "what it is for",
        "yes": "yes",
        "no": "no",
        "house": "The house itself",
        "name": "name",
        "default": "default",
        "also": "other names",
    },
}


def page(source: Source, language: Language) -> str:
    words = WORDS[language]
    lines = headed(language, "settings", words["title"], words["order"])
    lines += ["", f"## {words['profiles']}", "", *table((words["what"], *PROFILES), _profiles(language))]
    for name, section in source.house.settings.asked.items():
        head = (words["name"], words["default"], words["what"], words["also"])
        lines += ["", f"## {name or words['house']}", "", *table(head, (_row(entry, language) for entry in section.entries))]
    return finished(lines)


def _profiles(language: Language) -> Iterator[tuple[str, ...]]:
    words = WORDS[language]
    told = {"true": words["yes"], "false": words["no"]}
    for each in differences():
        yield _said(each.about, language), *(told.get(each.values[name], each.values[name]) for name in PROFILES)


def _row(entry: Entry, language: Language) -> tuple[str, ...]:
    also = ", ".join(code(each.name) + (f" ({each.unit})" if each.unit else "") for each in entry.about.also)
    return code(entry.env), code(entry.default), _said(entry.about, language), also


def _said(about: About, language: Language) -> str:
    return about.ko if language == "ko" else about.en
