"""`daemun audit witness`: watch over the logs of others, and cosign what grows as it should."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from daemun.adapters.system import SystemClock
from daemun.adapters.witness import SeenFile
from daemun.cli.speaking import Exit, fail, say
from daemun.features.audit import Refused, VerifierKey, Witness, cosignature_key, parse_verifier_key, witness_application

SEED_BYTES = 32


def witness(
    log: Annotated[list[str], typer.Option("--log", help="지켜볼 기록의 공개 열쇠, 여러 번 · A log's verifier key; repeat for more")],
    name: Annotated[str, typer.Option("--name", help="증인의 이름(주소처럼) · The witness's name, like an address without https://")],
    folder: Annotated[Path, typer.Option("--folder", help="열쇠와 본 것을 두는 폴더 · Keeps the key, and what was seen")] = Path("witness"),
    host: Annotated[str, typer.Option(help="듣는 주소 · The address it listens at")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="듣는 포트 · The port")] = 8090,
) -> None:
    """증인: 다른 기록이 앞서 본 것을 지키며 자랄 때만 함께 서명합니다 · Cosign other logs, as long as they contain all that was seen.

    \b
    기록과 다른 컴퓨터에서 켜 두십시오. c2sp.org/tlog-witness를 말합니다. 데이터베이스는 SQLite 파일 하나입니다.
    Run it on another machine than the log's. It speaks c2sp.org/tlog-witness, and keeps one SQLite file.

    \b
    daemun audit witness --name witness.example.com --log 'gate.example.com/audit/default+1a2b3c4d+AbC…'
    """
    try:
        logs = dict[str, list[VerifierKey]]()
        for each in map(parse_verifier_key, log):
            logs.setdefault(each.name, []).append(each)
        private = Ed25519PrivateKey.from_private_bytes(_seed(folder / "witness.key"))
        key: VerifierKey = cosignature_key(name, private.public_key().public_bytes_raw())
    except Refused as refused:
        fail(f"열쇠나 이름을 쓸 수 없습니다: {refused.code}", f"A key or the name cannot be used: {refused.code}", Exit.USAGE)
    say(f"증인의 공개 열쇠: {key}", f"The witness's verifier key: {key}")
    memory = SeenFile(folder / "seen.db")
    try:
        app = witness_application(Witness(key, private.sign, logs, memory, SystemClock()))
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False, proxy_headers=False)
    finally:
        memory.close()


def _seed(path: Path) -> bytes:
    """Made at the first start, and for nobody else to read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        seed = path.read_bytes()
        if len(seed) != SEED_BYTES:
            fail(f"증인의 열쇠가 아닙니다: {path}", f"This is no key of a witness: {path}", Exit.USAGE)
        return seed
    with os.fdopen(file, "wb") as made:
        made.write(seed := os.urandom(SEED_BYTES))
        made.flush()
        os.fsync(made.fileno())
    return seed
