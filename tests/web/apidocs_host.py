"""A small application with the documentation page, under the headers that the gate gives to every answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemun.core.errors import Missing
from daemun.web import apidocs
from daemun.web.gate import HEADERS

Token = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer(scheme_name="bearer", bearerFormat="JWT"))]


class SignUp(BaseModel):
    user_id: str = Field(description="로그인에 쓰는 아이디 · What they sign in with", examples=["ann_2026"])
    age: int | None = Field(default=None, ge=0)


class GateHeaders:
    """The headers alone: a whole gate asks for a database."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, sending)


def an_application(title: str = "Daemun · 대문") -> FastAPI:
    app = FastAPI(title=title, version="1.2.3", summary="누가 들어오고, 무엇을 할 수 있는지.", docs_url=None, redoc_url=None)
    app.include_router(apidocs.router())
    app.include_router(_example())
    app.add_middleware(GateHeaders)
    app.add_exception_handler(Missing, _missing)
    return app


def mounted(prefix: str) -> FastAPI:
    """The same application inside somebody else's, which has an openapi.json of its own."""
    host = FastAPI(title="Somebody else's", docs_url=None, redoc_url=None)
    host.mount(prefix, an_application())
    return host


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Its address, while it is served on a free port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


async def _missing(request: Request, error: Exception) -> Response:
    return JSONResponse({"code": "missing"}, 404)


def _example() -> APIRouter:
    routes = APIRouter(tags=["people"])

    @routes.get("/me", summary="내 계정 · My account")
    async def me(token: Token) -> dict[str, str]:
        return {"bearer": token.credentials}

    @routes.post("/auth/signup", summary="가입 · Sign up", status_code=201)
    async def sign_up(body: SignUp, remember: bool = False) -> SignUp:
        """가입합니다. `user_id` 는 **바꿀 수 없습니다**."""
        return body

    @routes.delete("/people/{user_id}", summary="탈퇴 · Leave", deprecated=True)
    async def leave(user_id: str, token: Token) -> None:
        return None

    @routes.put("/people/{user_id}", summary="고치기 · Change")
    async def change(user_id: str, body: SignUp, token: Token) -> SignUp:
        return body

    @routes.patch("/people/{user_id}", summary="일부 고치기 · Change a part")
    async def change_part(user_id: str, body: SignUp, token: Token) -> SignUp:
        return body

    return routes
