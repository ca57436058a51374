"""Which post carries the letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from daemun.core.address import is_here
from daemun.core.secret import Secret
from daemun.core.setting import Also, Profile, setting
from daemun.features.mail.models import State
from daemun.ports.post import is_address

Tls = Literal["starttls", "implicit", "none"]
PORTS: dict[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}
LONGEST = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class MailSettings:
    transport: Literal["auto", "smtp", "none"] = setting(
        "auto",
        ko="편지를 보내는 길. auto: SMTP 서버가 있으면 그리로, dev에서 없으면 /dev/mail에 둡니다. none: 보내지 않습니다.",
        en="How letters go. auto: by the SMTP server; in dev without one they stay at /dev/mail. none: nothing is sent.",
    )
    host: str | None = setting(ko="SMTP 서버 이름.", en="The name of the SMTP server.", also=(Also("SMTP_HOST"),))
    port: int | None = setting(
        ko="SMTP 포트. 비우면 starttls 587, implicit 465, none 25.",
        en="Its port; empty: 587 for starttls, 465 for implicit, 25 for none.",
        also=(Also("SMTP_PORT"),),
    )
    user: str | None = setting(ko="SMTP 사용자.", en="The user at the SMTP server.", also=(Also("SMTP_USER"),))
    password: Secret | None = setting(ko="SMTP 비밀번호.", en="The password at the SMTP server.", also=(Also("SMTP_PASSWORD"),))
    tls: Tls | None = setting(
        ko="연결 보호. 비우면 465 포트에서는 implicit, 아니면 starttls. none은 같은 컴퓨터나 dev에서만 됩니다.",
        en="How the connection is protected; empty: implicit on port 465, else starttls. none: only to this machine, or in dev.",
    )
    from_address: str | None = setting(
        ko="보내는 주소. 비우면 SMTP 사용자가 주소일 때 그것을 씁니다.",
        en="The address letters come from; empty: the SMTP user, when that is an address.",
        also=(Also("SMTP_FROM"),),
    )
    from_name: str = setting("Daemun", ko="보내는 이의 이름.", en="The name letters come from.")
    timeout: timedelta = setting(
        timedelta(seconds=10), ko="SMTP 서버의 답을 기다리는 시간.", en="How long the SMTP server may take to answer."
    )
    ca: Path | None = setting(
        ko="SMTP 서버를 확인할 인증 기관의 파일(PEM). 비우면 시스템이 믿는 기관.",
        en="A PEM file of the authorities that vouch for the SMTP server; empty: those the system trusts.",
    )

    @property
    def protection(self) -> Tls:
        return self.tls or ("implicit" if self.port == PORTS["implicit"] else "starttls")

    @property
    def sender(self) -> str:
        """Empty when nobody said."""
        return self.from_address or (self.user if self.user and "@" in self.user else "")

    @property
    def by_smtp(self) -> bool:
        return self.transport == "smtp" or (self.transport == "auto" and bool(self.host))

    def becomes(self, profile: Profile) -> State:
        """What a letter that is posted becomes."""
        if self.by_smtp:
            return "waiting"
        return "kept" if self.transport == "auto" and profile == "dev" else "void"

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:
        if self.by_smtp:
            yield from self._wrong_server(profile)
        elif self.transport == "auto" and profile != "dev":
            yield (
                f"DAEMUN_MAIL__HOST(또는 SMTP_HOST): {profile}에서는 편지를 보낼 SMTP 서버가 필요합니다. "
                "보내지 않으려면 DAEMUN_MAIL__TRANSPORT=none으로 정해 주십시오.",
                f"DAEMUN_MAIL__HOST (or SMTP_HOST): {profile} needs an SMTP server for its letters. "
                "To send none, choose DAEMUN_MAIL__TRANSPORT=none.",
            )

    def _wrong_server(self, profile: Profile) -> Iterator[tuple[str, str]]:
        if not self.host:
            yield "DAEMUN_MAIL__HOST: TRANSPORT가 smtp이면 필요합니다.", "DAEMUN_MAIL__HOST is needed when TRANSPORT is smtp."
        if not is_address(self.sender):
            yield (
                "DAEMUN_MAIL__FROM_ADDRESS(또는 SMTP_FROM): 보내는 메일 주소를 주십시오(예: gate@example.com).",
                "DAEMUN_MAIL__FROM_ADDRESS (or SMTP_FROM): give the address letters come from, such as gate@example.com.",
            )
        if self.port is not None and not 1 <= self.port <= 65535:
            yield "DAEMUN_MAIL__PORT: 1에서 65535 사이여야 합니다.", "DAEMUN_MAIL__PORT must be between 1 and 65535."
        if not timedelta(0) < self.timeout <= LONGEST:
            yield "DAEMUN_MAIL__TIMEOUT: 0보다 크고 20초 이하여야 합니다.", "DAEMUN_MAIL__TIMEOUT is more than nothing and at most 20s."
        if self.ca is not None and not self.ca.is_file():
            yield "DAEMUN_MAIL__CA: 그런 파일이 없습니다.", "DAEMUN_MAIL__CA: there is no such file."
        if self.protection == "none" and not is_here(self.host or "") and (profile != "dev" or self.password is not None):
            yield (
                "DAEMUN_MAIL__TLS: none은 같은 컴퓨터의 서버에만, 또는 dev에서 비밀번호 없이 쓸 수 있습니다.",
                "DAEMUN_MAIL__TLS: none is for a server on this machine, or in dev without a password.",
            )
