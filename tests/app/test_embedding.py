"""Inside somebody's application."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import FastAPI
from tests.house import Member

from daemun import Daemun, Settings
from daemun.plugin import CurrentVisit, signed_in


async def test_five_lines_put_the_gate_into_an_application(tmp_path: Path) -> None:
    lived: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        lived.append("opened")
        yield
        lived.append("closed")

    app = FastAPI(lifespan=lifespan)

    @app.get("/mine", dependencies=[signed_in()])
    async def mine(visit: CurrentVisit) -> dict[str, str]:
        return {"hello": visit.actor.handle or ""}

    Daemun(Settings.load(flags={"data": str(tmp_path / "data")}, environ={}, cwd=tmp_path)).install(app)
    async with app.router.lifespan_context(app):
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver") as http:
            assert (await http.get("/mine")).status_code == 401
            await http.post("/auth/signup", json=Member().form)
            tokens = (await http.post("/auth/login", json={"user_id": Member().handle, "password": Member().password})).json()
            answer = await http.get("/mine", headers={"authorization": f"Bearer {tokens['access_token']}"})
            assert answer.json() == {"hello": Member().handle}
        assert lived == ["opened"]
    assert lived == ["opened", "closed"]


def test_importing_a_word_of_the_core_loads_nothing_more() -> None:
    code = "import sys, daemun.core.secret; print(any(each in sys.modules for each in ('fastapi', 'sqlalchemy', 'daemun.app')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
