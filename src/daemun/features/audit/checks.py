"""What `daemun doctor` asks of the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from daemun.features.audit import store
from daemun.features.audit.settings import AuditSettings
from daemun.plugin import Check, Finding, Patient, Sentence, deviates, put

BEHIND: Final = 4096
"""More than waits at any moment of a busy house."""
STARTED: Final = Sentence(
    "서버를 켜 두십시오. 켜져 있다면 로그의 daemun.audit를 보십시오.", "Keep the server on; if it is, look at daemun.audit in its log."
)


def pin(patient: Patient) -> Iterator[Finding]:
    """Beside the database it goes back with it, and tells nothing."""
    kept, file = patient.section("audit", AuditSettings).pin or patient.data, patient.database_file
    if file is not None and kept.is_relative_to(file.parent):
        yield deviates(
            "마지막으로 서명한 크기가 데이터베이스 옆에 적힙니다. 폴더째 되돌려진 기록을 알아보지 못합니다.",
            "What was signed last is kept beside the database: a log that is rolled back with its folder goes unnoticed.",
            fix=put("DAEMUN_AUDIT__PIN=/…"),
            of=("audit.pin",),
        )


def waiting(patient: Patient) -> Iterator[Finding]:
    behind = store.waiting(patient.database)
    if behind > BEHIND:
        yield deviates(
            f"사건 {behind:,}개가 기록에서 제자리를 기다립니다. 서버가 꺼져 있거나 밀려 있습니다.",
            f"{behind:,} events wait for their place in the log: the server is off, or behind.",
            fix=STARTED,
        )


CHECKS: Final[tuple[Check[Patient], ...]] = (
    Check("audit.pin", "되돌려진 기록을 알아봅니다", "A log that is rolled back is noticed", pin, (62,)),
    Check("audit.waiting", "사건이 제때 기록에 들어갑니다", "Events enter the log in time", waiting, (62,), needs="database"),
)
