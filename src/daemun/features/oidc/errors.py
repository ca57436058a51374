"""What OAuth refuses, under OAuth's own names beside ours (RFC 6749 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from daemun.core.errors import Unsuitable


class OAuthRefusal(Unsuitable):
    """400, whatever is wrong."""

    error: ClassVar[str] = "invalid_request"

    def members(self) -> Mapping[str, str | int | None]:
        return {"error": self.error}


class OAuthMalformed(OAuthRefusal):
    """Not `application/x-www-form-urlencoded`, without a token, or with two."""

    code = "oauth_malformed"


class TokenOfAnother(OAuthRefusal):
    """Good, and not the caller's to revoke."""

    code = "token_of_another"
    error = "invalid_grant"
