"""Published vectors, and whole logs small enough to read in one place."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from daemun.features.audit.errors import Refused
from daemun.features.audit.merkle import HashReader, leaf_hash, root
from daemun.features.audit.notes import COSIGNATURE, ED25519, Sign, VerifierKey
from daemun.features.audit.tiles import FULL, Tile, made_bundle, tile_of, tiles_of

HERE = Path(__file__).parent / "vectors"
BESIDE = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "tlog"


def vectors(name: str) -> Any:
    """Those laid beside the repository, or else the copies in it. Not all are copied: 120 kB of subtrees are not."""
    file = next((each / name for each in (BESIDE, HERE) if (each / name).exists()), None)
    if file is None:
        pytest.skip(f"NOT PROVEN HERE: {name} is neither in {BESIDE} nor in {HERE}", allow_module_level=True)
    return json.loads(file.read_text("utf-8"))


def raw(text: str) -> bytes:
    return b64decode(text, validate=True)


def raws(texts: list[str]) -> list[bytes]:
    return [raw(each) for each in texts]


def numbered(count: int) -> list[bytes]:
    return [leaf_hash(bytes([number % 256])) for number in range(count)]


def reader_of(leaves: list[bytes]) -> HashReader:
    return lambda level, index: root(leaves[index << level : (index + 1) << level])


def somebody(name: str, seed: int, kind: int = ED25519) -> tuple[VerifierKey, Sign]:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return VerifierKey(name, kind, private.public_key().public_bytes_raw()), private.sign


def witness(name: str, seed: int) -> tuple[VerifierKey, Sign]:
    return somebody(name, seed, COSIGNATURE)


def from_private(text: str) -> Sign:
    return Ed25519PrivateKey.from_private_bytes(raw(text.split("+", 4)[4])[1:]).sign


def files_of(entries: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Every tile and bundle of a log of these entries, by path."""
    leaves, size = [leaf_hash(each) for each in entries], len(entries)
    read = reader_of(leaves)
    for level, full, partial in tiles_of(size):
        for tile in (tile_of(level, index, size) for index in range(full + (partial > 0))):
            nodes = range(tile.index * FULL, tile.index * FULL + tile.width)
            yield tile.path, b"".join(read(8 * level, each) for each in nodes)
            if level == 0:
                yield Tile("entries", tile.index, tile.width).path, made_bundle([entries[each] for each in nodes])


def refused(code: str = "") -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(Refused, check=lambda refusal: refusal.code.endswith(code))
