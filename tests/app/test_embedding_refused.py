"""What does not fit together is told at the start, not found by an attacker."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route
from tests.app.hosting import a_shop, an_embedded, living, settings_for

from daemun import Daemun, SettingsError


@pytest.mark.parametrize(
    ("path", "prefix"), [("/me", ""), ("/api/v1/users/{number}", ""), ("/api/v1/users/newest", ""), ("/gate/x", "/gate")]
)
async def test_a_route_that_would_be_hidden_stops_the_start(tmp_path: Path, path: str, prefix: str) -> None:
    app = FastAPI()
    app.add_api_route(path, lambda: None)
    with pytest.raises(RuntimeError, match="DAEMUN_PREFIX"):
        async with an_embedded(app, tmp_path, prefix=prefix):
            raise AssertionError("it started")


async def test_a_permission_that_nobody_declares_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"/till requires till\.open"):
        async with an_embedded(a_shop(), tmp_path, tools=()):
            raise AssertionError("it started")


async def test_a_gate_within_a_gate_stops_the_start(tmp_path: Path) -> None:
    inner, outer = Starlette(), Starlette()
    Daemun(settings_for(tmp_path / "inner")).install(inner)
    outer.router.routes.append(Mount("/inner", inner))
    with pytest.raises(RuntimeError, match="mounted"):
        async with living(outer, Daemun(settings_for(tmp_path / "outer"))):
            raise AssertionError("it started")


async def test_installing_is_done_once_and_before_the_start(tmp_path: Path) -> None:
    app, other, gate = FastAPI(), FastAPI(), Daemun(settings_for(tmp_path))
    gate.install(app)
    with pytest.raises(RuntimeError, match="has a Daemun already"):
        gate.install(app)
    with pytest.raises(RuntimeError, match="make another for another"):
        gate.install(other)
    assert not other.user_middleware
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(started := FastAPI()), base_url="http://testserver") as http:
        await http.get("/")
    with pytest.raises(RuntimeError, match="started already"):
        Daemun(settings_for(tmp_path / "late")).install(started)


async def test_an_application_whose_lifespan_never_ran_says_so(tmp_path: Path) -> None:
    app = FastAPI()
    Daemun(settings_for(tmp_path)).install(app)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver") as http:
        with pytest.raises(RuntimeError, match="lifespan has not run"):
            await http.get("/signin")


def test_any_other_application_is_told_how_it_is_done(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"daemun\.wrap\(app\)"):
        Daemun(settings_for(tmp_path)).install(Response())  # type: ignore[arg-type]  # the mistake


async def test_listening_to_what_nobody_says_or_too_late_is_refused(tmp_path: Path) -> None:
    gate = Daemun(settings_for(tmp_path))
    with pytest.raises(LookupError, match=r"auth\.lgoin"):
        gate.on("auth.lgoin")(lambda work, happening: None)
    async with gate.working("late"):
        with pytest.raises(RuntimeError, match="before the application starts"):
            gate.on("auth.login")(lambda work, happening: None)


@pytest.mark.parametrize("prefix", ["gate", "/gate/", "/../x", "/gate?x", "/한글"])
def test_a_prefix_that_is_none_stops_the_start(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(SettingsError, match="DAEMUN_PREFIX"):
        Daemun(settings_for(tmp_path, prefix=prefix))


def test_links_that_would_lead_elsewhere_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="must end with /gate"):
        Daemun(settings_for(tmp_path, prefix="/gate", public_url="https://team.example"))


async def test_a_route_of_ones_own_may_be_named_like_ours_under_a_prefix(tmp_path: Path) -> None:
    async def me(_: object) -> Response:
        return Response("mine")

    app = Starlette(routes=[Route("/me", me)])
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver")
    async with living(app, Daemun(settings_for(tmp_path, prefix="/gate"))), http:
        assert (await http.get("/me")).text == "mine"
        assert (await http.get("/gate/me")).status_code == 401
