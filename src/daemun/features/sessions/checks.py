"""What `daemun doctor` asks of sessions and tokens. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from daemun.features.sessions.settings import SessionSettings
from daemun.plugin import Check, Finding, Patient, deviates, put

AAL1: Final = timedelta(days=30)
HOUR: Final = timedelta(hours=1)


def rules_of(patient: Patient) -> SessionSettings:
    return patient.section("sessions", SessionSettings)


def rotation(patient: Patient) -> Iterator[Finding]:
    if rules_of(patient).refresh_mode == "reuse":
        yield deviates(
            "리프레시 토큰이 끝날 때까지 그대로입니다. 훔친 토큰이 쓰여도 알 수 없습니다.",
            "A refresh token stays the same until its end: the use of a stolen one goes unnoticed.",
            fix=put("DAEMUN_REFRESH_MODE=rotate"),
            of=("sessions.refresh_mode",),
        )


def lifetime(patient: Patient) -> Iterator[Finding]:
    most = rules_of(patient).refresh_lifetime
    if most > AAL1:
        yield deviates(
            f"로그인이 {most.days}일까지 갑니다. 30일이 한도입니다.",
            f"A login lasts up to {most.days} days: 30 is the most.",
            fix=put("DAEMUN_SESSIONS__REFRESH_LIFETIME=30d"),
            of=("sessions.refresh_lifetime",),
        )


def unused(patient: Patient) -> Iterator[Finding]:
    rules = rules_of(patient)
    if rules.refresh_idle >= rules.refresh_lifetime:
        yield deviates(
            "쓰지 않는 로그인이 쓰는 로그인만큼 오래갑니다.",
            "A login that is not used lasts as long as one that is.",
            fix=put("DAEMUN_SESSIONS__REFRESH_IDLE=24h"),
            of=("sessions.refresh_idle",),
        )


def access_tokens(patient: Patient) -> Iterator[Finding]:
    span = rules_of(patient).access_lifetime
    if span > HOUR:
        yield deviates(
            f"열쇠로만 검증하는 다른 서비스는 로그아웃 뒤에도 {span / HOUR:.3g}시간까지 액세스 토큰을 받습니다.",
            f"Services that verify by key alone take an access token for up to {span / HOUR:.3g} hours after logout.",
            fix=put("DAEMUN_SESSIONS__ACCESS_LIFETIME=15m"),
            of=("sessions.access_lifetime",),
        )


def algorithm(patient: Patient) -> Iterator[Finding]:
    if rules_of(patient).algorithm == "HS256":
        yield deviates(
            "HS256의 열쇠를 가진 서비스는 모두 토큰을 만들 수도 있습니다. 열쇠가 발급자만의 것이 아닙니다.",
            "Every service that can verify HS256 can also sign: the key is not the issuer's alone.",
            fix=put("DAEMUN_SESSIONS__ALGORITHM=EdDSA"),
            of=("sessions.algorithm",),
        )


CHECKS: Final[tuple[Check[Patient], ...]] = (
    Check("sessions.rotation", "리프레시 토큰은 쓸 때마다 바뀝니다", "Refresh tokens rotate", rotation, (56,)),
    Check("sessions.lifetime", "로그인은 30일 안에 끝납니다", "A login ends within 30 days", lifetime, (11, 58)),
    Check("sessions.unused", "쓰지 않는 로그인은 먼저 끝납니다", "A login that is not used ends sooner", unused, (69,)),
    Check("sessions.access", "액세스 토큰은 한 시간 안에 끝납니다", "Access tokens end within the hour", access_tokens, (41,)),
    Check("sessions.algorithm", "토큰은 발급자만 만들 수 있습니다", "Only the issuer can make tokens", algorithm, (72,)),
)
