"""A second service: a process of its own, which knows the issuer, the audience, the published keys, and nothing else of the house."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from daemun_client.verify import AsyncVerifier, KeysUnavailable, TokenRefused


def serving(issuer: str, audience: str, jwks: str) -> FastAPI:
    verifier = AsyncVerifier(issuer, audience, jwks)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with verifier:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/whoami")
    async def whoami(request: Request) -> JSONResponse:
        try:
            claims = await verifier.verify(request.headers.get("authorization", "").removeprefix("Bearer "))
        except TokenRefused as refused:
            return JSONResponse({"why": refused.why}, 401)
        except KeysUnavailable:
            return JSONResponse({}, 503)
        return JSONResponse({"user_id": claims.user_id, "handle": claims.handle})

    return app


if __name__ == "__main__":
    issuer, audience, jwks, port = sys.argv[1:]
    uvicorn.run(serving(issuer, audience, jwks), port=int(port), log_level="warning")
