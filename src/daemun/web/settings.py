"""How HTTP is spoken: what an operator may set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from daemun.core.setting import setting


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
