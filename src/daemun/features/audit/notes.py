"""Signed notes (c2sp.org/signed-note), and the cosignatures of witnesses on them (c2sp.org/tlog-cosignature, Ed25519 v1). Pure.

Text, an empty line, signature lines. Nothing here holds a private key: whoever signs brings a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from daemun.features.audit.errors import (
    KeyAmbiguous,
    KeyMalformed,
    NoteMalformed,
    NoteUnsigned,
    Refused,
    SignatureInvalid,
    TooManySignatures,
)
from daemun.features.audit.spelling import decoded, from_base64, lines_of, to_base64

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "MOST_SIGNATURES",
    "Note",
    "Refused",
    "Sign",
    "Signature",
    "VerifierKey",
    "cosign",
    "cosignature_key",
    "cosigned_at",
    "key_id",
    "made_note",
    "open_note",
    "parse_verifier_key",
    "sign",
    "split_note",
    "with_signatures",
]

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MOST_SIGNATURES: Final = 100
LONGEST_NOTE: Final = 1_000_000
LONGEST_KEY: Final = 1_000
LATEST: Final = 2**63 - 1
DASH: Final = "\u2014"

Sign = Callable[[bytes], bytes]
"""A private Ed25519 key, wherever it is: the 64 bytes of the signature over the given ones."""


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return sha256(f"{name}\n".encode() + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Somebody's public key, for one kind of signature; written `name+id+base64(kind and key)`."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name) or self.kind not in (ED25519, COSIGNATURE) or len(self.public) != 32:
            raise KeyMalformed

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """`payload` is what follows the key id; `time` is when a verified cosignature was made, in POSIX seconds."""

    name: str
    key_id: bytes
    payload: bytes
    time: int | None = None

    def __str__(self) -> str:
        return f"{DASH} {self.name} {to_base64(self.key_id + self.payload)}"


@dataclass(frozen=True, slots=True)
class Note:
    """`signatures` are verified, one for each key; `unknown` are by keys that were not given, and prove nothing."""

    text: str
    signatures: tuple[Signature, ...]
    unknown: tuple[Signature, ...]
    keys: tuple[VerifierKey, ...]
    """Whose the verified signatures are, in the same order."""


def parse_verifier_key(text: str) -> VerifierKey:
    read = decoded(text, longest=LONGEST_KEY)
    name, plus, rest = (read or "").partition("+")
    data = from_base64(rest[9:]) if plus else None
    if not data:
        raise KeyMalformed
    key = VerifierKey(name, data[0], data[1:])
    if str(key) != read:
        raise KeyMalformed
    return key


def open_note(data: bytes | str, verifier_keys: Iterable[VerifierKey | str]) -> Note:
    """A note that at least one of the keys signed, and on which no signature in the name of one of them is wrong."""
    known = _by_name(verifier_keys)
    text, signatures = split_note(data)
    verified, unknown = dict[VerifierKey, Signature](), list[Signature]()
    for each in signatures:
        key = known.get((each.name, each.key_id))
        if key is None:
            unknown.append(each)
        else:
            verified.setdefault(key, _verified(text, each, key))
    if not verified:
        raise NoteUnsigned
    return Note(text, tuple(verified.values()), tuple(unknown), tuple(verified))


def split_note(data: bytes | str) -> tuple[str, tuple[Signature, ...]]:
    """Text and signatures, none of them verified: what it says is worth nothing until `open_note`."""
    whole = decoded(data, longest=LONGEST_NOTE)
    text, empty, signed = (whole or "").rpartition("\n\n")
    lines = lines_of(signed) if whole and lines_of(whole) is not None else None
    if not lines or not empty or not text:
        raise NoteMalformed
    if len(lines) > MOST_SIGNATURES:
        raise TooManySignatures
    return f"{text}\n", tuple(_signature(each) for each in lines)


def sign(text: str, key: VerifierKey, signer: Sign) -> Signature:
    if key.kind != ED25519:
        raise KeyMalformed
    return _verified(text, Signature(key.name, key.id, signer(text.encode())), key)


def cosignature_key(name: str, public: bytes) -> VerifierKey:
    """Of a witness."""
    return VerifierKey(name, COSIGNATURE, public)


def cosign(text: str, key: VerifierKey, signer: Sign, *, time: int) -> Signature:
    """What a witness says of a checkpoint: at `time` it was the largest it had seen, and consistent with all before."""
    if key.kind != COSIGNATURE or not 0 <= time <= LATEST:
        raise KeyMalformed
    return _verified(text, Signature(key.name, key.id, time.to_bytes(8, "big") + signer(_cosigned(text, time))), key)


def made_note(text: str, signatures: Sequence[Signature]) -> bytes:
    """Bytes that `open_note` accepts; refused when there are none such."""
    return with_signatures(f"{text}\n", signatures)


def with_signatures(data: bytes | str, signatures: Sequence[Signature]) -> bytes:
    """The note with more signatures, as a witness's answer is added to a checkpoint."""
    before = data if isinstance(data, str) else (decoded(data, longest=LONGEST_NOTE) or "")
    whole = before + "".join(f"{each}\n" for each in signatures)
    split_note(whole)
    return whole.encode()


def cosigned_at(payload: bytes) -> int:
    """The time inside a cosignature, verified or not."""
    time = int.from_bytes(payload[:8], "big")
    if len(payload) != 8 + 64 or time > LATEST:
        raise SignatureInvalid
    return time


def _by_name(keys: Iterable[VerifierKey | str]) -> dict[tuple[str, bytes], VerifierKey]:
    known = dict[tuple[str, bytes], VerifierKey]()
    for each in keys:
        key = each if isinstance(each, VerifierKey) else parse_verifier_key(each)
        if known.setdefault((key.name, key.id), key) != key:
            raise KeyAmbiguous
    return known


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, written = rest.partition(" ")
    data = from_base64(written)
    if dash != DASH or not _is_name(name) or data is None or len(data) <= 4:
        raise NoteMalformed
    return Signature(name, data[:4], data[4:])


def _verified(text: str, signature: Signature, key: VerifierKey) -> Signature:
    time = cosigned_at(signature.payload) if key.kind == COSIGNATURE else None
    message = text.encode() if time is None else _cosigned(text, time)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature.payload[-64:] if time is not None else signature.payload, message)
    except (InvalidSignature, ValueError) as error:
        raise SignatureInvalid from error
    return replace(signature, time=time)


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _is_name(name: str) -> bool:
    spoken = decoded(name, longest=LONGEST_KEY) == name
    return spoken and bool(name) and not any(each.isspace() or each == "+" or each < " " for each in name)
