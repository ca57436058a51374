"""Why a token is not accepted."""

from __future__ import annotations

from typing import Literal

from daemun.core.errors import Unauthenticated, Unsuitable

NotOurs = Literal["form", "key", "mac"]
"""Not written as we write; under a key that never was or is gone; not made with that key."""


class InvalidToken(Unauthenticated):
    """An access token that proves nothing. Why is not told: it would help only whoever made it (RFC 6750 3.1)."""

    code = "invalid_token"


class InvalidCookie(Unauthenticated):
    """A session cookie the house did not make. `why` is for those who watch, and is told to nobody else."""

    code = "invalid_cookie"

    def __init__(self, why: NotOurs) -> None:
        super().__init__()
        self.why = why


class SessionEnded(Unauthenticated):
    """Rightly signed, and its session is over."""

    code = "session_ended"


class RefreshRefused(Unauthenticated):
    """A refresh token that is worth nothing: forged, unknown, or of a session that was ended."""

    code = "refresh_invalid"


class RefreshExpired(RefreshRefused):
    """Too old, or unused for too long."""

    code = "refresh_expired"


class RefreshReplayed(RefreshRefused):
    """Used before: somebody else may hold a copy, so its session has ended."""

    code = "refresh_replayed"


class UnknownToken(Unsuitable):
    """Nothing to log out."""

    code = "token_unknown"
