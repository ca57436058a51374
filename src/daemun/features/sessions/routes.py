"""What other services need to verify our tokens."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import JSONResponse

from daemun.features.sessions.service import Sessions
from daemun.plugin import APIRouter, public

# Shorter than any sensible pause between two rotations: a key is published as `next` for longer than this before it signs.
CACHED_FOR = timedelta(minutes=5)
CACHE = f"public, max-age={CACHED_FOR.seconds}"


class JwkSet(JSONResponse):
    media_type = "application/jwk-set+json"


def router(sessions: Sessions) -> APIRouter:
    routes = APIRouter(tags=["auth"])

    @routes.get(
        "/.well-known/jwks.json",
        dependencies=[public("public halves of keys, made to be read by everybody")],
        response_class=JwkSet,
        response_model=None,
        summary="공개 서명 열쇠 · Public signing keys (RFC 7517)",
    )
    async def jwks() -> JwkSet:
        return JwkSet(sessions.jwks(), headers={"Cache-Control": CACHE})

    return routes
