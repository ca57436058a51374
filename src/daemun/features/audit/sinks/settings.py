"""Where copies of the log go, and what they may say of persons."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from daemun.core.address import is_here
from daemun.core.secret import Secret
from daemun.core.setting import Profile, setting

Personal = Literal["none", "sealed", "plain"]
"""none: ids by lot, and no more. sealed: also what is personal, as the log keeps it, unreadable once its key is gone. plain: readable."""
PERSONAL_KO = "개인 정보. none: 없음, sealed: 사람의 열쇠로 봉해서(삭제가 미침), plain: 그대로(삭제가 미치지 않음)"
PERSONAL_EN = "What is personal: none; sealed with the person's key, so that erasure reaches it; plain, beyond the reach of erasure"
CA_KO, CA_EN = (
    "받는 서버를 확인할 인증 기관의 파일(PEM). 비우면 시스템이 믿는 기관",
    "A PEM file of authorities that vouch for it; empty: the system's",
)
SHORTEST_KEY, LONGEST_KEY = 24, 64
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
MARK = "whsec_"


@dataclass(frozen=True, slots=True)
class FilesSettings:
    on: bool = setting(True, ko="날짜별 파일(JSONL)을 씀", en="Write dated files (JSONL)")
    folder: Path | None = setting(ko="날짜별 파일의 폴더. 비우면 데이터 폴더의 logs", en="Their folder; empty: logs in the data folder")
    personal: Personal = setting("sealed", ko=PERSONAL_KO, en=PERSONAL_EN)


@dataclass(frozen=True, slots=True)
class SyslogSettings:
    host: str | None = setting(ko="syslog 서버(TLS). 비우면 보내지 않음", en="A syslog server (TLS); empty: none")
    port: int = setting(6514, ko="그 포트", en="Its port")
    ca: Path | None = setting(ko=CA_KO, en=CA_EN)
    certificate: Path | None = setting(
        ko="우리를 증명할 인증서와 열쇠(PEM 파일 하나)", en="Our certificate and its key in one PEM file, if the server asks who we are"
    )
    personal: Personal = setting("none", ko=PERSONAL_KO, en=PERSONAL_EN)

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - every section is asked with the profile
        if not 1 <= self.port <= 65535:
            yield (
                "DAEMUN_AUDIT__SINKS__SYSLOG__PORT: 1에서 65535 사이여야 합니다.",
                "DAEMUN_AUDIT__SINKS__SYSLOG__PORT must be between 1 and 65535.",
            )
        for name, path in (("CA", self.ca), ("CERTIFICATE", self.certificate)):
            yield from _missing(f"DAEMUN_AUDIT__SINKS__SYSLOG__{name}", path)


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    url: str | None = setting(ko="서명한 항목을 POST할 주소. 비우면 보내지 않음", en="Where signed entries are POSTed; empty: nowhere")
    secret: Secret | None = setting(
        ko="서명의 비밀 값: whsec_와 base64 24~64바이트(Standard Webhooks)", en="Signs them: whsec_ and 24 to 64 bytes in base64"
    )
    private: bool = setting(
        False, ko="사설 네트워크나 이 컴퓨터의 주소도 부름", en="Also call addresses of private networks and of this machine"
    )
    ca: Path | None = setting(ko=CA_KO, en=CA_EN)
    personal: Personal = setting("none", ko=PERSONAL_KO, en=PERSONAL_EN)

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:
        yield from _wrong_url("DAEMUN_AUDIT__SINKS__WEBHOOK__URL", self.url, profile)
        yield from _missing("DAEMUN_AUDIT__SINKS__WEBHOOK__CA", self.ca)
        if self.url and not _is_key(self.secret):
            yield (
                "DAEMUN_AUDIT__SINKS__WEBHOOK__SECRET: whsec_ 뒤에 base64로 쓴 24~64바이트를 주십시오. "
                "예: python -c 'import base64, secrets; print(\"whsec_\" + base64.b64encode(secrets.token_bytes(32)).decode())'",
                "DAEMUN_AUDIT__SINKS__WEBHOOK__SECRET: give whsec_ and 24 to 64 bytes in base64. For example: "
                "python -c 'import base64, secrets; print(\"whsec_\" + base64.b64encode(secrets.token_bytes(32)).decode())'",
            )


@dataclass(frozen=True, slots=True)
class S3Settings:
    bucket: str | None = setting(ko="S3 버킷. 비우면 보내지 않음", en="A bucket of S3 or what is like it; empty: none")
    endpoint: str = setting("https://s3.amazonaws.com", ko="그 서버의 주소", en="The server's address")
    region: str = setting("us-east-1", ko="그 지역", en="Its region")
    prefix: str = setting("", ko="객체 이름 앞에 붙는 글", en="What names of objects begin with")
    key_id: str | None = setting(ko="접근 열쇠의 이름", en="The access key's id")
    secret: Secret | None = setting(ko="접근 열쇠의 비밀 값", en="The access key's secret")
    every: timedelta = setting(
        timedelta(minutes=1), ko="항목을 이만큼 모아서 객체 하나로 보냄", en="How long entries are gathered into one object"
    )
    ca: Path | None = setting(ko=CA_KO, en=CA_EN)
    personal: Personal = setting("none", ko=PERSONAL_KO, en=PERSONAL_EN)

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:
        if self.bucket is None:
            return
        yield from _wrong_url("DAEMUN_AUDIT__SINKS__S3__ENDPOINT", self.endpoint, profile)
        yield from _missing("DAEMUN_AUDIT__SINKS__S3__CA", self.ca)
        if BUCKET.fullmatch(self.bucket) is None:
            yield (
                "DAEMUN_AUDIT__SINKS__S3__BUCKET: 영어 소문자, 숫자, 점, 붙임표 3~63자여야 합니다.",
                "DAEMUN_AUDIT__SINKS__S3__BUCKET takes 3 to 63 lower-case letters, digits, dots and hyphens.",
            )
        if not self.key_id or not self.secret:
            yield (
                "DAEMUN_AUDIT__SINKS__S3__KEY_ID와 …__SECRET이 필요합니다.",
                "DAEMUN_AUDIT__SINKS__S3__KEY_ID and …__SECRET are needed.",
            )


@dataclass(frozen=True, slots=True)
class SinkSettings:
    files: FilesSettings
    syslog: SyslogSettings
    webhook: WebhookSettings
    s3: S3Settings


def _is_key(secret: Secret | None) -> bool:
    text = secret.reveal() if secret else ""
    try:
        return text.startswith(MARK) and SHORTEST_KEY <= len(b64decode(text.removeprefix(MARK), validate=True)) <= LONGEST_KEY
    except Error:
        return False


def _wrong_url(name: str, url: str | None, profile: Profile) -> Iterator[tuple[str, str]]:
    if url is None:
        return
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and (profile == "dev" or is_here(parts.hostname or ""))
        good = bool(parts.hostname) and parts.port != 0 and not (parts.username or parts.fragment) and (parts.scheme == "https" or plain)
    except ValueError:
        good = False
    if not good:
        yield (
            f"{name}: https:// 주소여야 합니다(http://는 이 컴퓨터나 dev에서만). 사용자 이름과 #은 쓸 수 없습니다.",
            f"{name} must be an https:// address (http:// only to this machine, or in dev), without a user name and without #.",
        )


def _missing(name: str, path: Path | None) -> Iterator[tuple[str, str]]:
    if path is not None and not path.is_file():
        yield f"{name}: 그런 파일이 없습니다.", f"{name}: there is no such file."
