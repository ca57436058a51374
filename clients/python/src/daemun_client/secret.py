"""A value that must not leak."""

from __future__ import annotations

import hmac
from typing import Final


class Secret:
    """Holds a secret string: not in a repr, a log line, a pickle or an `==`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: Final = value

    def reveal(self) -> str:
        """The secret itself: called where it is used, never where it is passed on."""
        return self._value

    def matches(self, other: Secret) -> bool:
        """Whether both hold the same secret, in constant time."""
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        raise TypeError("secrets are compared with Secret.matches")

    def __hash__(self) -> int:
        raise TypeError("a secret is not a key")

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")
