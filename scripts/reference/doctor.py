"""`doctor.md`: what `daemun doctor` asks, from the checks themselves."""

from __future__ import annotations

from itertools import groupby

from scripts.reference.source import Source
from scripts.reference.wording import code, file_of, finished, headed, table

from daemun.app.doctor import Result, clauses, found
from daemun.app.doctor.report import SCHEMA
from daemun.core.circumstance import Language

WORDS = {
    "ko": {
        "title": "점검",
        "what": "`daemun doctor`는 지금의 설정과 그 주변을 표준의 조항과 운영의 상식에 비추어 살핍니다. 보기만 합니다: "
        "아무것도 바꾸지 않고 비밀 값을 찍지 않습니다. 쓰는 법은 [안내](../guides/doctor.ko.md)에 있습니다.",
        "results": "| 결과 | 뜻 | 종료 코드 |\n|---|---|---|\n"
        "| 정상 `pass` | 물은 대로입니다 | 0 |\n"
        "| 못 봄 `unseen` | 볼 수 없었고, 까닭을 말합니다 | 0 |\n"
        "| 벗어남 `deviation` | 돌지만 물은 것보다 약합니다. 어느 설정 탓인지 말합니다 | 1 |\n"
        "| 실패 `fail` | 그렇지 않거나, 돌지 않습니다 | 2 |",
        "clauses": "조항은 그 점검들 가운데 가장 나쁜 결과를 받습니다. 점검이 없는 조항은 둘 중 하나입니다. 설정과 무관(`built-in`): "
        "어떤 설정도 바꾸지 못하며, 지켜짐은 [시험](clauses.ko.md)이 보입니다. 아직 없음(`not-built`): 그 기능을 기다립니다.",
        "needs": "점검이 필요로 하는 것, 없으면 못 보는 것:\n\n"
        "- `settings`: 설정과 이 컴퓨터의 파일\n- `house`: 한 번 켠 집\n- `server`: 답하는 데이터베이스\n"
        "- `database`: 우리 스키마가 있는 데이터베이스\n"
        "- `network`: 설정에 적힌 다른 서버(공개 주소, 메일, Valkey). `--offline`이면 묻지 않습니다",
        "json": f"`--json`의 `schema`는 {SCHEMA}입니다. 있는 이름은 뜻을 지키고, 새 이름이 더해질 수 있습니다.",
        "check": "점검",
        "asked": "물음",
        "clause": "조항",
        "need": "필요한 것",
    },
    "en": {
        "title": "Checks",
        "what": "`daemun doctor` looks at the running configuration and what is around it, by the clauses of published standards and by "
        "what operators trip over. It only looks: it changes nothing and prints no secret. "
        "How to use it is told in a [guide](../guides/doctor.md).",
        "results": "| result | what it means | exit code |\n|---|---|---|\n"
        "| `pass` | it is as it ought to be | 0 |\n"
        "| `unseen` | it could not be looked at; the line says why | 0 |\n"
        "| `deviation` | it works, and is weaker than what is asked; the line names the setting that causes it | 1 |\n"
        "| `fail` | it is not so, or does not work | 2 |",
        "clauses": "A clause stands as the worst of its checks. One without a check is either `built-in`: no setting changes it, and that "
        "it holds is shown by the [tests](clauses.md); or `not-built`: it waits for a capability.",
        "needs": "What a check needs, and without which it is unseen:\n\n"
        "- `settings`: these, and files of this machine\n- `house`: one that was started before\n- `server`: a database that answers\n"
        "- `database`: one with our schema\n"
        "- `network`: another server that the settings name (the public address, mail, Valkey); with `--offline` it is not asked",
        "json": f"The `schema` of `--json` is {SCHEMA}: names that are there keep their meaning, and others may come.",
        "check": "check",
        "asked": "what ought to be so",
        "clause": "clauses",
        "need": "needs",
    },
}


def page(_source: Source, language: Language) -> str:
    words = WORDS[language]
    lines = headed(language, "doctor", words["title"], *(words[each] for each in ("what", "results", "clauses", "needs", "json")))
    head = tuple(words[each] for each in ("check", "asked", "clause", "need"))
    for group, checks in groupby((Result(each, ()) for each in found()), key=lambda each: each.group):
        lines += ["", f"## {group}", "", *table(head, (_row(each, language) for each in checks))]
    return finished(lines)


def _row(result: Result, language: Language) -> tuple[str, ...]:
    check = result.check
    sources = {each.id: each.source for each in clauses()}
    asked = "; ".join(f"{each} ([{sources[each]}]({file_of('clauses', language)}))" for each in check.clauses)
    return code(check.name), check.ko if language == "ko" else check.en, asked, code(check.needs)
