"""The servers we need beside the database: for counting, and for letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from daemun.app.doctor.examined import Examined
from daemun.core.address import is_here
from daemun.core.sentence import Sentence
from daemun.features.mail import MailSettings
from daemun.plugin import Check, Finding, command, deviates, fails, put, unseen

LOOK: Final = Sentence(
    "그 서버와 DAEMUN_MAIL__HOST, DAEMUN_MAIL__PORT를 확인하십시오.", "Look at that server, and at DAEMUN_MAIL__HOST and DAEMUN_MAIL__PORT."
)
MENDED: Final = {
    "certificate": put("DAEMUN_MAIL__HOST=…", "DAEMUN_MAIL__CA=/….pem"),
    "tls": put("DAEMUN_MAIL__TLS=starttls|implicit"),
    "535 login": put("DAEMUN_MAIL__USER=…", "DAEMUN_MAIL__PASSWORD_FILE=/…"),
}


def counting(patient: Examined) -> Iterator[Finding]:
    if patient.core.valkey is None:
        return
    if patient.outside.counts is None:
        yield fails(
            "Valkey가 답하지 않습니다. 셀 수 없는 시도는 받지 않으므로 아무도 로그인하지 못합니다.",
            "Valkey does not answer: a try that cannot be counted is refused, so nobody logs in.",
            fix=put("DAEMUN_VALKEY_URL=redis://…"),
            of=("valkey_url",),
        )
    elif patient.outside.counts.startswith(("allkeys", "volatile")):
        yield deviates(
            f"Valkey는 가득 차면 센 것을 버립니다({patient.outside.counts}). 다른 것으로 채우면 추측의 제한이 사라집니다.",
            f"A full Valkey throws counts away ({patient.outside.counts}): who fills it guesses without limit.",
            fix=command("valkey-cli CONFIG SET maxmemory-policy noeviction"),
            of=("valkey_url",),
        )
    elif not patient.outside.counts:
        yield unseen("Valkey가 가득 차면 어떻게 하는지 말하지 않습니다.", "Valkey does not say what it does when it is full.")


def protected(patient: Examined) -> Iterator[Finding]:
    if patient.core.valkey is None:
        return
    url = urlsplit(patient.core.valkey.reveal())
    if url.scheme in ("redis", "valkey") and not is_here(url.hostname or "") and not url.path.startswith("/var"):
        yield deviates(
            "Valkey까지 네트워크를 보호 없이 지납니다.",
            "The way to Valkey crosses a network unprotected.",
            fix=put("DAEMUN_VALKEY_URL=rediss://…"),
            of=("valkey_url",),
        )


def letters(patient: Examined) -> Iterator[Finding]:
    trouble = patient.outside.post
    if trouble:
        rules = patient.section("mail", MailSettings)
        yield fails(
            f"메일 서버 {rules.host}에 편지를 맡길 수 없습니다: {trouble}",
            f"The mail server {rules.host} takes no letter from us: {trouble}",
            fix=MENDED.get(
                trouble,
                Sentence(
                    "그 서버와 DAEMUN_MAIL__HOST, __PORT를 확인하십시오.", "Look at that server, and at DAEMUN_MAIL__HOST and __PORT."
                ),
            ),
            of=("mail.host", "mail.port"),
        )


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("neighbours.valkey", "Valkey가 센 것을 잊지 않습니다", "Valkey counts, and does not forget", counting, (20,), needs="network"),
    Check("neighbours.protected", "Valkey까지 보호됩니다", "The way to Valkey is protected", protected),
    Check("neighbours.mail", "메일 서버가 편지를 받습니다", "The mail server takes our letters", letters, (25,), needs="network"),
)
