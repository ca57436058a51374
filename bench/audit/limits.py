"""What the machine allows in the same minutes: the disk, the database without us, and hashes."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.audit.log import timed
from bench.servers import Kind
from daemun.adapters.database import connect_sqlite

FSYNCS, ROWS, AT_ONCE, HASHES = 200, 40_000, 1_000, 200_000
ENTRY, PARTS = b"x" * 300, b"y" * 330


def fsyncs(folder: Path) -> list[float]:
    """Of 4 KiB each."""
    file = os.open(folder / "probe", os.O_WRONLY | os.O_CREAT)
    try:
        return [timed(lambda: _synced(file)) for _ in range(FSYNCS)]
    finally:
        os.close(file)


def _synced(file: int) -> None:
    os.write(file, b"x" * 4096)
    os.fsync(file)


def bare_rows(kind: Kind, url: str, folder: Path) -> float:
    """Rows as large as ours, a second, in durable transactions of a thousand, by the driver alone."""
    rows = [(ENTRY, PARTS)] * AT_ONCE
    seconds = _sqlite(folder, rows) if kind == "SQLite" else _postgres(url, rows)
    return ROWS / seconds


def _sqlite(folder: Path, rows: list[tuple[bytes, bytes]]) -> float:
    raw = connect_sqlite(folder / "bare.db")
    raw.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, entry BLOB, parts BLOB)")

    def written() -> None:
        for _ in range(ROWS // AT_ONCE):
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany("INSERT INTO bare (entry, parts) VALUES (?, ?)", rows)
            raw.execute("COMMIT")

    try:
        return timed(written)
    finally:
        raw.close()


def _postgres(url: str, rows: list[tuple[bytes, bytes]]) -> float:
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry bytea, parts bytea)")

        def written() -> None:
            for _ in range(ROWS // AT_ONCE):
                with raw.transaction(), raw.cursor() as cursor, cursor.copy("COPY bare (entry, parts) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

        return timed(written)


def bare_hashes() -> float:
    """Of entries as long as ours, a second, on one core."""
    start = time.perf_counter()
    for _ in range(HASHES):
        sha256(b"\0" + ENTRY).digest()
    return HASHES / (time.perf_counter() - start)


def bare_sealing() -> float:
    """Two encrypted parts and three hashes an event, a second: less is not possible with this layout."""
    aead, nonce = AESGCM(bytes(32)), bytes(12)
    start = time.perf_counter()
    for _ in range(HASHES // 10):
        for _ in range(2):
            sha256(aead.encrypt(nonce, PARTS[:150], b"default|01KA|actor")).digest()
        sha256(b"\0" + ENTRY).digest()
    return HASHES // 10 / (time.perf_counter() - start)


def bare_signature_check() -> float:
    """Seconds of one Ed25519 verification."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key(), key.sign(ENTRY)
    return timed(lambda: [public.verify(signature, ENTRY) for _ in range(500)]) / 500
