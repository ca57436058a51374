"""A small capability with pages: every control there is, refusals on demand, and a door that only known people pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.responses import Response

from daemun.core.errors import Flaw
from daemun.plugin import (
    APIRouter,
    Body,
    Conflict,
    CurrentForm,
    CurrentPages,
    CurrentVisit,
    Denied,
    Feature,
    Form,
    Kit,
    Missing,
    PageRoute,
    Permission,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unsuitable,
    public,
    requires,
    signed_in,
)

HERE = Path(__file__).parent
REFUSALS = {each.code: each for each in (Denied, Missing, Conflict, Unavailable, Unauthenticated)}
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OPEN = public("a test looks at it")


class TooPlain(Unsuitable):
    code = "gallery_plain"


class Said(Body):
    by: str


def plug(kit: Kit) -> Feature:
    return Feature(
        "gallery",
        routers=(pages(), api()),
        permissions=(Permission("gallery.hang", "그림을 겁니다", "Hangs pictures"),),
        locale=HERE / "locale",
        templates=HERE / "templates",
    )


def pages() -> APIRouter:
    routes = APIRouter(route_class=PageRoute, include_in_schema=False)

    @routes.get("/gallery", dependencies=[OPEN])
    async def gallery(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, "gallery/form.html", form=Form().starting(email="ann@example.com"), at=AT)

    @routes.post("/gallery", dependencies=[OPEN])
    async def hang(visit: CurrentVisit, form: CurrentForm, pages: CurrentPages) -> Response:
        if form.text("title") == "plain":
            return pages.again(visit, "gallery/form.html", form, TooPlain(Flaw("title", "gallery_plain")), at=AT)
        return pages.to("/gallery", done="hung")

    @routes.get("/gallery/refused/{code}", dependencies=[OPEN])
    async def refused(code: str) -> Response:
        raise TooMany(retry_after=7) if code == "too_many" else REFUSALS[code]()

    @routes.get("/gallery/mine", dependencies=[signed_in()])
    async def mine(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, "gallery/mine.html")

    @routes.post("/gallery/mine", dependencies=[signed_in()])
    async def change(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.to("/gallery/mine", done="hung")

    @routes.get("/gallery/vault", dependencies=[signed_in(aal=2, max_age=timedelta(minutes=5))])
    async def vault(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, "gallery/mine.html")

    @routes.get("/gallery/number", dependencies=[OPEN])
    async def number(n: int) -> Response:
        raise Missing

    return routes


def api() -> APIRouter:
    routes = APIRouter()

    @routes.post("/api/gallery", dependencies=[signed_in()])
    async def hang(visit: CurrentVisit) -> Said:
        return Said(by=str(visit.actor))

    @routes.get("/api/gallery", dependencies=[signed_in()])
    async def look(visit: CurrentVisit) -> Said:
        return Said(by=str(visit.actor))

    @routes.post("/api/gallery/hang", dependencies=[requires("gallery.hang", max_age=timedelta(minutes=5))])
    async def deep(visit: CurrentVisit) -> Said:
        return Said(by=str(visit.actor))

    @routes.post("/api/gallery/vault", dependencies=[signed_in(aal=2)])
    async def vault(visit: CurrentVisit) -> Said:
        return Said(by=str(visit.actor))

    return routes
