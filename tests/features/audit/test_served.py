"""Somebody else's program reads the log where it is served, over HTTP, and finds it whole."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest
from tests.house import Member
from tests.server.running import running
from tlog_scales.backend import HttpBackend
from tlog_scales.reader import TilesReader

pytestmark = pytest.mark.processes
PATIENCE = 20.0


def test_tlog_scales_reads_the_served_log(database_url: str, tmp_path: Path) -> None:
    with running(tmp_path, database_url, more={"DAEMUN_AUDIT__PUBLIC": "true"}) as server:
        with httpx2.Client(base_url=server.url) as http:
            assert http.post("/auth/signup", json=Member().form).status_code == 201
            http.post("/auth/login", json={"user_id": Member().handle, "password": "Wrong-Pass-11!"})
        until, reader = time.monotonic() + PATIENCE, TilesReader(HttpBackend(f"{server.url}/audit/default"))
        while signed(server.url) < 4 and time.monotonic() < until:
            time.sleep(0.1)
        seen = reader.get_checkpoint()
        reader.set_size(seen.size)
        assert seen.size >= 4
        assert reader.calculate_root_hash() == seen.root_hash
        for idx in range(seen.size):
            leaf = sha256(b"\0" + reader.get_entry(idx)).digest()
            reader.get_inclusion_proof(idx, seen.size).check(leaf, seen.root_hash)
        assert any(b'"a":"auth.login"' in reader.get_entry(idx) for idx in range(seen.size))


def signed(url: str) -> int:
    answer = httpx2.get(f"{url}/audit/default/checkpoint")
    return int(answer.text.split("\n")[1]) if answer.status_code == 200 else 0
