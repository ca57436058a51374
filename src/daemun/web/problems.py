"""A refusal becomes a status and a sentence: here, once, as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from daemun.core.circumstance import Language
from daemun.core.errors import (
    Conflict,
    Denied,
    Flaw,
    Malformed,
    Missing,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unsuitable,
)
from daemun.core.noted import refused
from daemun.core.ratelimit import Allowance
from daemun.web.catalogue import Catalogue

STATUS: Mapping[type[Refusal], int] = {
    Malformed: 422,
    Unsuitable: 400,
    Unauthenticated: 401,
    Denied: 403,
    Missing: 404,
    Conflict: 409,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
}
MEDIA_TYPE = "application/problem+json"
BAD_TOKEN = ("invalid_token", "session_ended", "api_key_invalid", "api_key_ended")
log = logging.getLogger("daemun.web")


def status_of(refusal: type[Refusal]) -> int:
    """A refusal of no known family is a programmer's error, and denies."""
    return next((STATUS[each] for each in refusal.__mro__ if each in STATUS), 403)


@dataclass(frozen=True, slots=True)
class Problems:
    """Writes problems in the reader's language."""

    catalogue: Catalogue

    def answer(self, refusal: Refusal, language: Language, request_id: str) -> Response:
        status, headers = status_of(type(refusal)), headers_of(refusal)
        flaws, members = refusal.flaws, refusal.members()
        return self.write(status, refusal.code, language, request_id, data=refusal.data, flaws=flaws, headers=headers, members=members)

    def write(
        self,
        status: int,
        code: str,
        language: Language,
        request_id: str,
        *,
        data: Mapping[str, Any] | None = None,
        flaws: Any = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> Response:
        refused(code)
        body: dict[str, Any] = {
            **(members or {}),
            "type": f"urn:daemun:problem:{code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": self._detail(language, code, data, flaws),
            "code": code,
            "request_id": request_id,
        }
        if flaws:
            body["errors"] = [self._flaw(language, each) for each in flaws]
        if data and "retry_after" in data:
            body["retry_after"] = data["retry_after"]
        return Response(
            json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
            status,
            {"Content-Language": language, "Vary": "Accept-Language", **(headers or {})},
            MEDIA_TYPE,
        )

    def _detail(self, language: Language, code: str, data: Mapping[str, Any] | None, flaws: Any) -> str:
        """Clients of the field show `detail` and nothing else: so it names what is wrong, not only that something is."""
        sentence = self.catalogue.say(language, code, data)
        told = (self._flaw(language, each) for each in flaws)
        reasons = " ".join(
            dict.fromkeys(f"{each['where']}: {each['message']}" if code == "malformed" else each["message"] for each in told)
        )
        return f"{sentence} {reasons}" if reasons else sentence

    def _flaw(self, language: Language, flaw: Flaw) -> dict[str, Any]:
        return {"where": flaw.where, "code": flaw.code, "message": self.catalogue.say(language, flaw.code, dict(flaw.data))}


def headers_of(refusal: Refusal) -> dict[str, str]:
    headers = {}
    if isinstance(refusal, Unauthenticated):
        headers["WWW-Authenticate"] = _challenge(refusal)
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return headers | limits_of(refusal.allowances)


def limits_of(allowances: Sequence[Allowance]) -> dict[str, str]:
    """RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-11), which says the same as Retry-After."""
    policies = [f'"{each.name}";q={each.limit.most};w={int(each.limit.window.total_seconds())}' for each in allowances]
    spent = [f'"{each.name}";r=0;t={each.wait}' for each in allowances if each.wait is not None]
    return {name: ", ".join(said) for name, said in (("RateLimit-Policy", policies), ("RateLimit", spent)) if said}


def _challenge(refusal: Unauthenticated) -> str:
    """RFC 6750 3: a request without a token is told the scheme only; a bad token is told that it is one."""
    if refusal.code == "reauthentication_due":
        return _step_up(**refusal.data)
    return 'Bearer error="invalid_token"' if refusal.code in BAD_TOKEN else "Bearer"


def _step_up(*, aal: int = 1, max_age: int = 0) -> str:
    """RFC 9470 3."""
    asked = [f'acr_values="aal{aal}"'] * (aal > 1) + [f'max_age="{max_age}"'] * (max_age > 0)
    return ", ".join(['Bearer error="insufficient_user_authentication"', *asked])


def language_and_id(connection: HTTPConnection) -> tuple[Language, str]:
    from daemun.web.visit import visit_of  # visit speaks of the database; problems must be sayable without one

    circumstance = visit_of(connection).circumstance
    return circumstance.language, circumstance.request_id
