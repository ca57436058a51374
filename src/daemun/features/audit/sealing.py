"""The sealed parts of an entry: one for each whose data it is, under that one's own key. Pure but for the keys that are handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.features.audit.entries import SALT_SIZE, named
from daemun.features.audit.shortening import lengthened, shortened

NONCE_SIZE: Final = 12
LENGTH_SIZE: Final = 4
TENANT: Final = "default"
written: Final = msgspec.json.Encoder().encode


class PartAltered(Exception):
    """It is not what its entry commits to, or was sealed under another key."""


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """`name` is all that the log says of whose it is: it was drawn by lot."""

    name: str
    subject: str
    aead: AESGCM = field(repr=False)

    @property
    def surrogate(self) -> str:
        return f"s_{self.name}"

    @property
    def key_id(self) -> str:
        return f"k_{self.name}"


def sealed(event_id: str, part: str, said: Mapping[str, Any], key: SubjectKey, chance: bytes) -> bytes:
    """Salt, nonce and ciphertext. `chance` is new for each."""
    salt, nonce = chance[:SALT_SIZE], chance[SALT_SIZE:]
    return salt + nonce + key.aead.encrypt(nonce, shortened(written(said)), _bound(event_id, part))


def opened(event_id: str, part: str, sealed: bytes, key: SubjectKey) -> dict[str, Any]:
    nonce, rest = sealed[SALT_SIZE : SALT_SIZE + NONCE_SIZE], sealed[SALT_SIZE + NONCE_SIZE :]
    try:
        said: dict[str, Any] = msgspec.json.decode(lengthened(key.aead.decrypt(nonce, rest, _bound(event_id, part))))
    except (InvalidTag, ValueError, msgspec.DecodeError) as error:
        raise PartAltered from error
    return said


def committed(part: str, sealed: bytes) -> bytes:
    """The same as `commitment`, without taking apart what it would put together again."""
    return sha256(named(part) + sealed).digest()


def packed(parts: Sequence[bytes]) -> bytes:
    """In the order of the entry's commitments; an empty one is gone."""
    return b"".join([len(each).to_bytes(LENGTH_SIZE, "big") + each for each in parts])


def unpacked(data: bytes, count: int) -> list[bytes]:
    """Nothing at all stands for parts that are all gone."""
    parts, at = list[bytes](), 0
    while at < len(data):
        start = at + LENGTH_SIZE
        at = start + int.from_bytes(data[at:start], "big")
        parts.append(data[start:at])
    if at != len(data) or len(parts) not in (0, count):
        raise PartAltered
    return parts or [b""] * count


def _bound(event_id: str, part: str) -> bytes:
    return f"{TENANT}|{event_id}|{part}".encode()
