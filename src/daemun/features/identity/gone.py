"""Handles of people who were erased: never given twice, and not to be read."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Self

from daemun.core.canonical import handle_key
from daemun.features.identity import store
from daemun.ports.database import Transaction


@dataclass(frozen=True, slots=True)
class GoneHandles:
    key: bytes

    @classmethod
    def of(cls, index_key: bytes) -> Self:
        return cls(hmac.digest(index_key, b"handles that are gone", "sha256"))

    def mark(self, handle: str) -> str:
        """Keyed: whoever has the table and a list of names learns nothing."""
        return hmac.digest(self.key, handle_key(handle).encode(), "sha256").hex()

    def had(self, tx: Transaction, handle: str) -> bool:
        """Whether somebody had it who is not here any more."""
        return store.is_gone(tx, self.mark(handle))
