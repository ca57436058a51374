"""Whose key is whose: made when somebody is first spoken of, remembered, and checked again with every use."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.features.audit import store
from daemun.features.audit.sealing import NONCE_SIZE, SubjectKey
from daemun.features.audit.store import KeyRow
from daemun.ports.database import Transaction, Work
from daemun.ports.system import Entropy

NAME_BYTES: Final = 9
KEY_BYTES: Final = 32
REMEMBERED: Final = 10_000


class KeyUnreadable(Exception):
    """Wrapped under another secret, or moved to another row."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What is remembered may be gone or undone by now: whoever writes asks the table in the same statement."""

    wrapping: AESGCM = field(repr=False)
    entropy: Entropy
    _known: dict[str, SubjectKey] = field(default_factory=dict, repr=False)
    _read: dict[str, tuple[bytes, SubjectKey]] = field(default_factory=dict, repr=False)
    """By name, as they were wrapped: unwrapping one takes longer than reading with it."""

    @classmethod
    def of(cls, wrapping_key: bytes, entropy: Entropy) -> Keys:
        return cls(AESGCM(wrapping_key), entropy)

    def of_subject(self, work: Work, subject: str) -> SubjectKey:
        return self._known.get(subject) or self._kept(self._found(work, subject))

    def prepare(self, work: Work, subjects: Iterable[str]) -> None:
        """Remembers those of many, with one question for all of them."""
        asked = sorted({each for each in subjects if each not in self._known})
        if len(asked) < 2:
            return
        rows = store.keys_of(work, asked)
        if lacking := sorted(set(asked) - {row.subject for row in rows}):  # in one order, so that two stories never wait for each other
            store.make_keys(work, [self._fresh(each) for each in lacking])
            rows += store.keys_of(work, lacking)  # another process may have been first
        for row in rows:
            self._kept(self._opened(row))

    def forget(self, subjects: Collection[str]) -> None:
        for subject in subjects:
            self._known.pop(subject, None)
        gone = set(subjects)
        for name in [name for name, (_, key) in self._read.copy().items() if key.subject in gone]:
            self._read.pop(name, None)

    def named(self, tx: Transaction, names: Collection[str]) -> dict[str, SubjectKey]:
        """Those that are not gone."""
        return {row.name: self._unwrapped(row) for row in store.keys_named(tx, names)}

    def existing(self, tx: Transaction, subject: str) -> SubjectKey | None:
        row = store.key_of(tx, subject)
        return self._opened(row) if row else None

    def _unwrapped(self, row: KeyRow) -> SubjectKey:
        wrapped, key = self._read.get(row.name, (b"", None))
        if key is None or wrapped != row.wrapped:
            key = self._opened(row)
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            self._read[row.name] = row.wrapped, key
        return key

    def _found(self, work: Work, subject: str) -> SubjectKey:
        row = store.key_of(work, subject)
        if row is None:
            store.make_key(work, self._fresh(subject))
            row = store.key_of(work, subject)  # another process may have been first
        if row is None:
            raise LookupError("a key is made and not there")
        return self._opened(row)

    def _fresh(self, subject: str) -> KeyRow:
        name = urlsafe_b64encode(self.entropy.bytes(NAME_BYTES)).decode()
        nonce = self.entropy.bytes(NONCE_SIZE)
        wrapped = nonce + self.wrapping.encrypt(nonce, self.entropy.bytes(KEY_BYTES), _bound(name, subject))
        return KeyRow(name, subject, wrapped)

    def _opened(self, row: KeyRow) -> SubjectKey:
        try:
            key = self.wrapping.decrypt(row.wrapped[:NONCE_SIZE], row.wrapped[NONCE_SIZE:], _bound(row.name, row.subject))
        except (InvalidTag, ValueError) as error:
            raise KeyUnreadable(row.name) from error
        return SubjectKey(row.name, row.subject, AESGCM(key))

    def _kept(self, key: SubjectKey) -> SubjectKey:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key.subject] = key
        return key


def _bound(name: str, subject: str) -> bytes:
    return f"daemun audit key 1\0{name}\0{subject}".encode()
