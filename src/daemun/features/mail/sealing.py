"""What a letter says and to whom is unreadable in the database: AES-256-GCM, bound to the row it stands in."""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.core.circumstance import Language
from daemun.core.secret import Secret
from daemun.features.mail.models import Envelope
from daemun.ports.letters import Letter
from daemun.ports.system import Entropy

NONCE_BYTES = 12
BLOCK = 512


class Unreadable(Exception):
    """Sealed under another key, or moved to another row."""


class Sealing:
    def __init__(self, key: bytes, entropy: Entropy) -> None:
        self._aead = AESGCM(key)
        self._entropy = entropy

    def close(self, letter_id: str, letter: Letter) -> bytes:
        said = {
            "to": letter.to,
            "fields": dict(letter.fields),
            "link": None if letter.link is None else letter.link.reveal(),
            "code": None if letter.code is None else letter.code.reveal(),
        }
        nonce = self._entropy.bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(
            nonce, _padded(json.dumps(said).encode()), _row(letter_id, letter.kind, letter.user_id, letter.language)
        )

    def open(self, envelope: Envelope) -> Letter:
        nonce, sealed = envelope.sealed[:NONCE_BYTES], envelope.sealed[NONCE_BYTES:]
        try:
            plain = self._aead.decrypt(nonce, sealed, _row(envelope.id, envelope.kind, envelope.user_id, envelope.language))
        except (InvalidTag, ValueError) as error:
            raise Unreadable(envelope.id) from error
        said = json.loads(plain)
        return Letter(
            envelope.kind,
            said["to"],
            envelope.language,
            envelope.user_id,
            said["fields"],
            _secret(said["link"]),
            _secret(said["code"]),
        )


def _padded(plain: bytes) -> bytes:
    # The length would tell a letter to somebody from one to nobody.
    return plain.ljust(-(-len(plain) // BLOCK) * BLOCK)


def _row(letter_id: str, kind: str, user_id: str, language: Language) -> bytes:
    return b"daemun letters 1\0" + json.dumps([letter_id, kind, user_id, language]).encode()


def _secret(value: str | None) -> Secret | None:
    return None if value is None else Secret(value)
