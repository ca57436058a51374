"""The short way to a route leads where the router's long way leads."""

from __future__ import annotations

from pathlib import Path

import httpx2
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Match, Route
from tests.house import a_house, built

from daemun.app.inside import inside
from daemun.web.signposts import Signposts, signs


async def test_every_sign_leads_where_the_router_leads(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        routes = inside(built(house.app)).router.routes
    found = signs(routes)
    assert {("POST", "/auth/login"), ("POST", "/auth/refresh"), ("GET", "/me")} <= set(found)
    for (method, path), route in found.items():
        scope = {"type": "http", "method": method, "path": path, "root_path": ""}
        assert next(each for each in routes if each.matches(scope)[0] is Match.FULL) is route, (method, path)


async def test_what_has_no_sign_is_the_routers() -> None:
    router = APIRouter()

    async def said(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.method} {request.path_params}")

    router.routes.extend([Route("/a/{name}", said), Route("/a/b", said), Route("/c", said, methods=["POST"]), Route("/d", said)])
    assert set(signs(router.routes)) == {("POST", "/c"), ("GET", "/d"), ("HEAD", "/d")}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=Signposts(router)), base_url="http://gate") as client:
        assert (await client.get("/a/b")).text == "GET {'name': 'b'}"
        assert (await client.get("/d")).text == "GET {}"
        assert (await client.get("/c")).status_code == 405
        assert (await client.get("/e")).status_code == 404
