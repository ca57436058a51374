"""What the three profiles allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun.core.setting import Profile, setting

PROFILES: Final[tuple[Profile, ...]] = ("dev", "staging", "prod")


@dataclass(frozen=True, slots=True)
class ProfileRules:
    """What a profile allows and no setting can: loosening one of these takes another profile."""

    plain_http: bool = setting(ko="DAEMUN_PUBLIC_URL에 http 허용", en="DAEMUN_PUBLIC_URL may be plain http")
    plain_cookies: bool = setting(ko="localhost의 http에서 Secure 없는 쿠키 허용", en="cookies without Secure on plain-http localhost")
    own_url: bool = setting(ko="DAEMUN_PUBLIC_URL 없이 시작", en="starts without DAEMUN_PUBLIC_URL")
    makes_secrets: bool = setting(ko="비밀 값을 데이터 폴더에 스스로 만듦", en="makes its secrets in the data folder")
    open_files: bool = setting(
        ko="남이 읽을 수 있는 비밀 파일에 경고만 함(아니면 시작을 멈춤)", en="only warns of secret files that others can read (else stops)"
    )
    any_origin: bool = setting(ko='CORS "*" 와 모든 주소를 믿는 프록시 허용', en='CORS "*" and proxies from everywhere')
    example_passwords: bool = setting(ko="문서의 예시 데이터베이스 비밀번호 허용", en="database passwords from the documents' examples")


RULES: Final[dict[Profile, ProfileRules]] = {
    "dev": ProfileRules(
        plain_http=True, plain_cookies=True, own_url=True, makes_secrets=True, open_files=True, any_origin=True, example_passwords=True
    ),
    "staging": ProfileRules(
        plain_http=True, plain_cookies=False, own_url=False, makes_secrets=True, open_files=False, any_origin=False, example_passwords=False
    ),
    "prod": ProfileRules(
        plain_http=False,
        plain_cookies=False,
        own_url=False,
        makes_secrets=False,
        open_files=False,
        any_origin=False,
        example_passwords=False,
    ),
}
