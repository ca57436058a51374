"""The keys a server publishes, as a service remembers them. Asks nothing itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

MOST_KEYS: Final = 100
AGAIN: Final = timedelta(seconds=1)
"""So soon is asked again for a key that is not known. Longer, and made-up key ids would keep a service from learning of a new key: whoever
sends them would have others' good tokens refused."""
AFTER_FAILURE: Final = timedelta(seconds=5)


class KeysUnavailable(Exception):
    """The keys cannot be had: nothing is known of the token. A service answers 503, not 401."""


class KeySet:
    """Fresh for as long as the server allows (5 minutes); used for an hour at most when the server cannot be reached."""

    def __init__(self, *, fresh_for: timedelta = timedelta(minutes=5), kept_for: timedelta = timedelta(hours=1)) -> None:
        self._fresh_for, self._kept_for = fresh_for, kept_for
        self._keys: Mapping[str, OKPKey] = {}
        self._told_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._failed = False

    def find(self, kid: str, now: datetime) -> OKPKey | None:
        return self._keys.get(kid) if self._younger_than(self._kept_for, now) else None

    def settles(self, kid: str, now: datetime) -> bool:
        """Whether there is nothing to ask: the key is known, and what is known is fresh."""
        return kid in self._keys and self._younger_than(self._fresh_for, now)

    def may_ask(self, now: datetime) -> bool:
        """Bounded, or made-up key ids would turn a service into a hammer on the server."""
        pause = AFTER_FAILURE if self._failed else AGAIN
        return self._asked_at is None or not timedelta(0) <= now - self._asked_at < pause

    def ask(self, now: datetime) -> None:
        self._asked_at, self._failed = now, True

    def tell(self, answer: bytes, now: datetime) -> None:
        """Raises `KeysUnavailable` when it is no key set; then the keys known so far stay."""
        self._keys = _parsed(answer)
        self._told_at, self._failed = now, False

    def missing(self, now: datetime) -> bool:
        """Whether a key that is not found might exist all the same: nothing is known, or the server could not be asked."""
        return self._failed or not self._younger_than(self._kept_for, now)

    def _younger_than(self, age: timedelta, now: datetime) -> bool:
        return self._told_at is not None and abs(now - self._told_at) < age


def _parsed(answer: bytes) -> Mapping[str, OKPKey]:
    try:
        told = json.loads(answer)
        keys = told["keys"][:MOST_KEYS]
        return {str(each["kid"]): key for each in keys if (key := _key(each)) is not None}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise KeysUnavailable("the server's answer is no key set") from error


def _key(told: Mapping[str, object]) -> OKPKey | None:
    """None for a key that is not for us: of another kind or use, without an id, or with its private half in it."""
    wanted = {"kty": "OKP", "crv": "Ed25519"}
    allowed = {"alg": "EdDSA", "use": "sig"}
    kid, x = told.get("kid"), told.get("x")
    if not isinstance(kid, str) or not kid or not isinstance(x, str) or "d" in told:
        return None
    if any(told.get(name) != value for name, value in wanted.items()) or any(
        told.get(name, value) != value for name, value in allowed.items()
    ):
        return None
    try:
        return OKPKey.import_key({**wanted, "x": x})
    except (JoseError, ValueError):
        return None
