"""`.env.example`: every setting as a line to uncomment, written from the sections themselves."""

from __future__ import annotations

from collections.abc import Iterator

from daemun.app.core_settings import KEYS
from daemun.app.guessable import MAKE_ONE
from daemun.app.parsing import render
from daemun.app.profiles import PROFILES
from daemun.app.section import Entry
from daemun.app.settings import Settings
from daemun.app.sources import PREFIX

HEAD = f"""\
# Daemun의 설정. .env로 복사하고, 바꿀 줄의 맨 앞 "# " 를 지우십시오. 적힌 값은 기본값입니다.
# Daemun's settings. Copy to .env and take the "# " away from the lines to change. The values shown are the defaults.
#
# 이기는 차례: 명령줄 > 환경변수 > .env > daemun.toml.  비밀 값은 이름_FILE로 파일에서 읽을 수도 있습니다.
# What wins: flags > environment > .env > daemun.toml.  A secret may also be read from a file: NAME_FILE=/run/secrets/name
#
# 비밀 값 만들기 · To make a secret:  {MAKE_ONE}
# .env는 Git에 넣지 말고, chmod 600 .env 하십시오. · Never commit .env, and chmod 600 it.
"""


def env_example(settings: Settings) -> str:
    """The whole file, of every section asked for so far."""
    return HEAD + "".join(section_example(settings, name) for name in settings.asked)


def section_example(settings: Settings, name: str) -> str:
    lines = [line for entry in settings.asked[name].entries for line in ("", *_entry(entry))]
    return "\n".join(["", f"# ── {name or 'daemun'} " + "─" * 60, *lines, ""])


def _entry(entry: Entry) -> Iterator[str]:
    yield f"# {entry.about.ko}"
    yield f"# {entry.about.en}"
    if profiles := entry.about.profiles:
        yield "# " + " · ".join(f"{name}: {render(profiles[name])}" for name in PROFILES if name in profiles)
    if entry.name in KEYS:
        yield "# dev, staging: 없으면 처음 시작할 때 만듭니다 · made at the first start when it is not given"
    yield f"# {entry.env}={entry.default}"
    for also in entry.about.also:
        unit = f" ({also.unit})" if also.unit else ""
        rank = (
            "같은 설정의 다른 이름 · the same by another name"
            if also.name.startswith(PREFIX)
            else "문서의 이름, 위가 없을 때 읽음 · read where the one above is not given"
        )
        yield f"# {also.name}=  # {rank}{unit}"
