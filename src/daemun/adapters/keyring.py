"""The keyring port, answered by one sealed file; and by a secret shared with other services."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OctKey, OKPKey

from daemun.adapters.keyfile import Keyfile, KeysUnreadable, Stamp, StoredKey
from daemun.core.errors import Unsuitable
from daemun.core.ids import RANDOM_BYTES, ulid
from daemun.core.secret import Secret
from daemun.ports.keyring import KeyEntry, KeyKind, Keyring, SigningKey
from daemun.ports.system import Clock, Entropy

KINDS: Final[tuple[KeyKind, ...]] = ("signing", "refresh")
SECRET_BYTES: Final = 32
# What a retired key outlives the last token it made: clocks of other machines, and requests on their way.
SIGNING_MARGIN: Final = timedelta(minutes=5)
REFRESH_MARGIN: Final = timedelta(days=1)


class SharedKeyStays(Unsuitable):
    """A shared secret is changed where it is given, in every service at once."""

    code = "key_shared"


@dataclass(frozen=True, slots=True)
class _Held:
    """The file as it was last read, ready for use."""

    stamp: Stamp
    keys: tuple[StoredKey, ...]
    signing: Mapping[str, tuple[SigningKey, datetime | None]]
    macs: Mapping[str, tuple[bytes, datetime | None]]
    active_signing: SigningKey
    active_mac: tuple[str, bytes]


class FileKeyring:
    """Made on first use by exactly one of all processes. The file is looked at on every use: about a microsecond."""

    def __init__(
        self,
        folder: Path,
        wrapping_key: bytes,
        clock: Clock,
        entropy: Entropy,
        *,
        access_lifetime: timedelta = timedelta(minutes=15),
        refresh_lifetime: timedelta = timedelta(days=30),
    ) -> None:
        self._file = Keyfile(folder, wrapping_key, entropy)
        self._clock = clock
        self._entropy = entropy
        self._outlives: Mapping[KeyKind, timedelta] = {
            "signing": access_lifetime + SIGNING_MARGIN,
            "refresh": refresh_lifetime + REFRESH_MARGIN,
        }
        self._held: _Held | None = None

    def signing(self) -> SigningKey:
        return self._current().active_signing

    def signing_by_id(self, kid: str) -> SigningKey | None:
        found = self._current().signing.get(kid)
        return found[0] if found and self._still(found[1]) else None

    def published(self) -> Sequence[SigningKey]:
        return tuple(key for key, drops_at in self._current().signing.values() if self._still(drops_at))

    def mac_key(self, kid: str | None = None) -> tuple[str, bytes] | None:
        held = self._current()
        if kid is None:
            return held.active_mac
        found = held.macs.get(kid)
        return (kid, found[0]) if found and self._still(found[1]) else None

    def is_made(self) -> bool:
        return self._file.stamp() is not None

    def listing(self) -> Sequence[KeyEntry]:
        return tuple(_entry(each) for each in self._current().keys if self._still(each.drops_at))

    def rotate(self, kind: KeyKind) -> KeyEntry:
        """The key that is active now. Several at once are several rotations, one after the other."""
        self._current()
        now = self._clock.now()
        with self._file.alone():
            _, keys = self._file.read()
            moved = tuple(self._moved(keys, kind, now))
            self._file.write(moved)
        return next(_entry(each) for each in moved if each.kind == kind and each.state == "active")

    def _moved(self, keys: Sequence[StoredKey], kind: KeyKind, now: datetime) -> Iterator[StoredKey]:
        for each in keys:
            if each.drops_at is not None and each.drops_at <= now:
                continue
            if each.kind != kind or each.state == "retired":
                yield each
            elif each.state == "active":
                yield replace(each, state="retired", drops_at=now + self._outlives[kind])
            else:
                yield replace(each, state="active")
        yield self._fresh(kind, now)

    def _fresh(self, kind: KeyKind, now: datetime) -> StoredKey:
        return StoredKey(kind, ulid(now, self._entropy.bytes(RANDOM_BYTES)), "next", now, None, self._entropy.bytes(SECRET_BYTES))

    def _first(self, now: datetime) -> tuple[StoredKey, ...]:
        return tuple(each for kind in KINDS for each in (replace(self._fresh(kind, now), state="active"), self._fresh(kind, now)))

    def _current(self) -> _Held:
        stamp, held = self._file.stamp(), self._held
        if held is not None and held.stamp == stamp:
            return held
        if stamp is None:
            # A file that vanishes under a running server is not replaced by new keys: that would end every session in silence.
            if held is not None:
                raise KeysUnreadable(reason="vanished")
            self._create()
        self._held = held = _ready(*self._file.read())
        return held

    def _create(self) -> None:
        with self._file.alone():
            if self._file.stamp() is None:
                self._file.write(self._first(self._clock.now()))

    def _still(self, drops_at: datetime | None) -> bool:
        return drops_at is None or self._clock.now() < drops_at


class SharedKeyring:
    """HS256 for services that were given the same secret. It signs alone, and is never published; refresh tokens keep their own keys."""

    def __init__(self, secret: Secret, ring: Keyring) -> None:
        raw = secret.reveal().encode()
        # Whether it could be guessed is asked where settings are read, as of every key.
        if len(raw) < SECRET_BYTES:
            raise ValueError(f"HS256 takes a key of at least {SECRET_BYTES} bytes (RFC 7518 3.2)")
        self._ring = ring
        # Keyed, so that the id in every token's header is no shorter way to guess the secret than the signature is.
        kid = "shared-" + hmac.digest(raw, b"daemun shared key id", "sha256").hex()[:16]
        self._key: Final = SigningKey(kid, "HS256", OctKey.import_key(raw))

    def signing(self) -> SigningKey:
        return self._key

    def signing_by_id(self, kid: str) -> SigningKey | None:
        return self._key if kid == self._key.kid else None

    def published(self) -> Sequence[SigningKey]:
        """Nothing: whoever verifies with this key could also sign with it."""
        return ()

    def mac_key(self, kid: str | None = None) -> tuple[str, bytes] | None:
        return self._ring.mac_key(kid)

    def is_made(self) -> bool:
        return self._ring.is_made()

    def listing(self) -> Sequence[KeyEntry]:
        """The refresh keys: of the shared one, nobody here knows when it was made."""
        return tuple(each for each in self._ring.listing() if each.kind == "refresh")

    def rotate(self, kind: KeyKind) -> KeyEntry:
        if kind == "signing":
            raise SharedKeyStays
        return self._ring.rotate(kind)


def _entry(key: StoredKey) -> KeyEntry:
    return KeyEntry(key.kind, key.kid, key.state, key.created_at)


def _ready(stamp: Stamp, keys: tuple[StoredKey, ...]) -> _Held:
    signing = {each.kid: (_signing_key(each), each.drops_at) for each in keys if each.kind == "signing"}
    macs = {each.kid: (each.secret, each.drops_at) for each in keys if each.kind == "refresh"}
    active = {each.kind: each.kid for each in keys if each.state == "active"}
    if active.keys() != set(KINDS):
        raise KeysUnreadable(reason="no active key")
    mac_kid = active["refresh"]
    return _Held(stamp, keys, signing, macs, signing[active["signing"]][0], (mac_kid, macs[mac_kid][0]))


def _signing_key(stored: StoredKey) -> SigningKey:
    # The public half is derived, never read: a file with a foreign public key in it would make us believe somebody else's tokens.
    return SigningKey(stored.kid, "EdDSA", OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(stored.secret)))
