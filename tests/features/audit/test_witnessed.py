"""A witness elsewhere cosigns what the log signs: whoever has stolen the log's key, or taken the log back, does not have the witness."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from tests.features.audit.logged import audit_of, house_of, settled
from tests.house import House, a_house, a_member
from tests.server.running import running
from tests.servers.process import free_port, start, stop
from tests.servers.s3 import answers
from tlog_scales.backend import HttpBackend
from tlog_scales.reader import TilesReader

from daemun.adapters.sinks import Outgoing
from daemun.adapters.witness import HttpLine
from daemun.features.audit import (
    CompactRange,
    Policy,
    Report,
    check_proof,
    export_log,
    leaf_hash,
    parse_policy,
    reading,
    verify_bundle,
    writing,
)
from daemun.features.audit.checkpoint import Checkpoint
from daemun.features.audit.witness import Request

pytestmark = pytest.mark.processes
STRANGERS = b"old 0\n\nexample.com/other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 a AAAAAAA=\n"
NAME = "witness.example.com/one"


@dataclass(frozen=True, slots=True)
class Served:
    key: str
    url: str

    def asked(self, request: bytes) -> tuple[int, bytes]:
        return HttpLine(self.url, Outgoing.of(None, 10.0, private=True)).ask(request)


@contextmanager
def a_witness(log: str, folder: Path) -> Iterator[Served]:
    """`daemun audit witness` as it is typed."""
    port = free_port()
    daemun = Path(sys.executable).with_name("daemun")
    command = [str(daemun), "audit", "witness", "--log", log, "--name", NAME, "--folder", str(folder / "witness"), "--port", str(port)]
    process = start(command, folder / "witness.log", ready=lambda: answers(port), environment={"LANG": "en_US.UTF-8"})
    try:
        yield Served((folder / "witness.log").read_text().partition(": ")[2].strip(), f"http://127.0.0.1:{port}")
    finally:
        stop(process)


def log_key(house: House) -> str:
    audit = audit_of(house)
    return str(audit.signing.signer.key(audit.origin))


async def exported(house: House, folder: Path) -> bytes:
    await settled(house)
    audit, opened = audit_of(house), house_of(house)
    visit = opened.visit("test")
    house.clock.advance(seconds=11)
    await opened.rooms.witnesses.once(visit)
    note = await visit.read(opened.rooms.witnesses.cosigned, (await audit.standing()).checkpoint)
    with writing(folder) as write:
        export_log(audit.ledger, [], write, cosigned=note)
    return note


def verified(folder: Path, policy: str) -> Report:
    with reading(folder) as read:
        return verify_bundle(read, policy=parse_policy(policy))


async def test_what_a_witness_saw_cannot_be_signed_otherwise_even_with_the_logs_key(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        log = log_key(house)
    with a_witness(log, tmp_path) as witness:
        policy = f"log {log}\nwitness one {witness.key} {witness.url}\nquorum one\n"
        async with a_house(database_url, tmp_path, audit__public="true", audit__witnesses=f"{witness.key} {witness.url}") as house:
            await a_member(house.client())
            await exported(house, tmp_path / "first")
            assert verified(tmp_path / "first", policy).ok
            await a_member(house.client(), handle="bob_2026", email="bob@example.com")
            await exported(house, tmp_path / "second")
            assert verified(tmp_path / "second", policy).ok
            (seen,) = await house_of(house).visit("test").read(house_of(house).rooms.witnesses.standing)
            audit = audit_of(house)
            assert (seen.size, seen.error) == ((await audit.standing()).size, None)
            await _is_served(house, parse_policy(policy), seen.size)

            forged = Checkpoint(audit.origin, seen.size + 1, CompactRange().extended(leaf_hash(b"x") for _ in range(seen.size + 1)).root)
            stolen = audit.signing.signer.signed(forged)
            assert witness.asked(Request(seen.size, (b"h" * 32,), stolen).data)[0] == 422
            back = audit.signing.signer.signed(Checkpoint(audit.origin, 1, leaf_hash(b"x")))
            assert witness.asked(Request(0, (), back).data) == (409, f"{seen.size}\n".encode())
            (tmp_path / "second" / "checkpoint").write_bytes(stolen)
            assert [(each.what, each.more) for each in verified(tmp_path / "second", policy).findings] == [
                ("checkpoint_refused", "audit_quorum_missing")
            ]


async def _is_served(house: House, policy: Policy, size: int) -> None:
    """With its signature, to whoever asks for the state of the log or for a proof, as long as it goes along."""
    client = house.client()
    assert policy.open((await client.get("/audit/default/checkpoint")).content).checkpoint.size == size
    entries = await audit_of(house).entries(0, size + 1)
    check_proof((await client.get("/audit/default/proof/1")).content, leaf_hash(entries[1].entry), policy)
    await a_member(house.client(), handle="cho_2026", email="cho@example.com")
    await settled(house)
    entries = await audit_of(house).entries(0, size + 1)
    assert policy.open((await client.get("/audit/default/checkpoint")).content).checkpoint.size == size, (
        "what nobody saw is not served first"
    )
    newest = (await client.get(f"/audit/default/proof/{size}")).content
    check_proof(newest, leaf_hash(entries[size].entry), Policy(policy.logs))  # what nobody saw yet is proven by the log alone
    house.clock.advance(seconds=61)
    last = (await client.get("/audit/default/checkpoint")).content
    assert Policy(policy.logs).open(last).checkpoint.size > size, "a witness that is away does not hold the log back"


def test_another_programs_reader_reads_what_is_served_with_cosignatures(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(_founded(sqlite_url, tmp_path))
    log = (tmp_path / "log").read_text()
    with a_witness(log, tmp_path) as witness:
        chosen = {"DAEMUN_AUDIT__PUBLIC": "true", "DAEMUN_AUDIT__WITNESSES": f"{witness.key} {witness.url}"}
        with running(tmp_path, sqlite_url, more=chosen) as server:
            url, until = f"{server.url}/audit/default", time.monotonic() + 30
            while NAME not in httpx2.get(f"{url}/checkpoint").text and time.monotonic() < until:
                time.sleep(0.1)
            seen = TilesReader(HttpBackend(url)).get_checkpoint()
            policy = parse_policy(f"log {log}\nwitness one {witness.key}\nquorum one\n")
            assert policy.open(httpx2.get(f"{url}/checkpoint").content).checkpoint.size == seen.size
            entry = TilesReader(HttpBackend(url))
            entry.set_size(seen.size)
            check_proof(httpx2.get(f"{url}/proof/0").content, leaf_hash(entry.get_entry(0)), policy)


async def _founded(url: str, folder: Path) -> None:
    async with a_house(url, folder) as house:
        await a_member(house.client())
        await settled(house)
        (folder / "log").write_text(log_key(house))


def test_a_witness_keeps_its_key_and_takes_only_logs_it_was_told_of(tmp_path: Path) -> None:
    daemun = Path(sys.executable).with_name("daemun")
    wrong = [str(daemun), "audit", "witness", "--log", "no-key", "--name", NAME, "--folder", str(tmp_path / "witness")]
    assert subprocess.run(wrong, capture_output=True, check=False).returncode == 2
    log = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    with a_witness(log, tmp_path) as witness:
        assert (
            witness.asked(b"old 0\n\nexample.com/other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 a AAAAAAA=\n")[0]
            == 404
        )
        assert witness.asked(b"nonsense")[0] == 400
    with a_witness(log, tmp_path) as again:
        assert again.key == witness.key
    assert (tmp_path / "witness" / "witness.key").stat().st_mode & 0o777 == 0o600
