"""How HTTP is spoken: what an operator may set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from daemun.core.secret import Secret
from daemun.core.setting import Profile, setting


@dataclass(frozen=True, slots=True)
class WebSettings:
    body_limit: int = setting(
        65_536,  # reading a large body costs more than refusing it, and nothing here is large
        ko="요청 본문의 최대 크기(바이트).",
        en="The largest request body, in bytes.",
    )
    shutdown_grace: timedelta = setting(
        timedelta(seconds=20),
        ko="멈출 때 진행 중인 요청을 기다리는 시간.",
        en="How long running requests are waited for when the server stops.",
    )
    shutdown_delay: timedelta = setting(
        timedelta(0),
        ko="멈추라는 말을 듣고도 계속 받는 시간. 그동안 /readyz가 503이라 앞의 부하 분산기가 이 서버를 뺍니다.",
        en="How long it goes on serving when told to stop, while /readyz says 503 and a load balancer takes it out.",
        profiles={"staging": timedelta(seconds=5), "prod": timedelta(seconds=5)},
    )


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    token: Secret | None = setting(
        ko="/metrics를 읽는 토큰(Authorization: Bearer). 없으면 권한 metrics.read가 있는 사람만 읽습니다.",
        en="The token that reads /metrics (Authorization: Bearer). Without one, only who has the permission metrics.read.",
    )


@dataclass(frozen=True, slots=True)
class TracingSettings:
    endpoint: str | None = setting(
        ko="트레이스를 받는 OTLP/HTTP 주소(예: http://collector:4318). 비우면 보내지 않습니다. daemun[otel]이 필요합니다.",
        en="Where traces go by OTLP/HTTP, such as http://collector:4318; empty: nowhere. Needs daemun[otel].",
    )
    headers: Secret | None = setting(
        ko="그 주소에 함께 보내는 헤더: 이름=값, 쉼표로 나눔.", en="Headers sent along to it: name=value, separated by commas."
    )
    sample: float = setting(1.0, ko="추적할 요청의 비율, 0에서 1.", en="The share of requests to trace, 0 to 1.")
    service: str = setting("daemun", ko="트레이스에 적는 서비스 이름.", en="The name of the service in traces.")

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - the same everywhere
        if not 0 <= self.sample <= 1:
            yield "DAEMUN_TRACING__SAMPLE: 0에서 1 사이여야 합니다.", "DAEMUN_TRACING__SAMPLE must be between 0 and 1."
        if self.endpoint is not None and not re.fullmatch(r"https?://[^\s@]+", self.endpoint):
            yield (
                "DAEMUN_TRACING__ENDPOINT: http://호스트:포트 꼴이어야 합니다.",
                "DAEMUN_TRACING__ENDPOINT must look like http://host:port.",
            )


@dataclass(frozen=True, slots=True)
class ErrorsSettings:
    dsn: Secret | None = setting(
        ko="오류를 받는 Sentry 호환 서버의 DSN. 비우면 보내지 않습니다. daemun[sentry]가 필요합니다.",
        en="The DSN of a Sentry-compatible server that errors are sent to; empty: nowhere. Needs daemun[sentry].",
    )
    environment: str | None = setting(ko="그 서버에 적는 환경 이름. 비우면 프로필.", en="The environment's name there; empty: the profile.")
