"""`http.md`: every call, who may make it, what it takes and what it answers; from the OpenAPI and the routes' own declarations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from scripts.reference.calls import Call, calls
from scripts.reference.schemas import brief, fields, titled
from scripts.reference.source import Source
from scripts.reference.wording import code, codes, finished, half, headed, table

from daemun.core.circumstance import Language
from daemun.web.answers import ASKING_AGAIN, CHANGING, EVERYWHERE, WITH_BEARER, WITH_BODY
from daemun.web.problems import MEDIA_TYPE
from daemun.web.requires import Public, Requires

WORDS = {
    "ko": {
        "title": "HTTP",
        "about": "본문은 JSON으로 주고받습니다. 로그인한 사람은 `Authorization: Bearer …` 헤더나 세션 쿠키로 알아봅니다. "
        "쿠키로 무언가를 바꾸려면 `X-CSRF-Token` 헤더도 있어야 합니다. 켜진 서버의 `/openapi.json`(프로필 `dev`)도 같은 내용입니다.",
        "common": "부름마다 적지 않은 답: 503 `unavailable` 어디서나 · "
        "400 `bad_request`, 413 `too_large`, 422 `malformed` 본문이나 인자가 있을 때 · "
        "401 `unauthenticated`, `invalid_token`, `session_ended` 그리고 403 `denied`, `account_inactive`, "
        "`api_key_refused`, `csrf_due` 로그인이 필요할 때 · "
        "401 `reauthentication_due` 본인 확인을 다시 해야 할 때. 코드마다의 문장은 [오류](errors.ko.md)에 있습니다.",
        "who": "누가",
        "anybody": "누구나",
        "because": "코드에 적힌 까닭",
        "known": "로그인한 사람",
        "permission": "권한 {permission}",
        "aal": "2단계 인증까지 마친 뒤",
        "age": "본인 확인 뒤 {minutes}분 안에",
        "keys_too": "API 키도",
        "keys_only": "API 키만",
        "parameters": "인자",
        "body": "본문",
        "answer": "답",
        "refused": "거절",
        "nothing": "본문 없음",
        "pages": "페이지와 파일",
        "pages_about": "브라우저로 여는 것입니다. JSON이 아니며, OpenAPI에 없습니다.",
        "path": "경로",
        "methods": "메서드",
        "shapes": "주고받는 것",
        "field": "항목",
        "type": "꼴",
        "what": "무엇",
        "needed": "꼭 필요함",
    },
    "en": {
        "title": "HTTP",
        "about": "Bodies are JSON, both ways. Whoever is signed in is known by the header `Authorization: Bearer …` or by the session "
        "cookie; with the cookie, what changes something also needs the header `X-CSRF-Token`. A running server says the same at "
        "`/openapi.json` (profile `dev`).",
        "common": "Answers that are not repeated below: 503 `unavailable` everywhere · 400 `bad_request`, 413 `too_large`, 422 `malformed` "
        "with a body or parameters · 401 `unauthenticated`, `invalid_token`, `session_ended` and 403 `denied`, `account_inactive`, "
        "`api_key_refused`, `csrf_due` where one has to be signed in · 401 `reauthentication_due` where one has to confirm that it is "
        "oneself. Each code has its sentence among the [errors](errors.md).",
        "who": "who",
        "anybody": "anybody",
        "because": "because, as the code says",
        "known": "whoever is signed in",
        "permission": "with the permission {permission}",
        "aal": "after a second factor",
        "age": "within {minutes} minutes after confirming that it is oneself",
        "keys_too": "API keys, too",
        "keys_only": "API keys only",
        "parameters": "parameters",
        "body": "body",
        "answer": "answers",
        "refused": "refuses",
        "nothing": "no body",
        "pages": "Pages and files",
        "pages_about": "These are opened with a browser. They are not JSON, and not in the OpenAPI.",
        "path": "path",
        "methods": "methods",
        "shapes": "What is sent and answered",
        "field": "field",
        "type": "form",
        "what": "what it is",
        "needed": "needed",
    },
}
COMMON = (EVERYWHERE, WITH_BODY, WITH_BEARER, CHANGING, ASKING_AGAIN)


def page(source: Source, language: Language) -> str:
    words, document = WORDS[language], source.app.openapi()
    lines = headed(language, "http", words["title"], words["about"], words["common"])
    served = list(calls(source.app))
    for tag, group in _by_tag(served).items():
        lines += ["", f"## {tag}", *(line for each in group for line in _call(each, language))]
    lines += ["", f"## {words['pages']}", "", words["pages_about"], "", *_pages(served, language)]
    lines += ["", f"## {words['shapes']}", *_shapes(document["components"]["schemas"], language)]
    return finished(lines)


def _by_tag(served: Iterable[Call]) -> dict[str, list[Call]]:
    groups: dict[str, list[Call]] = defaultdict(list)
    for each in served:
        if each.operation is not None:
            groups[each.tag].append(each)
    return groups


def _call(call: Call, language: Language) -> Iterator[str]:
    words, operation = WORDS[language], call.operation or {}
    yield from ("", f"### {call.method} {call.path}", "", half(operation.get("summary", ""), language), "")
    yield f"- {words['who']}: {_who(call, language)}"
    if parameters := [_parameter(each, language) for each in operation.get("parameters", ())]:
        yield f"- {words['parameters']}: {'; '.join(parameters)}"
    if body := operation.get("requestBody"):
        yield f"- {words['body']}: {_content(body)}"
    good = [f"{status} {_content(each) or words['nothing']}" for status, each in operation["responses"].items() if status < "400"]
    yield f"- {words['answer']}: {' · '.join(good)}"
    if refused := [f"{status} {codes(own)}" for status, each in sorted(operation["responses"].items()) if (own := _own(status, each))]:
        yield f"- {words['refused']}: {' · '.join(refused)}"


def _who(call: Call, language: Language) -> str:
    words = WORDS[language]
    if not isinstance(call.guard, Requires):
        why = call.guard.why if isinstance(call.guard, Public) else ""
        return f"{words['anybody']} ({words['because']}: “{why}”)" if why else words["anybody"]
    told = words["permission"].format(permission=code(call.guard.permission)) if call.guard.permission else words["known"]
    further = [words["aal"]] * (call.guard.aal > 1)
    if call.guard.max_age is not None:
        further.append(words["age"].format(minutes=int(call.guard.max_age.total_seconds() // 60)))
    if call.guard.keys != "never":
        further.append(words[f"keys_{call.guard.keys}"])
    return ", ".join([told, *further])


def _parameter(parameter: dict[str, Any], language: Language) -> str:
    needed = f" ({WORDS[language]['needed']})" if parameter.get("required") and parameter["in"] != "path" else ""
    return f"{code(parameter['name'])} {brief(parameter['schema'])}{needed}"


def _content(told: dict[str, Any]) -> str:
    return " / ".join(dict.fromkeys(brief(each.get("schema", {})) or code(kind) for kind, each in told.get("content", {}).items()))


def _own(status: str, response: dict[str, Any]) -> list[str]:
    """The codes that belong to this call, beside those which many have."""
    if MEDIA_TYPE not in response.get("content", {}):
        return []
    common = {each.partition(" (")[0] for said in COMMON for each in said.get(int(status), "").split(", ")}
    told = response["description"].partition(": ")[2].split(", ")
    return [each for each in told if each.partition(" (")[0] not in common]


def _pages(served: Iterable[Call], language: Language) -> Iterator[str]:
    methods: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in served:
        if each.operation is None:
            methods[each.path, _who(each, language)].append(each.method)
    words = WORDS[language]
    yield from table(
        (words["path"], words["methods"], words["who"]), ((code(path), ", ".join(how), who) for (path, who), how in methods.items())
    )


def _shapes(schemas: dict[str, Any], language: Language) -> Iterator[str]:
    words = WORDS[language]
    for name, schema in sorted(schemas.items()):
        yield from ("", f"### {titled(name)}", "")
        if rows := list(fields(schema, language, words["needed"])):
            yield from table((words["field"], words["type"], words["what"]), rows)
        else:
            yield brief(schema)
