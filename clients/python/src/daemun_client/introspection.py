"""What the server says of a token at this moment (RFC 7662)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

from daemun_client.errors import Unreachable

Kind = Literal["access", "refresh", "api_key"]
KINDS: Mapping[object, Kind] = {"access": "access", "refresh": "refresh", "api_key": "api_key"}


@dataclass(frozen=True, slots=True)
class Introspection:
    """Of a token that is alive. `user_id` is what authorises; `handle` is for people to read."""

    kind: Kind
    """Take `access` and `api_key` from those who call you; a `refresh` token is alive and opens nothing."""
    user_id: str
    handle: str
    scopes: frozenset[str]
    """What it may now: the permissions of its person, or fewer."""
    client_id: str
    issued_at: datetime
    expires_at: datetime
    session_id: str | None
    aal: int
    """How sure the server is that it is them; 1 unless it says more."""

    @classmethod
    def told_by(cls, answer: Mapping[str, object]) -> Self | None:
        """None when it is not alive. A kind that is new to this version is not alive for it."""
        if answer.get("active") is not True or (kind := KINDS.get(answer.get("kind"))) is None:
            return None
        match answer:
            case {"user_db_id": str(user_id), "sub": str(handle), "client_id": str(client_id), "iat": int(iat), "exp": int(exp)}:
                scopes, session = answer.get("scope"), answer.get("sid")
                return cls(
                    kind,
                    user_id,
                    handle,
                    frozenset(scopes.split()) if isinstance(scopes, str) else frozenset(),
                    client_id,
                    datetime.fromtimestamp(iat, UTC),
                    datetime.fromtimestamp(exp, UTC),
                    session if isinstance(session, str) else None,
                    {"aal2": 2, "aal3": 3}.get(str(answer.get("acr")), 1),
                )
        raise Unreachable("the answer is not one of Daemun: no token in it")
