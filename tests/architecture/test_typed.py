"""For those who embed it: types that say what is meant, seen from the installed wheel by a checker that is not ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, Final

import pytest

pytestmark = pytest.mark.processes
REFUSED: Final = "# refused"
GOOD: Final = """
from collections.abc import Sequence
from datetime import timedelta

from fastapi import FastAPI, WebSocket
from starlette.requests import Request
from starlette.types import ASGIApp

from daemun import (
    CurrentUser, CurrentVisit, Daemun, EventKind, Feature, Happening, MaybeUser, Mover, Permission, Settings, Sought, Work,
    current_user, maybe_user, permit, requires, signed_in,
)

COUNTED = EventKind("shop.count", "success", "data", fields={"orders": "public"})
shop = Feature("shop", permissions=(Permission("orders.read", "주문 보기", "See orders", roles=("user",)),), events=(COUNTED,))
app = FastAPI()
gate = Daemun(Settings.load({"prefix": "/gate"}), tools=[shop])
gate.install(app, strict=False)


@gate.on("auth.login")
def told(work: Work, happening: Happening) -> None:
    work.after_commit(lambda: print(happening.event.actor, happening.circumstance.address))


@app.get("/mine", dependencies=[signed_in(max_age=timedelta(minutes=5))])
async def mine(user: CurrentUser, visit: CurrentVisit) -> dict[str, str | Sequence[str]]:
    def story(work: Work) -> str:
        work.publish(COUNTED.by(visit.actor, work.now, orders=3))
        return work.new_id()

    number: str = await visit.work(story)
    return {"id": user.id, "name": user.name, "email": user.email, "roles": user.roles, "number": number}


@app.get("/", dependencies=[requires("orders.read", aal=2)])
async def front(user: MaybeUser) -> str:
    return user.name if user is not None and user.may("orders.read") else "stranger"


@app.websocket("/ws")
async def socket(socket: WebSocket, user: CurrentUser) -> None:
    await socket.accept()


async def plain(request: Request) -> str | None:
    await permit(request, "orders.read")
    maybe = await maybe_user(request)
    return (await current_user(request)).handle if maybe else None


async def work() -> list[str]:
    async with gate.working("nightly") as visit:
        moved = await visit.work(gate.take_in, Mover("shop-17", "ann@example.com", "안은주", email_verified=True))
        found = await visit.read(gate.people.search, Sought(status="NORMAL"))
        return [moved.id, *(each.email for each in found.accounts)]


def wrapped(other: ASGIApp) -> ASGIApp:
    return Daemun().wrap(other)
"""
WRONG: Final = """
from fastapi import FastAPI

from daemun import CurrentUser, Daemun, EventKind, MaybeUser, Mover, Permission, Work, requires

gate = Daemun({"prefix": "/gate"})  # refused
gate.install("app")  # refused
gate.install(FastAPI(), True)  # refused
requires(7)  # refused
EventKind("shop.count", "happened", "data")  # refused
Permission("orders.read")  # refused


@gate.on("auth.login")  # refused
def told(work: Work) -> None: ...


@gate.on("auth.login")  # refused
async def heard(work: Work, happening: object) -> None: ...


async def mine(user: CurrentUser, maybe: MaybeUser) -> None:
    print(user.nickname)  # refused
    user.id = "somebody else"  # refused
    print(maybe.name)  # refused
    async with gate.working("nightly") as visit:
        await visit.work(gate.take_in)  # refused
        await visit.read(gate.people.known_as, 7)  # refused
        number: int = await visit.read(gate.people.known_as, "ann")  # refused
        visit.actor = user  # refused
    print(Mover("shop-17"), number)  # refused
"""


@pytest.fixture(scope="module")
def told(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What pyright, strict, says of somebody's project."""
    project = tmp_path_factory.mktemp("project")
    (project / "good.py").write_text(GOOD, "utf-8")
    (project / "wrong.py").write_text(WRONG, "utf-8")
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "include": ["good.py", "wrong.py"]}')
    python = an_environment(project / "venv", wheel)
    command = [str(Path(sys.executable).with_name("pyright")), "--outputjson", "--pythonpath", str(python), "-p", str(project)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=280, env=os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["generalDiagnostics"]
    return found


def an_environment(folder: Path, wheel: Path) -> Path:
    """The wheel installed as anybody installs it; what it depends on is lent by ours, where Daemun itself is not looked for."""
    uv, python = Path(sys.executable).with_name("uv"), folder / "bin" / "python"
    subprocess.run([uv, "--quiet", "venv", "--python", sys.executable, folder], check=True)
    subprocess.run([uv, "--quiet", "pip", "install", "--python", python, "--no-index", "--no-deps", wheel], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "lib" / version / "site-packages" / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return python


def lines(told: list[dict[str, Any]], name: str) -> set[int]:
    return {each["range"]["start"]["line"] for each in told if each["file"].endswith(name)}


def test_what_an_embedder_writes_is_understood_to_the_last_type(told: list[dict[str, Any]]) -> None:
    assert [each for each in told if each["file"].endswith("good.py")] == []


def test_what_an_embedder_gets_wrong_is_refused_before_it_runs(told: list[dict[str, Any]]) -> None:
    marked = {number for number, line in enumerate(WRONG.splitlines()) if REFUSED in line}
    assert lines(told, "wrong.py") == marked
