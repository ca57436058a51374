"""The pair a login gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from daemun_client.errors import Unreachable
from daemun_client.secret import Secret

EARLY: Final = timedelta(seconds=30)
"""How long before its end a pair is renewed; of a short life a tenth, or it would be renewed at every call."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    server: str
    """Whose tokens they are: they are shown to nobody else."""
    access: Secret
    refresh: Secret
    renew_at: datetime
    expires_at: datetime

    @classmethod
    def given(cls, answer: Mapping[str, object], *, server: str, asked_at: datetime) -> Self:
        """Counted from when the question was asked, which is never too late."""
        match answer:
            case {"access_token": str(access), "refresh_token": str(refresh), "expires_in": int(seconds)} if 0 < seconds < 10**9:
                lifetime = timedelta(seconds=seconds)
                expires_at = asked_at + lifetime
                return cls(server, Secret(access), Secret(refresh), expires_at - min(EARLY, lifetime / 10), expires_at)
        raise Unreachable("the answer is not one of Daemun: no pair of tokens in it")

    def same(self, other: Tokens) -> bool:
        return self.access.matches(other.access) and self.refresh.matches(other.refresh)


@dataclass(frozen=True, slots=True, eq=False)
class FactorDue:
    """The password was right, and a second factor is due: there are no tokens yet."""

    token: Secret
    methods: tuple[str, ...]

    @classmethod
    def told_by(cls, answer: Mapping[str, object]) -> Self | None:
        """None when the login needs nothing more."""
        match answer:
            case {"mfa_required": True, "mfa_token": str(token), "methods": [*methods]}:
                return cls(Secret(token), tuple(each for each in methods if isinstance(each, str)))
        return None
