"""The settings of the house itself, and the table of what the profiles change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from daemun.app import guessable
from daemun.app.parsing import Sentence, render
from daemun.app.profiles import PROFILES, RULES, ProfileRules
from daemun.core.secret import Secret
from daemun.core.setting import About, Also, Profile, setting

KEYS: Final = ("encryption_key", "pepper")


@dataclass(frozen=True, slots=True)
class CoreSettings:
    profile: Profile = setting("dev", ko="실행 환경: dev, staging, prod", en="The profile: dev, staging or prod")
    data: Path = setting(Path("daemun-data"), ko="Daemun이 파일을 두는 폴더", en="The folder where Daemun keeps its files")
    database_url: Secret | None = setting(
        ko="데이터베이스 주소: sqlite:///… 또는 postgresql://… (없으면 데이터 폴더의 SQLite)",
        en="The database: sqlite:///… or postgresql://… (else SQLite in the data folder)",
        also=(Also("DATABASE_URL"),),
    )
    database_password: Secret | None = setting(
        ko="데이터베이스 비밀번호(주소에 적지 않을 때): DAEMUN_DATABASE_PASSWORD_FILE로 파일에서 읽을 수 있음",
        en="The database's password, where the URL has none: DAEMUN_DATABASE_PASSWORD_FILE reads it from a file",
    )
    pool_size: int = setting(10, ko="프로세스마다 여는 데이터베이스 연결 수", en="Database connections of each process")
    valkey_url: Secret | None = setting(
        ko="Valkey/Redis 주소(캐시와 제한 계수용, 선택)", en="Valkey or Redis for caches and limits (optional)"
    )
    valkey_password: Secret | None = setting(
        ko="Valkey/Redis 비밀번호(주소에 적지 않을 때)", en="The password of Valkey or Redis, where the URL has none"
    )
    public_url: str | None = setting(
        ko="사람들이 여는 주소: 메일 링크, 발급자, 출처 검사에 쓰임",
        en="The address people open: for links in mail, the issuer, the origin check",
    )
    prefix: str = setting(
        "",
        ko="다른 애플리케이션 안에서 Daemun의 경로가 시작하는 곳(예: /gate). DAEMUN_PUBLIC_URL을 주면 그 끝이 이것이어야 합니다.",
        en="Where Daemun's paths begin inside another application, such as /gate. DAEMUN_PUBLIC_URL, if given, ends with it.",
    )
    host: str = setting("127.0.0.1", ko="기다릴 네트워크 주소", en="The network address to listen on")
    port: int = setting(8000, ko="기다릴 포트", en="The port to listen on")
    workers: int = setting(1, ko="서버 프로세스 수", en="Server processes")
    trusted_proxies: tuple[str, ...] = setting(
        (),
        ko="앞에 있는 프록시의 주소나 대역: 이들의 X-Forwarded-For만 믿음",
        en="Addresses or networks of proxies in front: only their X-Forwarded-For counts",
    )
    cors_origins: tuple[str, ...] = setting(
        (),
        ko="브라우저에서 API를 부를 수 있는 다른 출처(예: http://localhost:8501)",
        en="Other origins whose pages may call the API, such as http://localhost:8501",
        also=(Also("CORS_ORIGINS"),),
    )
    https_redirect: bool = setting(False, ko="http 요청을 https로 돌림", en="Send http requests on to https", profiles={"prod": True})
    docs: bool = setting(False, ko="API 문서 페이지를 엶", en="Serve the API's documentation page", profiles={"dev": True})
    housekeeping: bool = setting(
        True,
        ko="서버가 정리 작업(만료된 것 지우기, 휴면 전환 등)을 스스로 함. 끄면 cron에서 daemun housekeeping을 부르십시오.",
        en="The server keeps house itself (deletes what is over, puts accounts to sleep); else call daemun housekeeping by cron",
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", ko="로그를 남기는 정도", en="How much is logged")
    log_format: Literal["text", "json"] = setting(
        "json",
        ko="로그의 꼴: text는 사람이, json은 프로그램이 읽기 좋음",
        en="How logs look: text for people, json for programs",
        profiles={"dev": "text"},
    )
    access_log: bool = setting(
        True, ko="요청마다 로그 한 줄을 남김(주소와 쿼리는 빼고)", en="A line in the log for every request, without address and query"
    )
    tools: tuple[str, ...] = setting((), ko="함께 띄울 도구의 Python 모듈", en="Python modules of further tools to serve")
    places_file: Path | None = setting(
        ko="나라를 찾는 MaxMind 형식 파일. 비우면 함께 오는 파일",
        en="A file in MaxMind's format to find countries with; empty: the one that is shipped",
    )
    secrets_dir: Path | None = setting(
        ko="비밀 값 폴더(비어 있으면 그 안에 만듦)", en="The folder of the secrets; when it is empty they are made in it"
    )
    encryption_key: Secret | None = setting(
        ko="저장하는 개인 정보와 토큰을 암호화하는 열쇠", en="Encrypts personal data and tokens that are stored"
    )
    pepper: Secret | None = setting(
        ko="비밀번호 해시와 조회용 해시에 섞는 비밀 값", en="Mixed into hashes of passwords and of what is looked up"
    )

    @property
    def rules(self) -> ProfileRules:
        return RULES[self.profile]

    @property
    def database_file(self) -> Path:
        """Where the database is when no URL is given."""
        return self.data / "daemun.db"

    @property
    def database(self) -> Secret:
        given = self.database_url or Secret(f"sqlite:///{self.database_file}")
        return given if given.reveal().startswith("sqlite") else _with_password(given, self.database_password)

    @property
    def valkey(self) -> Secret | None:
        return _with_password(self.valkey_url, self.valkey_password) if self.valkey_url else None

    @property
    def base_url(self) -> str:
        """The address people open, without a slash at its end."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        return f"http://{'localhost' if self.host in ('127.0.0.1', '0.0.0.0', '::', '::1') else self.host}:{self.port}{self.prefix}"  # noqa: S104 - compared, not bound

    @property
    def plain_cookies(self) -> bool:
        """Whether cookies go without Secure: only in dev, and only where no network is between."""
        url = urlsplit(self.base_url)
        return self.rules.plain_cookies and url.scheme == "http" and url.hostname in ("localhost", "127.0.0.1", "::1")

    def wrong(self, profile: Profile) -> Iterator[Sentence]:  # noqa: ARG002 - it is our own
        yield from self._wrong_numbers()
        yield from self._wrong_url()
        yield from self._wrong_prefix()
        yield from self._wrong_database()
        yield from self._wrong_origins()
        yield from self._wrong_proxies()
        yield from self._wrong_keys()

    def _wrong_numbers(self) -> Iterator[Sentence]:
        for name, value, least, most in (
            ("PORT", self.port, 0, 65535),
            ("WORKERS", self.workers, 1, 1024),
            ("POOL_SIZE", self.pool_size, 1, 1000),
        ):
            if not least <= value <= most:
                yield Sentence(f"DAEMUN_{name}: {least}에서 {most} 사이여야 합니다.", f"DAEMUN_{name} must be between {least} and {most}.")
        for tool in self.tools:
            if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", tool):
                yield Sentence(
                    f"DAEMUN_TOOLS: {tool!r}은(는) 모듈 이름이 아닙니다.", f"DAEMUN_TOOLS: {tool!r} is not the name of a module."
                )

    def _wrong_url(self) -> Iterator[Sentence]:
        if self.public_url is None:
            if not self.rules.own_url:
                yield Sentence(
                    f"DAEMUN_PUBLIC_URL: {self.profile}에서는 꼭 필요합니다(예: https://gate.example.com).",
                    f"DAEMUN_PUBLIC_URL is required in {self.profile}, for example https://gate.example.com.",
                )
            return
        url = _split(self.public_url)
        # The value is not repeated: it may hold a password.
        if url is None or url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or "@" in url.netloc:
            yield Sentence(
                "DAEMUN_PUBLIC_URL: https://호스트[/경로] 꼴이어야 합니다.",
                "DAEMUN_PUBLIC_URL must look like https://host[/path], and nothing more.",
            )
        elif url.scheme == "http" and not self.rules.plain_http:
            yield Sentence(
                f"DAEMUN_PUBLIC_URL: {self.profile}에서는 https 여야 합니다.", f"DAEMUN_PUBLIC_URL must be https in {self.profile}."
            )

    def _wrong_prefix(self) -> Iterator[Sentence]:
        if self.prefix and not re.fullmatch(r"(/[A-Za-z0-9._~-]*[A-Za-z0-9_~-])+", self.prefix):
            yield Sentence("DAEMUN_PREFIX: /gate 같은 꼴이어야 합니다.", "DAEMUN_PREFIX must look like /gate.")
        elif self.public_url is not None and not self.base_url.endswith(self.prefix):
            yield Sentence(
                f"DAEMUN_PUBLIC_URL: DAEMUN_PREFIX가 {self.prefix}이므로 {self.prefix}(으)로 끝나야 합니다.",
                f"DAEMUN_PUBLIC_URL must end with {self.prefix}, because that is DAEMUN_PREFIX.",
            )

    def _wrong_database(self) -> Iterator[Sentence]:
        url = _split(self.database.reveal())
        if url is None or url.scheme.split("+")[0] not in ("sqlite", "postgresql", "postgres"):
            yield Sentence(
                "DAEMUN_DATABASE_URL(또는 DATABASE_URL): sqlite:///… 또는 postgresql://… 이어야 합니다.",
                "DAEMUN_DATABASE_URL (or DATABASE_URL) must be sqlite:///… or postgresql://….",
            )
        elif url.password and guessable.is_example(Secret(url.password)) and not self.rules.example_passwords:
            yield Sentence(
                f"DAEMUN_DATABASE_URL: 비밀번호가 누구나 읽은 예시 값입니다. 데이터베이스의 비밀번호를 바꾸십시오: {guessable.MAKE_ONE}",
                f"DAEMUN_DATABASE_URL: the password is an example that everybody has read. Change it in the database: {guessable.MAKE_ONE}",
            )

    def _wrong_origins(self) -> Iterator[Sentence]:
        for origin in self.cors_origins:
            if origin == "*":
                if not self.rules.any_origin:
                    yield Sentence(
                        f'DAEMUN_CORS_ORIGINS: {self.profile}에서는 "*" 를 쓸 수 없습니다. 출처를 하나씩 적으십시오.',
                        f'DAEMUN_CORS_ORIGINS: "*" is refused in {self.profile}. List the origins.',
                    )
            elif not re.fullmatch(r"https?://[^/?#@\s]+", origin):
                yield Sentence(
                    f"DAEMUN_CORS_ORIGINS: {origin!r}은(는) https://호스트[:포트] 꼴이 아닙니다.",
                    f"DAEMUN_CORS_ORIGINS: {origin!r} is not https://host[:port].",
                )

    def _wrong_proxies(self) -> Iterator[Sentence]:
        for proxy in self.trusted_proxies:
            try:
                network = ip_network(proxy, strict=False)
            except ValueError:
                yield Sentence(
                    f"DAEMUN_TRUSTED_PROXIES: {proxy!r}은(는) IP 주소나 대역이 아닙니다.",
                    f"DAEMUN_TRUSTED_PROXIES: {proxy!r} is no IP address or network.",
                )
                continue
            # Whoever may name the client's address chooses which limit counts for them.
            if network.prefixlen == 0 and not self.rules.any_origin:
                yield Sentence(
                    f"DAEMUN_TRUSTED_PROXIES: {proxy}은(는) 누구나 제 주소를 속이게 합니다. 프록시의 주소만 적으십시오.",
                    f"DAEMUN_TRUSTED_PROXIES: {proxy} lets everybody forge their address. Name the proxies only.",
                )

    def _wrong_keys(self) -> Iterator[Sentence]:
        for name in KEYS:
            env = f"DAEMUN_{name.upper()}"
            if getattr(self, name) is None and self.secrets_dir is None and not self.rules.makes_secrets:
                yield Sentence(
                    f"{env}: {self.profile}에서는 주어야 합니다. 만들기: {guessable.MAKE_ONE} · "
                    f"그 값을 {env}나 {env}_FILE의 파일에 넣거나, DAEMUN_SECRETS_DIR로 폴더를 정하십시오.",
                    f"{env} must be given in {self.profile}. Make one: {guessable.MAKE_ONE} and put it in {env}, "
                    f"or in the file that {env}_FILE names; or name a folder in DAEMUN_SECRETS_DIR.",
                )
        if self.encryption_key is not None and self.pepper is not None and self.encryption_key.matches(self.pepper):
            yield Sentence(
                "DAEMUN_ENCRYPTION_KEY와 DAEMUN_PEPPER는 서로 달라야 합니다.", "DAEMUN_ENCRYPTION_KEY and DAEMUN_PEPPER must differ."
            )


