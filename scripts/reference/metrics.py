"""`metrics.md`: every number at /metrics, from the catalogue and from the features' own."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference.source import Source
from scripts.reference.wording import code, codes, finished, headed, table

from daemun.core.circumstance import Language
from daemun.core.measures import Measure

WORDS = {
    "ko": {
        "title": "지표",
        "about": "`GET /metrics`가 Prometheus 텍스트 형식으로 답합니다. `DAEMUN_METRICS__TOKEN`의 토큰이나 권한 `metrics.read`가 있어야 "
        "읽습니다. 어느 프로세스가 답하든 같은 데이터 폴더를 쓰는 모든 서버 프로세스의 값을 더해 답합니다.",
        "labels": "레이블에는 경로, 이름, 주소처럼 누구의 것이거나 끝없이 늘어나는 것이 들어가지 않습니다.",
        "head": "이름|종류|레이블|무엇",
    },
    "en": {
        "title": "Metrics",
        "about": "`GET /metrics` answers in Prometheus' text format, to who brings the token of `DAEMUN_METRICS__TOKEN` or has the "
        "permission `metrics.read`. Whichever process is asked, the answer adds up all server processes of the same data folder.",
        "labels": "No label holds a path, a name or an address, or anything else that is somebody's or grows without end.",
        "head": "name|kind|labels|what",
    },
}


def page(source: Source, language: Language) -> str:
    words = WORDS[language]
    rows = (tuple(_row(each, language)) for each in source.house.ground.metrics.measures)
    head = words["head"].split("|")
    return finished([*headed(language, "metrics", words["title"], words["about"], words["labels"]), "", *table(head, rows)])


def _row(measure: Measure, language: Language) -> Iterator[str]:
    yield code(measure.name)
    yield measure.kind
    yield codes(measure.labels)
    yield measure.ko if language == "ko" else measure.en
