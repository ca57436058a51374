"""An application with Daemun in it and the server beside it are one gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from tests.app.hosting import SHOP, a_shop, living, settings_for
from tests.house import Client, Member
from tests.server.running import Server

from daemun import Daemun

pytestmark = pytest.mark.processes
ADDRESS = "http://localhost:8000"


async def logged_in(client: Client) -> dict[str, Any]:
    answer = await client.log_in(Member())
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_both_take_each_others_tokens_while_keys_rotate(database_url: str, tmp_path: Path) -> None:
    server = Server(tmp_path, database_url, more={"DAEMUN_PUBLIC_URL": ADDRESS})
    server.start()
    try:
        server.wait()
        app, gate = a_shop(), Daemun(settings_for(tmp_path, database_url=database_url, public_url=ADDRESS), tools=[SHOP])
        async with living(app, gate):
            here = Client(httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ADDRESS))
            there = Client(httpx2.AsyncClient(base_url=server.url))
            await _one_gate(gate, here, there)
    finally:
        server.kill()


async def _one_gate(gate: Daemun, here: Client, there: Client) -> None:
    assert (await here.sign_up(Member())).status_code == 201
    pairs: list[dict[str, Any]] = []
    for _ in range(3):
        pairs += [await logged_in(here), await logged_in(there)]
        for pair in pairs:
            assert (await here.get("/mine", token=pair["access_token"])).status_code == 200
            assert (await there.get("/me", token=pair["access_token"])).status_code == 200
        published = [(await each.get("/.well-known/jwks.json")).json()["keys"] for each in (here, there)]
        assert published[0] == published[1]
        gate.house.keyring.rotate("signing")
        gate.house.keyring.rotate("refresh")
    first, second, *_, last = pairs
    assert (await there.refresh(first["refresh_token"])).status_code == 200  # older than two rotations, and from the other door
    assert (await here.refresh(second["refresh_token"])).status_code == 200
    assert (await there.log_out(last["refresh_token"])).status_code == 200
    stolen = gate.house.keyring.signing().kid
    claims = {"sub": Member().handle, "iss": ADDRESS, "type": "access"}
    forged = jwt.encode({"alg": "EdDSA", "kid": stolen, "typ": "at+jwt"}, claims, OKPKey.generate_key("Ed25519"), algorithms=["EdDSA"])
    for bad in (last["access_token"], forged):
        assert (await here.get("/mine", token=bad)).status_code == 401
        assert (await there.get("/me", token=bad)).status_code == 401
