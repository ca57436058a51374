"""Inside somebody's application."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, WebSocket
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.app.hosting import SHOP, a_shop, a_token, an_embedded, living, settings_for
from tests.house import FrozenClock, House, Member, built
from tests.mailbox import letter_to
from tests.paging import a_page_client

from daemun import CurrentUser, Daemun, current_user, permit
from daemun.core.event import Happening
from daemun.ports.database import Work
from daemun.web.visit import visit_of

LARGE = 200_000


async def test_five_lines_put_the_gate_into_an_application(tmp_path: Path) -> None:
    lived: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        lived.append("opened")
        assert built(app).opened.is_set()  # it may ask the house from its first line
        yield {"kept": "for requests"}
        assert built(app).opened.is_set()
        lived.append("closed")

    app = FastAPI(lifespan=lifespan)

    @app.get("/mine")
    async def mine(user: CurrentUser) -> dict[str, str]:
        return {"hello": user.handle or ""}

    async with an_embedded(app, tmp_path) as house:
        client = house.client()
        assert (await client.get("/mine")).status_code == 401
        answer = await client.get("/mine", token=await a_token(client))
        assert answer.json() == {"hello": Member().handle}
        assert lived == ["opened"]
    assert lived == ["opened", "closed"]


async def test_under_a_prefix_pages_letters_and_documents_lead_there_and_back(tmp_path: Path) -> None:
    async with an_embedded(a_shop(), tmp_path, prefix="/gate") as house:
        browser, ann = a_page_client(house, language="en"), Member()
        await house.client().post("/gate/auth/signup", ann.form)
        await house.client().post("/gate/auth/password/forgot", {"email": ann.email})
        assert str((await letter_to(house, ann.email, "reset_password")).link).startswith("http://localhost:8000/gate/reset?t=")

        # A page of the application asks who it is, leads to ours, and gets its visitor back.
        asked = await browser.open("/mine?tea=1", headers={"sec-fetch-dest": "document"})
        assert asked.path.startswith("/gate/signin?next=")
        assert 'href="/gate/assets/' in asked.html
        assert asked.form("password").action in ("/gate/signin", "")
        back = await browser.submit(asked, "password", user_id=ann.handle, password=ann.password)
        assert (back.path, back.answer.json()["hello"]) == ("/mine?tea=1", ann.name)

        # The cookie is the whole application's, as `__Host-` wants it.
        cookies = [each for each in browser.http.cookies.jar if each.name == "daemun"]
        assert [each.path for each in cookies] == ["/"]
        assert (await browser.open("/")).answer.json() == {"hello": ann.name}
        assert (await browser.open("/gate")).path == "/gate/account"

        # A change by cookie alone is what another site could ask for.
        told = await browser.http.post("/orders", headers={"origin": browser.origin})
        assert (told.status_code, told.json()["code"]) == (403, "csrf_due")

        document = (await house.client().get("/openapi.json")).json()
        assert {"/mine", "/gate/auth/login", "/gate/me"} <= document["paths"].keys()
        assert document["paths"]["/mine"]["get"]["security"] == [{"bearer": []}]
        assert {"401", "403", "503"} <= document["paths"]["/mine"]["get"]["responses"].keys()
        assert (await house.client().get("/gate/openapi.json")).json()["servers"] == [{"url": "/gate"}]
        assert (await house.client().get("/gate/.well-known/jwks.json")).json()["keys"]
        assert (await house.client().get("/gate/nothing")).headers["content-type"] == "application/problem+json"
        assert (await house.client().post("/auth/login")).json() == {"detail": "Not Found"}


async def test_what_is_the_applications_stays_the_applications(tmp_path: Path) -> None:
    app = a_shop()
    app.add_middleware(Noting)
    app.mount("/more", a_mounted())

    @app.exception_handler(ZeroDivisionError)
    async def divided(request: Request, error: Exception) -> Response:
        return JSONResponse({"sum": "none"}, 418)

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout")

    @app.get("/divide")
    async def divide() -> float:
        return 1 / 0

    @app.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())

    async with an_embedded(app, tmp_path) as house:
        client = house.client()
        assert (await client.get("/teapot")).json() == {"detail": "short and stout"}
        assert (await client.get("/divide")).json() == {"sum": "none"}
        assert (await client.get("/nowhere")).json() == {"detail": "Not Found"}
        assert (await client.http.post("/upload", content=b"x" * LARGE)).json() == LARGE
        assert (await client.http.post("/auth/login", content=b"x" * LARGE)).status_code == 413

        own, ours = await client.get("/"), await client.get("/signin")
        assert own.headers["x-request-id"].startswith("req_")
        assert "content-security-policy" not in own.headers
        assert "cache-control" not in own.headers
        assert "content-security-policy" in ours.headers
        assert "swagger" in (await client.get("/docs")).text

        token = await a_token(client)
        assert (await client.get("/", token=token)).headers["x-known"] == "user"  # its own middleware knows who calls
        assert (await client.get("/more/name", token=token)).json() == {"hello": Member().name}
        for path in ("/till", "/more/till"):
            refused = await client.get(path, token=token)
            assert (refused.status_code, refused.json()["code"]) == (403, "denied")
        assert (await client.get("/orders", token=token)).json() == ["tea"]
        assert (await client.get("/more/name")).json()["code"] == "unauthenticated"


async def test_a_socket_of_the_application_knows_who_calls_or_is_closed(tmp_path: Path) -> None:
    app = FastAPI()

    @app.websocket("/open")
    async def everybody(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    @app.websocket("/known")
    async def known(socket: WebSocket, user: CurrentUser) -> None:
        await socket.accept()
        await socket.send_text(user.handle or "")
        await socket.close()

    async with an_embedded(app, tmp_path) as house:
        assert (await spoken(house, "/open"))[0] == {"type": "websocket.accept", "subprotocol": None, "headers": []}
        assert [each["type"] for each in await spoken(house, "/known")] == ["websocket.close"]
        told = await spoken(house, "/known", authorization=f"Bearer {await a_token(house.client())}")
        assert [each.get("text") for each in told if each["type"] == "websocket.send"] == [Member().handle]
        # A page of another site is nobody there, whatever cookie came along; what is open to everybody stays open.
        foreign = {"cookie": "daemun=x", "origin": "http://evil.example"}
        assert [each["type"] for each in await spoken(house, "/known", **foreign)] == ["websocket.close"]
        assert (await spoken(house, "/open", **foreign))[0]["type"] == "websocket.accept"


async def test_listeners_are_told_within_the_event_however_it_ends(tmp_path: Path) -> None:
    gate, heard = Daemun(settings_for(tmp_path), clock=FrozenClock()), []

    @gate.on("auth.login")
    def heard_of(work: Work, happening: Happening) -> None:
        heard.append((happening.event.kind.outcome, happening.event.target is not None or happening.event.actor.id != ""))

    app = FastAPI()
    async with living(app, gate):
        client = House(app, gate.house.settings, FrozenClock()).client()
        await a_token(client)
        await client.log_in(Member(), password="Not-Hers-72!")
    assert [outcome for outcome, _ in heard] == ["success", "failure"]


async def test_while_the_database_is_away_what_needs_nobody_goes_on(tmp_path: Path) -> None:
    async with an_embedded(a_shop(), tmp_path) as house:
        client = house.client()
        token = await a_token(client)
        await built(house.app).database.stop()
        assert (await client.get("/", token=token)).json() == {"hello": "stranger"}
        refused = await client.get("/mine", token=token)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")


async def test_two_gates_in_one_process_know_nothing_of_each_other(tmp_path: Path) -> None:
    async with an_embedded(a_shop(), tmp_path / "here") as here, an_embedded(a_shop(), tmp_path / "there") as there:
        token, other = await asyncio.gather(a_token(here.client()), a_token(there.client(), member=Member(handle="bob_2026")))
        assert (await here.client().get("/mine", token=token)).status_code == 200
        assert (await there.client().get("/mine", token=other)).status_code == 200
        assert (await there.client().get("/mine", token=token)).status_code == 401
        assert (await here.client().get("/mine", token=other)).status_code == 401


async def test_a_worker_reads_people_and_says_what_it_did_as_the_system(tmp_path: Path) -> None:
    async with an_embedded(FastAPI(), tmp_path) as house:
        await a_token(house.client())
    gate = Daemun(settings_for(tmp_path), tools=[SHOP])
    async with gate.working("nightly") as visit:
        ann = await visit.read(gate.people.known_as, Member().handle)
        assert ann is not None
        assert (ann.email, str(visit.actor), visit.circumstance.path) == (Member().email, "system", "nightly")


def test_importing_a_word_of_the_core_loads_nothing_more() -> None:
    code = "import sys, daemun.core.secret; print(any(each in sys.modules for each in ('fastapi', 'sqlalchemy', 'daemun.app')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


class Noting:
    """A middleware of the application's."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, object], receive: object, send: Callable[..., Awaitable[None]]) -> None:
        async def noted(message: dict[str, list[tuple[bytes, bytes]]]) -> None:
            if "headers" in message:
                message["headers"].append((b"x-known", visit_of(Request(scope)).actor.kind.encode()))
            await send(message)

        await self.app(scope, receive, noted)


def a_mounted() -> Starlette:
    async def name(request: Request) -> Response:
        return JSONResponse({"hello": (await current_user(request)).name})

    async def till(request: Request) -> Response:
        await permit(request, "till.open")
        return Response()

    return Starlette(routes=[Route("/name", name), Route("/till", till)])


async def spoken(house: House, path: str, **headers: str) -> list[dict[str, object]]:
    """What is answered to a socket that only listens."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message)

    told = [(name.encode(), value.encode()) for name, value in {"host": "testserver", **headers}.items()]
    scope = {"type": "websocket", "scheme": "ws", "path": path, "query_string": b"", "headers": told, "client": ("203.0.113.9", 1)}
    await house.app(scope, receive, send)
    return sent
