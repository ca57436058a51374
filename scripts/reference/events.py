"""`events.md`: everything that can be subscribed to and that the log keeps."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference.source import Source
from scripts.reference.wording import code, finished, headed, table

from daemun.core.circumstance import Language
from daemun.core.event import EventKind

WORDS = {
    "ko": {
        "title": "사건",
        "about": "무슨 일이 있었는지를 말하는 것이 사건입니다. 이름은 `코드.결과`이고, 도구는 그 이름으로 구독합니다(`Subscription`). "
        "듣는 이는 사건과 같은 트랜잭션 안에서 돌며, 거절할 수는 없습니다. `*`는 모든 사건입니다.",
        "fields": "항목 뒤의 말은 누구의 정보인지입니다: `public` 누구의 것도 아님, `actor` 한 사람, `target` 당한 사람, `tenant` 조직. "
        "`public`이 아닌 항목은 그 사람의 정보가 지워질 때 함께 지워집니다.",
        "kept": "보존의 갈래: `login` 로그인, `security` 보안, `admin` 관리, `account` 계정, `data` 자료.",
        "name": "이름",
        "what": "무슨 일",
        "retention": "보존",
        "severity": "무게",
        "spills": "◇: 디스크가 꽉 차 기록할 수 없어도 하는 일이며, 따로 적어 두었다가 기록에 넣습니다.",
        "weighed": "무게는 syslog의 말입니다(RFC 5424): `info`, `notice`, `warning`. 갈래의 이름은 그 사건을 내는 기능입니다.",
        "of": "무엇에",
        "details": "항목",
    },
    "en": {
        "title": "Events",
        "about": "An event says what has happened. Its name is `code.outcome`, and tools subscribe by that name (`Subscription`). "
        "A listener runs in the event's own transaction and may not refuse. `*` is every event.",
        "fields": "The word after a field says whose data it is: `public` nobody's, `actor` who did it, `target` to whom it was done, "
        "`tenant` the organisation. What is not `public` goes when that person's data is erased.",
        "kept": "Retention classes: `login`, `security`, `admin`, `account`, `data`.",
        "name": "name",
        "what": "what happened",
        "retention": "kept as",
        "severity": "severity",
        "spills": "◇: done even when a full disk takes no record; it is kept aside, and enters the log later.",
        "weighed": "Severities are the words of syslog (RFC 5424): `info`, `notice`, `warning`. "
        "A heading is the feature that publishes what stands under it.",
        "of": "of what",
        "details": "fields",
    },
}


def sentence_code(kind: EventKind) -> str:
    """The code under which the catalogues say what happened: `event_auth_login_success`."""
    return "event_" + kind.name.replace(".", "_")


def page(source: Source, language: Language) -> str:
    words = WORDS[language]
    lines = headed(language, "events", words["title"], words["about"], words["fields"], words["kept"], words["weighed"], words["spills"])
    head = tuple(words[each] for each in ("name", "what", "retention", "severity", "of", "details"))
    for feature in source.house.features:
        if feature.events:
            lines += ["", f"## {feature.name}", "", *table(head, (tuple(_row(source, language, each)) for each in feature.events))]
    return finished(lines)


def _row(source: Source, language: Language, kind: EventKind) -> Iterator[str]:
    yield code(kind.name) + (" ◇" if kind.spills else "")
    yield source.say(language, sentence_code(kind))
    yield code(kind.retention)
    yield code(kind.severity)
    yield code(kind.resource_type or "")
    yield ", ".join(f"{code(name)} {holder}" for name, holder in kind.fields.items())
