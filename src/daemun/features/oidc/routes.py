"""Introspection, revocation, and what the house says of itself to programs."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from starlette.responses import JSONResponse, Response

from daemun.core.errors import Flaw, Malformed
from daemun.features.oidc.counter import Counter
from daemun.features.oidc.errors import OAuthMalformed, TokenOfAnother
from daemun.features.oidc.flows.introspect import Introspect
from daemun.features.oidc.flows.revoke import Revoke
from daemun.features.oidc.metadata import INTROSPECT, METADATA, REVOKE, metadata
from daemun.features.sessions import CACHED_FOR
from daemun.plugin import APIRouter, CurrentVisit, Secret, public, refuses, requires
from daemun.web.forms import KIND, parsed
from daemun.web.requires import ApiKeyDue

LONGEST: Final = 8192
FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["token"],
    "properties": {
        "token": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[\x21-\x7e]+$"},
        "token_type_hint": {"type": "string", "description": "Read by nobody: a token tells its kind itself."},
    },
}
TAKES: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": {KIND: {"schema": FORM}}}}
ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["active"],
    "properties": {
        "active": {"type": "boolean"},
        **{name: {"type": "string"} for name in ("kind", "token_type", "scope", "client_id", "username", "sub", "user_db_id")},
        **{name: {"type": "string"} for name in ("iss", "aud", "jti", "sid", "acr")},
        **{name: {"type": "integer"} for name in ("iat", "exp", "auth_time")},
    },
}
TOLD: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "RFC 7662 2.2", "content": {"application/json": {"schema": ANSWER}}}}
GONE: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "RFC 7009 2.2: whatever it was, it is worth nothing"}}
CACHE: Final = {"Cache-Control": f"public, max-age={CACHED_FOR.seconds}"}


def router(counter: Counter) -> APIRouter:
    routes = APIRouter(tags=["oauth"])
    introspect, revoke = Introspect(counter), Revoke(counter)

    @routes.post(
        INTROSPECT,
        dependencies=[requires("tokens.introspect", keys="only", looks=True)],
        summary="토큰이 살아 있는지 · Whether a token is alive (RFC 7662)",
        response_class=JSONResponse,
        response_model=None,
        openapi_extra=TAKES,
        responses=TOLD | refuses(OAuthMalformed, ApiKeyDue),
    )
    async def introspected(visit: CurrentVisit, request: Request) -> Response:
        return JSONResponse(dict(await introspect(visit, await _token(request))))

    @routes.post(
        REVOKE,
        dependencies=[requires("tokens.revoke", keys="only")],
        summary="토큰 폐기 · Revoke a token (RFC 7009)",
        response_class=Response,
        response_model=None,
        openapi_extra=TAKES,
        responses=GONE | refuses(OAuthMalformed, TokenOfAnother, ApiKeyDue),
    )
    async def revoked(visit: CurrentVisit, request: Request) -> Response:
        if refusal := await revoke(visit, await _token(request)):
            raise refusal
        return Response()

    @routes.get(
        METADATA,
        dependencies=[public("what the house says of itself, made to be read by everybody")],
        summary="인가 서버 메타데이터 · Authorization server metadata (RFC 8414)",
        response_class=JSONResponse,
        response_model=None,
    )
    async def described() -> Response:
        return JSONResponse(metadata(counter), headers=CACHE)

    return routes


async def _token(request: Request) -> Secret:
    """Once, and not by the address: that stands in logs (RFC 7662 4)."""
    try:
        given = (await parsed(request)).texts("token")
    except Malformed as refusal:
        raise OAuthMalformed(*refusal.flaws) from None
    if len(given) != 1 or not given[0] or len(given[0]) > LONGEST or not given[0].isascii():
        raise OAuthMalformed(Flaw("token", "field_missing" if not any(given) else "field_invalid"))
    return Secret(given[0])
