"""What `daemun doctor` asks of the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from daemun.features.audit import store
from daemun.features.audit.settings import AuditSettings
from daemun.features.audit.sinks import store as sinks_store
from daemun.features.audit.sinks.settings import FilesSettings, S3Settings, SyslogSettings, WebhookSettings
from daemun.features.audit.watching import store as watchstore
from daemun.plugin import Check, Finding, Patient, Sentence, command, deviates, fails, put

UNCHECKED: Final = timedelta(days=3)
LONG: Final = timedelta(hours=1)
SINKS: Final[dict[str, type[FilesSettings | SyslogSettings | WebhookSettings | S3Settings]]] = {
    "files": FilesSettings,
    "syslog": SyslogSettings,
    "webhook": WebhookSettings,
    "s3": S3Settings,
}
ASKED: Final = Sentence(
    "증인이 켜져 있고 이 기록의 공개 열쇠를 알고 있는지 보십시오.", "See whether the witness runs, and was told of this log's key."
)
SLOT: Final = 4096
ROOM: Final = Sentence("디스크를 비우고 서버를 다시 켜십시오.", "Make room on the disk and start the server again.")
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
    if behind > patient.section("audit", AuditSettings).behind:
        yield deviates(
            f"사건 {behind:,}개가 기록에서 제자리를 기다립니다. 서버가 꺼져 있거나 밀려 있습니다.",
            f"{behind:,} events wait for their place in the log: the server is off, or behind.",
            fix=STARTED,
        )


def spill(patient: Patient) -> Iterator[Finding]:
    """Its room is taken beforehand; a file that is shorter was made on a disk that was full already."""
    chosen = patient.section("audit", AuditSettings).spill
    file = patient.data / "audit" / "spill"
    if not chosen:
        yield deviates(
            "디스크가 꽉 차면 관리자도 기록을 보거나 내보낼 수 없습니다.",
            "With a full disk administrators can neither read the log nor write it out.",
            fix=put("DAEMUN_AUDIT__SPILL=256"),
            of=("audit.spill",),
        )
    elif file.exists() and file.stat().st_size < chosen * SLOT:
        yield deviates(
            "디스크가 꽉 찼을 때를 위한 자리를 다 잡지 못했습니다.",
            "The room for what must be recorded when the disk is full could not be taken.",
            fix=ROOM,
            of=("audit.spill",),
        )


def sinks(patient: Patient) -> Iterator[Finding]:
    for each in sinks_store.failing_since(patient.database, patient.now - LONG):
        yield deviates(
            f"기록의 사본이 {each.name}에 닿지 못하고 있습니다: {each.error}",
            f"Copies of the log do not reach {each.name}: {each.error}.",
            fix=command("daemun audit sinks"),
        )
    for name, count in sinks_store.dead_counts(patient.database).items():
        yield deviates(
            f"{name}에서 받지 않은 항목이 {count:,}개 있습니다.",
            f"{name} did not take {count:,} entries.",
            fix=command(f"daemun audit sinks retry {name}"),
        )


def checked(patient: Patient) -> Iterator[Finding]:
    found = watchstore.checkup(patient.database)
    if found is not None and (found.first or "").startswith("projection_edited"):
        yield fails(
            f"기록을 찾는 색인이 기록과 다릅니다: {found.first}(모두 {found.findings:,}곳). 기록 자체는 서명된 그대로입니다.",
            f"The search says something else than the log: {found.first} ({found.findings:,} findings). The log itself is what was signed.",
            fix=command("daemun audit rebuild"),
        )
    elif found is not None and found.findings:
        yield fails(
            f"기록이 서명된 것과 다릅니다: {found.first}(모두 {found.findings:,}곳).",
            f"The log is not what was signed: {found.first} ({found.findings:,} findings).",
            fix=command("daemun audit export log.zip"),
        )
    elif found is not None and found.at + UNCHECKED < patient.now:
        yield deviates(
            "기록을 사흘 넘게 스스로 확인하지 못했습니다.",
            "The log has not verified itself for more than three days.",
            fix=command("daemun housekeeping audit.check"),
        )


def witnesses(patient: Patient) -> Iterator[Finding]:
    for each in watchstore.witnessed(patient.database):
        if each.error:
            yield deviates(
                f"증인 {each.name}에게 서명을 받지 못합니다: {each.error}",
                f"The witness {each.name} does not cosign: {each.error}.",
                fix=ASKED,
                of=("audit.witnesses",),
            )


def persons(patient: Patient) -> Iterator[Finding]:
    for name, cls in SINKS.items():
        if patient.section(f"audit.sinks.{name}", cls).personal == "plain":
            yield deviates(
                f"{name}에 개인 정보가 그대로 나갑니다. 사람을 지워도 이미 나간 것에는 미치지 않습니다.",
                f"What is personal leaves in clear for {name}: erasing a person does not reach what has left.",
                fix=put(f"DAEMUN_AUDIT__SINKS__{name.upper()}__PERSONAL=sealed"),
                of=(f"audit.sinks.{name}.personal",),
            )


CHECKS: Final[tuple[Check[Patient], ...]] = (
    Check("audit.pin", "되돌려진 기록을 알아봅니다", "A log that is rolled back is noticed", pin, (62,)),
    Check("audit.checked", "기록이 서명된 그대로입니다", "The log is what was signed", checked, (62,), needs="database"),
    Check("audit.witnesses", "증인이 기록을 봅니다", "Witnesses see the log", witnesses, needs="database"),
    Check("audit.persons", "기록의 사본에 개인 정보가 드러나지 않습니다", "Copies of the log tell of no person in clear", persons),
    Check(
        "audit.spill",
        "디스크가 꽉 차도 관리자가 한 일이 남습니다",
        "What is done on a full disk is recorded",
        spill,
        needs="house",
    ),
    Check("audit.sinks", "기록의 사본이 제때 나갑니다", "Copies of the log leave in time", sinks, needs="database"),
    Check("audit.waiting", "사건이 제때 기록에 들어갑니다", "Events enter the log in time", waiting, (62,), needs="database"),
)
