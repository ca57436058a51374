"""Reads `application/problem+json` (RFC 9457), and whatever a proxy says instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2

from daemun_client.errors import Flaw, Refused, family_of

OWN: Final = frozenset({"type", "title", "status", "detail", "instance", "code", "request_id", "errors", "retry_after"})


def refusal_in(answer: httpx2.Response, now: datetime) -> Refused | None:
    """What the answer refuses; None when it does not."""
    if answer.status_code < 400:
        return None
    said = _members(answer)
    code = _text(said.get("code")) or f"http_{answer.status_code}"
    return family_of(answer.status_code, code)(
        status=answer.status_code,
        code=code,
        detail=_text(said.get("detail")) or answer.reason_phrase,
        errors=tuple(_flaws(said.get("errors"))),
        request_id=_text(said.get("request_id")) or answer.headers.get("x-request-id"),
        retry_after=_wait(answer.headers.get("retry-after"), said.get("retry_after"), now),
        members={name: value for name, value in said.items() if name not in OWN},
    )


def _members(answer: httpx2.Response) -> Mapping[str, object]:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _flaws(told: object) -> Iterator[Flaw]:
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict):
            yield Flaw(_text(each.get("where")), _text(each.get("code")), _text(each.get("message")))


def _wait(header: str | None, member: object, now: datetime) -> float | None:
    """Seconds, from either form of Retry-After (RFC 9110 10.2.3), else from the problem itself."""
    if header is not None and header.strip().isascii() and header.strip().isdigit():
        return float(header.strip()[:12])
    try:
        at = parsedate_to_datetime(header) if header else None
    except ValueError:
        at = None
    if at is not None:
        return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
    return float(member) if isinstance(member, int | float) and 0 <= member < 1e9 else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
