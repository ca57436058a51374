"""What `daemun doctor` asks of those who look after people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from daemun.features.access import administrators, masters
from daemun.features.identity import unseen_since
from daemun.plugin import Check, Finding, Patient, command, deviates

QUARTER: Final = timedelta(days=90)
NAMED: Final = 5


def master(patient: Patient) -> Iterator[Finding]:
    if not masters(patient.database):
        yield deviates(
            "마스터가 없습니다. 그동안 서버는 켜질 때마다 첫 관리자를 만드는 링크를 찍습니다.",
            "There is no master: until there is, every start prints a link that makes one.",
            fix=command("daemun admin create"),
        )


def dormant(patient: Patient) -> Iterator[Finding]:
    away = unseen_since(patient.database, administrators(patient.database), patient.now - QUARTER)
    if away:
        listed = ", ".join(away[:NAMED]) + (f" (+{len(away) - NAMED})" if len(away) > NAMED else "")
        yield deviates(
            f"90일 동안 들어오지 않은 관리자가 있습니다: {listed}",
            f"Administrators who have not come in for 90 days: {listed}",
            fix=command(f"daemun user show {away[0]}"),
        )


CHECKS: Final[tuple[Check[Patient], ...]] = (
    Check("people.master", "마스터가 있습니다", "There is a master", master, needs="database"),
    Check("people.dormant", "잊힌 관리자 계정이 없습니다", "No administrator's account lies forgotten", dormant, needs="database"),
)
