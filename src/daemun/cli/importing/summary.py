"""What came of it, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daemun.cli.importing.papers import Paper
from daemun.cli.table import facts, printable
from daemun.core.circumstance import Language
from daemun.features.people import Tally, Terms

MOST_NAMES = 12
REHEARSED: Mapping[Language, str] = {"ko": "연습입니다. 아무것도 바뀌지 않았습니다.\n", "en": "A rehearsal. Nothing has changed.\n"}


def answer(tally: Tally, terms: Terms, *, rehearsed: bool, seconds: float, rejects: Paper, report: Paper | None) -> dict[str, Any]:
    return {
        "dry_run": rehearsed,
        "origin": terms.origin,
        "rows": tally.rows,
        **{each: tally.came[each] for each in ("imported", "linked", "here", "rejected")},
        "reasons": dict(tally.codes.most_common()),
        "suspended": tally.shut,
        "without_password": tally.without_password,
        "roles": dict(tally.roles.most_common()),
        "unmapped_roles": dict(tally.unmapped.most_common()),
        "seconds": round(seconds, 2),
        "rejects_file": str(rejects.path),
        "report_file": str(report.path) if report else None,
    }


def told(found: Mapping[str, Any], language: Language) -> str:
    rehearsed, column = found["dry_run"], 0 if language == "ko" else 1
    came = ("들어올 사람", "would come") if rehearsed else ("들어온 사람", "imported")
    lines = [
        (("읽은 행", "rows read"), f"{found['rows']:,}"),
        (came, f"{found['imported']:,}"),
        (("이미 와 있던 사람", "here already"), _some(found["here"])),
        (("있던 계정과 이은 사람", "linked"), _some(found["linked"])),
        (("거절한 행", "rejected"), _counted(found["rejected"], found["reasons"])),
        (("정지된 채 온 사람", "suspended"), _some(found["suspended"])),
        (("비밀번호 없이 온 사람", "without a password"), _some(found["without_password"])),
        (("준 역할", "roles given"), _names(found["roles"])),
        (("옮기지 않은 역할", "roles not mapped"), _names(found["unmapped_roles"])),
        (("거절한 까닭", "why rejected"), found["rejects_file"] if found["rejected"] else ""),
        (("한 사람씩의 결과", "each person"), found["report_file"] or ""),
        (("걸린 시간", "time"), f"{found['seconds']:,.1f} s"),
    ]
    head = REHEARSED[language] if rehearsed else ""
    return head + facts([(names[column], value) for names, value in lines if value])


def _some(count: int) -> str:
    return f"{count:,}" if count else ""


def _counted(total: int, reasons: Mapping[str, int]) -> str:
    return f"{total:,}  ({_names(reasons)})" if reasons else f"{total:,}"


def _names(counts: Mapping[str, int]) -> str:
    shown = [f"{printable(name)} {count:,}" for name, count in list(counts.items())[:MOST_NAMES]]
    return ", ".join([*shown, *(["…"] if len(counts) > MOST_NAMES else [])])
