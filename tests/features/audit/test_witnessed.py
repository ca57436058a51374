"""A witness elsewhere cosigns what the log signs: whoever has stolen the log's key, or taken the log back, does not have the witness."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.features.audit.logged import audit_of, house_of, settled
from tests.house import House, a_house, a_member
from tests.servers.process import free_port, start, stop
from tests.servers.s3 import answers

from daemun.adapters.sinks import Outgoing
from daemun.adapters.witness import HttpLine
from daemun.features.audit import CompactRange, Report, export_log, leaf_hash, parse_policy, reading, verify_bundle, writing
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
        async with a_house(database_url, tmp_path, audit__witnesses=f"{witness.key} {witness.url}") as house:
            await a_member(house.client())
            await exported(house, tmp_path / "first")
            assert verified(tmp_path / "first", policy).ok
            await a_member(house.client(), handle="bob_2026", email="bob@example.com")
            await exported(house, tmp_path / "second")
            assert verified(tmp_path / "second", policy).ok
            (seen,) = await house_of(house).visit("test").read(house_of(house).rooms.witnesses.standing)
            audit = audit_of(house)
            assert (seen.size, seen.error) == ((await audit.standing()).size, None)

            forged = Checkpoint(audit.origin, seen.size + 1, CompactRange().extended(leaf_hash(b"x") for _ in range(seen.size + 1)).root)
            stolen = audit.signing.signer.signed(forged)
            assert witness.asked(Request(seen.size, (b"h" * 32,), stolen).data)[0] == 422
            back = audit.signing.signer.signed(Checkpoint(audit.origin, 1, leaf_hash(b"x")))
            assert witness.asked(Request(0, (), back).data) == (409, f"{seen.size}\n".encode())
            (tmp_path / "second" / "checkpoint").write_bytes(stolen)
            assert [(each.what, each.more) for each in verified(tmp_path / "second", policy).findings] == [
                ("checkpoint_refused", "audit_quorum_missing")
            ]


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
