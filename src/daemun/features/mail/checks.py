"""What `daemun doctor` asks of letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from daemun.core.address import is_here
from daemun.features.mail import store
from daemun.features.mail.settings import MailSettings
from daemun.plugin import Check, Finding, Patient, command, deviates, put

LATE: Final = timedelta(hours=1)
LATELY: Final = timedelta(days=7)
NOBODYS: Final = ("example", "invalid", "localhost", "local", "test", "example.com", "example.net", "example.org")
"""RFC 2606, 6761 and 6762: nobody can answer a letter from there, and no mailbox believes it."""


def rules_of(patient: Patient) -> MailSettings:
    return patient.section("mail", MailSettings)


def sending(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    if rules.by_smtp:
        return
    kept = rules.becomes(patient.profile) == "kept"
    yield deviates(
        f"{'편지가 /dev/mail에만 놓입니다.' if kept else '편지를 보내지 않습니다.'} 주인들은 아무것도 알게 되지 않습니다.",
        f"{'Letters only lie at /dev/mail' if kept else 'No letter is sent'}: owners are told of nothing.",
        fix=put("DAEMUN_MAIL__HOST=smtp.…", "DAEMUN_MAIL__TRANSPORT=smtp"),
        of=("mail.host", "mail.transport"),
    )


def protection(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    if rules.by_smtp and rules.protection == "none" and not is_here(rules.host or ""):
        yield deviates(
            "편지가 네트워크를 보호 없이 지나갑니다. 안에는 계정을 여는 링크가 있습니다.",
            "Letters cross the network unprotected, and links that open accounts are in them.",
            fix=put("DAEMUN_MAIL__TLS=starttls"),
            of=("mail.tls",),
        )


def sender(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    domain = rules.sender.rpartition("@")[2].lower()
    if rules.by_smtp and any(domain == each or domain.endswith(f".{each}") for each in NOBODYS):
        yield deviates(
            f"보내는 주소의 도메인 {domain}은(는) 누구의 것도 아니어서, 편지함들이 편지를 거절합니다.",
            f"Letters come from {domain}, a domain that is nobody's: mailboxes refuse them.",
            fix=put("DAEMUN_MAIL__FROM_ADDRESS=gate@…"),
            of=("mail.from_address", "mail.user"),
        )


def outbox(patient: Patient) -> Iterator[Finding]:
    late, failed = store.stuck(patient.database, patient.now - LATE), store.failed_since(patient.database, patient.now - LATELY)
    if late:
        yield deviates(
            f"편지 {late:,}통이 한 시간 넘게 나가지 못했습니다.",
            f"{late:,} letters have waited for more than an hour.",
            fix=command("daemun letters list --state waiting"),
        )
    if failed:
        yield deviates(
            f"지난 7일에 편지 {failed:,}통이 실패했습니다.",
            f"{failed:,} letters have failed in the last 7 days.",
            fix=command("daemun letters list --state failed"),
        )


CHECKS: Final[tuple[Check[Patient], ...]] = (
    Check("mail.sending", "편지가 나갑니다", "Letters are sent", sending, (25,)),
    Check("mail.protection", "편지가 보호되어 나갑니다", "Letters travel protected", protection),
    Check("mail.sender", "보내는 주소가 우리 도메인입니다", "Letters come from a domain of one's own", sender),
    Check("mail.outbox", "밀리거나 실패한 편지가 없습니다", "No letter is stuck or failed", outbox, (25,), needs="database"),
)