def _with_password(url: Secret, password: Secret | None) -> Secret:
    """The URL as it is where it holds a password of its own, or where it cannot be read: that is told elsewhere."""
    found = _split(url.reveal())
    if password is None or found is None or found.password is not None:
        return url
    name, _, place = found.netloc.rpartition("@")
    return Secret(found._replace(netloc=f"{name}:{quote(password.reveal(), safe='')}@{place}").geturl())


class Difference(NamedTuple):
    """One line of the profiles' table in the reference pages."""

    name: str
    about: About
    values: dict[Profile, str]


def differences() -> list[Difference]:
    """Everything in which the profiles differ: their rules, then the defaults of the core settings."""
    rules = [
        Difference(each.name, _about(each.metadata), {name: render(getattr(RULES[name], each.name)) for name in PROFILES})
        for each in fields(ProfileRules)
    ]
    defaults = [
        Difference(each.name, about, {name: render(about.profiles.get(name, each.default)) for name in PROFILES})
        for each in fields(CoreSettings)
        if (about := _about(each.metadata)).profiles is not None
    ]
    return rules + defaults


def _about(metadata: Any) -> About:
    found: About = metadata["about"]
    return found


def _split(url: str) -> SplitResult | None:
    try:
        found = urlsplit(url)
        _ = found.port  # raises where it is no number
    except ValueError:
        return None
    return found
