"""What a call may raise: a refusal by the server, by family; no answer at all; a store that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


class ClientError(Exception):
    """Everything that this package raises on purpose."""


class Unreachable(ClientError):
    """No answer came: whether anything was done is not known."""


class StoreUnusable(ClientError):
    """The tokens cannot be read or kept: the file is open to others, not ours, not readable, or held by somebody for too long."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong in the input: where, which code says what, and a sentence for people."""

    where: str
    code: str
    message: str


class Refused(ClientError):
    """The server answered, and did not do it."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[Flaw] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.status: Final = status
        self.code: Final = code
        self.detail: Final = detail
        self.errors: Final = tuple(errors)
        self.request_id: Final = request_id
        self.retry_after: Final = retry_after
        self.members: Final = members or {}
        """What else the problem said. Some of it is secret (a `reset_token`), so it is in no repr."""

    def __str__(self) -> str:
        told = f"{self.status} {self.code}: {self.detail}"
        return f"{told} (request {self.request_id})" if self.request_id else told

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class Unsuitable(Refused):
    """400: well-formed, and not acceptable."""


class Unauthenticated(Refused):
    """401."""


class LoginEnded(Unauthenticated):
    """The login is over: somebody has to log in again."""


class KeyRefused(Unauthenticated):
    """The API key is none, or is one no more: expired, or revoked. Somebody has to make another one."""


class LoginReplayed(LoginEnded):
    """A refresh token came twice, so the server ended the login: somebody else may hold a copy of it."""


class Denied(Refused):
    """403."""


class Missing(Refused):
    """404."""


class Conflict(Refused):
    """409."""


class TooLarge(Refused):
    """413."""


class Malformed(Refused):
    """422."""


class TooMany(Refused):
    """429: worth another try after `retry_after` seconds."""


class Unavailable(Refused):
    """502, 503 or 504: the same call may succeed later."""


FAMILIES: Final[Mapping[int, type[Refused]]] = {
    400: Unsuitable,
    401: Unauthenticated,
    403: Denied,
    404: Missing,
    409: Conflict,
    413: TooLarge,
    422: Malformed,
    429: TooMany,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}
ENDED: Final[Mapping[str, type[Unauthenticated]]] = {
    "api_key_invalid": KeyRefused,
    "api_key_ended": KeyRefused,
    "session_ended": LoginEnded,
    "refresh_invalid": LoginEnded,
    "refresh_expired": LoginEnded,
    "refresh_replayed": LoginReplayed,
}


def family_of(status: int, code: str) -> type[Refused]:
    """The class of a refusal; `Refused` itself for what belongs to no family."""
    return ENDED.get(code, Unauthenticated) if status == 401 else FAMILIES.get(status, Refused)
