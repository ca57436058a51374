"""The embedded house, its server, and a second service in a process of its own that trusts its tokens by the published keys alone."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from joserfc.jws import extract_compact
from tests.clients.python.between import Shifted, pair_in, somebody
from tests.clients.python.test_verifier import forged, rotate
from tests.house import Member
from tests.server.running import BOSS, Server, a_master, environment
from tests.servers.process import free_port, start, stop

from daemun_client import AsyncClient, Client, Denied, KeyRefused, MemoryStore

pytestmark = pytest.mark.processes
CLIENT = Path(__file__).resolve().parents[3] / "clients" / "python" / "src"
ROTATIONS, CALLERS = 4, 4


@contextmanager
def second_service(server: Server, folder: Path) -> Iterator[str]:
    """Its address. It has the client on its path, and none of the house."""
    issuer = httpx2.get(f"{server.url}/.well-known/oauth-authorization-server").json()["issuer"]
    port = free_port()
    command = [sys.executable, Path(__file__).with_name("second_service.py"), issuer, "daemun", f"{server.url}/.well-known/jwks.json", port]
    alone = {"PYTHONPATH": str(CLIENT), "PATH": os.environ["PATH"]}
    process = start([str(each) for each in command], folder / "second.log", ready=lambda: _answers(port), environment=alone)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/whoami", timeout=5).status_code == 401
    except httpx2.TransportError:
        return False


@dataclass
class Tally:
    """What came of good tokens and of bad ones, and with which keys the good ones were signed."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    good: int = 0
    bad: int = 0
    wrong: list[str] = field(default_factory=list)
    kids: set[str] = field(default_factory=set)


async def calling(server: Server, service: str, member: Member, tally: Tally) -> None:
    """A person whose client renews its tokens all the time, at both services; and a thief who writes his own from hers."""
    store, clock, mine = MemoryStore(), Shifted(), list[str]()
    async with AsyncClient(server.url, store=store, clock=clock) as client, httpx2.AsyncClient(base_url=service) as http:
        await client.log_in(member.handle, member.password)
        while not tally.over.is_set():
            me = await client.me()
            mine.append(pair_in(store).access.reveal())
            tally.kids.add(str(extract_compact(mine[-1].encode()).headers()["kid"]))
            for token in {mine[0], mine[-1]}:
                answer = await asked(http, token)
                tally.good += 1
                if (answer.status_code, answer.json().get("user_id")) != (200, me.id):
                    tally.wrong.append(f"a good token was refused: {answer.status_code} {answer.text}")
            for token in forged(mine[-1]):
                answer = await asked(http, token)
                tally.bad += 1
                if answer.status_code != 401:
                    tally.wrong.append(f"a bad token was taken: {answer.status_code} {answer.text}")
            clock.advance(minutes=20)


async def asked(http: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await http.get("/whoami", headers={"authorization": f"Bearer {token}"})


async def test_a_second_service_takes_every_good_token_and_no_bad_one_while_keys_rotate(server: Server, tmp_path: Path) -> None:
    """RFC 8725 3.3, 3.8, 3.10. Every token of each login is tried, the first one too: signed by a key that has retired since."""
    members, tally = [somebody(server) for _ in range(CALLERS)], Tally()
    with second_service(server, tmp_path) as service:
        callers = [asyncio.create_task(calling(server, service, each, tally)) for each in members]
        try:
            for _ in range(ROTATIONS):
                before = tally.good
                kid = await asyncio.to_thread(rotate, server)
                while (kid not in tally.kids or tally.good < before + CALLERS) and not any(each.done() for each in callers):
                    await asyncio.sleep(0.01)
        finally:
            tally.over.set()
            await asyncio.gather(*callers)
    assert tally.wrong == []
    assert len(tally.kids) > ROTATIONS
    assert tally.bad >= tally.good


def cli(server: Server, *words: str) -> dict[str, str]:
    command = [sys.executable, "-m", "daemun", *words, "--json", "--data", str(server.folder / "data")]
    command += ["--database-url", server.database_url] if server.database_url else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(), cwd=server.folder, timeout=120)
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout)
    return told


async def test_a_service_asks_and_gives_back_tokens_by_a_key_made_on_the_server(server: Server) -> None:
    """What a verifier cannot see, introspection tells at once: that a login was ended."""
    a_master(server)
    made = cli(server, "user", "keys", BOSS.handle, "--create", "gateway", "--scope", "tokens.introspect", "--scope", "tokens.revoke")
    member, store = somebody(server), MemoryStore()
    with Client(server.url, store=store) as person, Client(server.url, api_key=made["key"]) as service:
        person.log_in(member.handle, member.password)
        pair, me = pair_in(store), person.me()
        told = service.introspect(pair.access)
        assert told is not None
        assert (told.kind, told.user_id, told.handle, told.client_id, told.aal) == ("access", me.id, member.handle, "daemun", 1)
        assert told.scopes == me.permissions
        refresh = service.introspect(pair.refresh)
        assert refresh is not None
        assert (refresh.kind, refresh.session_id, refresh.scopes) == ("refresh", told.session_id, frozenset())
        service.revoke(pair.access)
        assert service.introspect(pair.access) is None
        assert service.introspect("nonsense") is None
        service.revoke("nonsense")
    async with AsyncClient(server.url, api_key=made["key"]) as other:
        assert (await other.me()).permissions == {"tokens.introspect", "tokens.revoke"}
        assert await other.introspect(pair.refresh) is None
        with pytest.raises(Denied) as denied:
            await other.get("/me/api-keys")
        assert denied.value.code == "api_key_refused"
        told = await other.introspect(made["key"])
        assert told is not None
        assert (told.kind, told.client_id) == ("api_key", made["id"])
        listed = cli(server, "user", "keys", BOSS.handle)
        assert made["key"] not in json.dumps(listed)
        cli(server, "user", "keys", BOSS.handle, "--revoke", made["id"])
        with pytest.raises(KeyRefused) as refused:
            await other.me()
        assert refused.value.code == "api_key_ended"


def test_a_client_comes_in_by_a_key_or_by_a_login(server: Server) -> None:
    with pytest.raises(ValueError, match="not by both"):
        Client(server.url, api_key="daemun_x", store=MemoryStore())
    with Client(server.url, api_key="daemun_x") as client:
        assert "daemun_x" not in repr(client)
        with pytest.raises(ValueError, match="API key"):
            client.log_in("ann_2026", "Maru-Bada-72!")
        with pytest.raises(KeyRefused) as refused:
            client.me()
        assert refused.value.code == "api_key_invalid"
