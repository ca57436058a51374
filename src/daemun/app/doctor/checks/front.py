"""The address people open: set, ours, and protected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from daemun.adapters.onlooker import Seen, Unseen
from daemun.app.doctor.examined import Examined
from daemun.core.errors import Unavailable
from daemun.core.sentence import Sentence
from daemun.plugin import Check, Finding, deviates, fails, put, unseen, well

SOON: Final = timedelta(days=21)
HALF_A_YEAR: Final = 15_768_000
NOWHERE: Final = unseen("물을 공개 주소가 없습니다.", "There is no public address to ask.")
RENEW: Final = Sentence("인증서를 새로 받아 프록시에 넣으십시오.", "Renew the certificate, and give it to the proxy.")
WHY: Final = {
    "name": Sentence("이름을 찾을 수 없습니다", "its name is not found"),
    "certificate": Sentence("인증서를 믿을 수 없습니다", "its certificate cannot be trusted"),
    "tls": Sentence("TLS가 맺어지지 않습니다", "TLS does not come about"),
    "timeout": Sentence("제때 답하지 않습니다", "it does not answer in time"),
    "connection": Sentence("연결되지 않습니다", "there is no connection"),
    "protocol": Sentence("HTTP로 답하지 않습니다", "what answers is not HTTP"),
}


def url(patient: Examined) -> Iterator[Finding]:
    given = patient.core.public_url
    if given is None:
        yield deviates(
            f"공개 주소가 정해지지 않아 {patient.core.base_url}로 삽니다. 메일의 링크와 토큰의 발급자가 그 주소입니다.",
            f"No public address is set: links in mail and the issuer of tokens say {patient.core.base_url}.",
            fix=put("DAEMUN_PUBLIC_URL=https://…"),
            of=("public_url",),
        )
    elif urlsplit(given).scheme == "http":
        yield deviates(
            "공개 주소가 http입니다. 비밀번호가 네트워크를 읽히는 채로 지납니다.",
            "The public address is plain http: passwords cross the network readable.",
            fix=put("DAEMUN_PUBLIC_URL=https://…"),
            of=("public_url",),
        )


def redirect(patient: Examined) -> Iterator[Finding]:
    if patient.core.base_url.startswith("https:") and not patient.core.https_redirect:
        yield deviates(
            "http로 온 요청을 https로 돌리지 않고, HSTS도 보내지 않습니다.",
            "Requests by plain http are not sent on to https, and HSTS is not sent.",
            fix=put("DAEMUN_HTTPS_REDIRECT=1"),
            of=("https_redirect",),
        )


def cookies(patient: Examined) -> Iterator[Finding]:
    if patient.core.plain_cookies:
        yield deviates(
            "쿠키에 Secure와 __Host-가 없습니다(dev의 http://localhost).",
            "Cookies go without Secure and __Host- (profile dev on http://localhost).",
            fix=put("DAEMUN_PROFILE=prod", "DAEMUN_PUBLIC_URL=https://…"),
            of=("profile", "public_url"),
        )


def certificate(patient: Examined) -> Iterator[Finding]:
    seen = patient.outside.front
    if isinstance(seen, Unseen) and seen.why in ("certificate", "tls"):
        said = WHY[seen.why]
        more = f": {seen.words}" if seen.words else ""
        yield fails(f"공개 주소의 {said.ko}{more}", f"The public address: {said.en}{more}", fix=RENEW)
    elif isinstance(seen, Seen) and seen.certificate_ends is not None:
        left = seen.certificate_ends - patient.now
        if left < SOON:
            yield deviates(f"인증서가 {left.days}일 뒤에 끝납니다.", f"The certificate ends in {left.days} days.", fix=RENEW)
        else:
            yield well(f"인증서가 {left.days}일 남았습니다.", f"The certificate is good for {left.days} more days.")
    else:
        yield _no_certificate(patient)


def _no_certificate(patient: Examined) -> Finding:
    if patient.core.public_url is None:
        return NOWHERE
    if patient.core.public_url.startswith("http:"):
        return unseen("공개 주소에 TLS가 없습니다.", "The public address has no TLS.")
    return unseen("인증서를 보지 못했습니다.", "The certificate was not seen.")


def answers(patient: Examined) -> Iterator[Finding]:
    seen = patient.outside.front
    if isinstance(seen, Unseen) and seen.why not in ("certificate", "tls"):
        said = WHY[seen.why]
        yield fails(
            f"공개 주소 {patient.core.base_url}: {said.ko}.",
            f"The public address {patient.core.base_url}: {said.en}.",
            fix=Sentence(
                "서버와 프록시를 켜십시오. 아니라면 DAEMUN_PUBLIC_URL을 고치십시오.",
                "Start the server and the proxy; else mend DAEMUN_PUBLIC_URL.",
            ),
            of=("public_url",),
        )
    elif isinstance(seen, Seen) and not is_ours(patient, seen):
        yield fails(
            f"공개 주소에서 다른 것이 답합니다({seen.status}). 여기의 열쇠를 내놓지 않습니다.",
            f"Something else answers at the public address ({seen.status}): it does not publish our keys.",
            fix=put("DAEMUN_PUBLIC_URL=https://…"),
            of=("public_url",),
        )
    elif seen is None:
        yield NOWHERE
    elif isinstance(seen, Unseen):
        yield unseen("TLS가 맺어지지 않아 누가 답하는지 모릅니다.", "TLS does not come about, so it is not known who answers.")


def is_ours(patient: Examined, seen: Seen) -> bool:
    """Whether it publishes the keys of this house. Without a house, or with a shared secret, only whether it publishes any set."""
    try:
        kids = {each["kid"] for each in json.loads(seen.body)["keys"]}
        mine = {each.kid for each in patient.house.keyring.published()} if patient.house and patient.house.keyring.is_made() else set()
    except (ValueError, KeyError, TypeError, Unavailable):
        return False
    return seen.status == 200 and mine <= kids


def strict(patient: Examined) -> Iterator[Finding]:
    seen = patient.outside.front
    if not isinstance(seen, Seen) or seen.certificate_ends is None:
        yield _no_certificate(patient)
        return
    told = seen.headers.get("strict-transport-security", "")
    parts = dict(part.strip().lower().partition("=")[::2] for part in told.split(";"))
    age = parts.get("max-age", "").strip('"')
    if not (age.isdigit() and int(age) >= HALF_A_YEAR):
        yield deviates(
            "공개 주소가 HSTS를 보내지 않거나 너무 짧습니다. 첫 방문은 http로 가로챌 수 있습니다.",
            "The public address sends no HSTS, or too short: a first visit by http can be taken over.",
            fix=put("DAEMUN_HTTPS_REDIRECT=1", "DAEMUN_TRUSTED_PROXIES=…"),
            of=("https_redirect", "trusted_proxies"),
        )


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("front.url", "공개 주소가 https로 정해져 있습니다", "A public address with https is set", url, (72,)),
    Check("front.redirect", "http를 https로 돌립니다", "Plain http is sent on to https", redirect),
    Check("front.cookies", "쿠키가 Secure이고 이 호스트의 것입니다", "Cookies are Secure and this host's alone", cookies, (17,)),
    Check("front.answers", "공개 주소에서 이 집이 답합니다", "This house answers at the public address", answers, needs="network"),
    Check(
        "front.certificate",
        "인증서를 믿을 수 있고 넉넉히 남았습니다",
        "The certificate can be trusted, and for a while",
        certificate,
        needs="network",
    ),
    Check("front.strict", "브라우저가 https를 기억합니다", "Browsers remember https", strict, needs="network"),
)
