"""`errors.md`: every code that a program can be answered with."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.reference.source import Source, everything_imported, room
from scripts.reference.wording import code, finished, headed, table

import daemun
from daemun.core.circumstance import Language
from daemun.core.errors import Refusal
from daemun.web import bodies, handlers
from daemun.web.problems import status_of

SAYING = {"Flaw", "_flaw", "PydanticCustomError"}
"""What is called with the code of a flaw."""
WORDS = {
    "ko": {
        "title": "오류",
        "about": "거절은 `application/problem+json`(RFC 9457)으로 답합니다. `code`는 프로그램이, `detail`은 사람이 읽으며, "
        "문장은 `Accept-Language`(`ko` 또는 `en`)를 따릅니다. 중괄호 안은 그때의 값입니다.",
        "example": "`errors`에는 입력의 어디(`where`)가 왜(`code`) 틀렸는지가 하나씩 들어 있습니다. "
        "`request_id`는 서버의 기록에서 그 요청을 찾는 번호입니다. 429와 503에는 `Retry-After` 헤더가 있습니다.",
        "refusals": "거절",
        "flaws": "입력의 잘못",
        "code": "코드",
        "status": "상태",
        "sentence": "문장",
        "room": "방",
    },
    "en": {
        "title": "Errors",
        "about": "A refusal is answered as `application/problem+json` (RFC 9457). `code` is for programs, `detail` for people, in the "
        "language that `Accept-Language` asks for (`ko` or `en`). What stands in braces is filled in.",
        "example": "`errors` names each thing that is wrong in the input: where (`where`) and why (`code`). "
        "`request_id` finds the request in the server's log. 429 and 503 come with the header `Retry-After`.",
        "refusals": "Refusals",
        "flaws": "What can be wrong in the input",
        "code": "code",
        "status": "status",
        "sentence": "sentence",
        "room": "room",
    },
}
EXAMPLE = """\
```json
{
  "type": "urn:daemun:problem:weak_password",
  "title": "Bad Request",
  "status": 400,
  "detail": "…",
  "code": "weak_password",
  "request_id": "01KAJ6Z5Q5T8V3M6Y9B2C4D7E8",
  "errors": [{"where": "password", "code": "password_common", "message": "…"}]
}
```"""


def page(source: Source, language: Language) -> str:
    words = WORDS[language]
    lines = headed(language, "errors", words["title"], words["about"], EXAMPLE, words["example"])
    head = tuple(words[each] for each in ("code", "status", "sentence", "room"))
    told = ((code(each), str(status), source.say(language, each), where) for each, status, where in refusals())
    lines += ["", f"## {words['refusals']}", "", *table(head, told)]
    wrong = ((code(each), source.say(language, each)) for each in flaws(source))
    return finished([*lines, "", f"## {words['flaws']}", "", *table((words["code"], words["sentence"]), wrong)])


def refusals() -> list[tuple[str, int, str]]:
    """Code, status and room of everything that is refused, also by the framework itself."""
    everything_imported()
    kinds = (each for each in _kinds(Refusal) if each.__module__.startswith("daemun.") and "code" in vars(each))
    ours = {(each.code, status_of(each), room(each.__module__)) for each in kinds}
    known = {each for each, _, _ in ours}
    framework = {(each, status, "web") for status, each in (*handlers.CODES.items(), (500, "internal_error"))}
    return sorted(ours | {each for each in framework if each[0] not in known})


def _kinds(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in refusal.__subclasses__():
        yield each
        yield from _kinds(each)


def flaws(source: Source) -> list[str]:
    """Found where they are said: a flaw is a value, not a type."""
    files = (file for folder in daemun.__path__ for file in Path(folder).rglob("*.py"))
    said = {each for file in files for each in _said_in(ast.parse(file.read_text("utf-8")))}
    known = source.house.pages.catalogue.sentences["ko"]
    return sorted(each for each in {*said, *bodies.CODES.values(), "field_invalid"} if each in known)


def _said_in(tree: ast.AST) -> Iterable[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SAYING:
            for each in ast.walk(call):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value.removeprefix("daemun_")
