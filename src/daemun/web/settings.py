"""How HTTP is spoken: what an operator may set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from daemun.core.setting import Also, setting


@dataclass(frozen=True, slots=True)
class WebSettings:
    trusted_proxies: tuple[str, ...] = setting(
        (),
        ko="앞단 프록시의 주소나 대역. 여기서 온 요청만 X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-User-Agent를 믿습니다.",
        en="Addresses or networks of proxies in front. Only from these are X-Forwarded-For, -Proto and -User-Agent believed.",
        also=(Also("DAEMUN_TRUSTED_PROXIES"),),
    )
    cors_origins: tuple[str, ...] = setting(
        (),
        ko="브라우저에서 이 서버를 부를 수 있는 다른 출처. prod에서는 *를 받지 않습니다.",
        en="Other origins whose pages may call this server. * is refused in prod.",
        also=(Also("DAEMUN_CORS_ORIGINS"), Also("CORS_ORIGINS")),
    )
    body_limit: int = setting(
        1_048_576,
        ko="요청 본문의 최대 크기(바이트).",
        en="The largest request body, in bytes.",
    )
    https_only: bool = setting(
        False,
        ko="HTTP로 온 요청을 HTTPS로 보내고 HSTS를 답니다.",
        en="Send plain HTTP to HTTPS and set HSTS.",
        profiles={"prod": True},
    )
    docs: bool = setting(
        True,
        ko="API 문서 페이지(/docs)를 엽니다.",
        en="Serve the API documentation at /docs.",
        profiles={"prod": False},
    )
    shutdown_grace: timedelta = setting(
        timedelta(seconds=20),
        ko="멈출 때 진행 중인 요청을 기다리는 시간.",
        en="How long running requests are waited for when the server stops.",
    )
