"""Refusals: they carry a code and data, and know no status and no sentence. `web.problems` gives them both, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from daemun.core.ratelimit import Allowance


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong in the input: where, and which code says what."""

    where: str
    code: str
    data: tuple[tuple[str, str | int], ...] = ()


class Refusal(Exception):
    """What is not done, and why. Subclasses set `code`."""

    code: ClassVar[str] = "refused"
    retry_after: int | None = None
    allowances: Sequence[Allowance] = ()
    """The limits that hold for whoever was refused."""

    def __init__(self, *flaws: Flaw, **data: str | int) -> None:
        super().__init__(self.code)
        self.flaws: Sequence[Flaw] = flaws
        self.data: dict[str, Any] = data

    def members(self) -> Mapping[str, str | int | None]:
        """What a program is told beside code and sentence. `data` fills in sentences, and is not told by itself."""
        return {}


class Malformed(Refusal):
    """The input has not the form that was asked for."""

    code = "malformed"


class Unsuitable(Refusal):
    """Well-formed, and not acceptable: a weak password, an unknown token to log out."""


class Unauthenticated(Refusal):
    code = "unauthenticated"


class Denied(Refusal):
    code = "denied"


class Missing(Refusal):
    code = "missing"


class Conflict(Refusal):
    code = "conflict"


class TooLarge(Refusal):
    code = "too_large"


class TooMany(Refusal):
    """A limit is reached; `retry_after` seconds later it is worth another try."""

    code = "too_many"

    def __init__(self, *, retry_after: int, **data: str | int) -> None:
        super().__init__(retry_after=retry_after, **data)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """Nothing was done, and it is not the caller's fault; the same call may succeed later."""

    code = "unavailable"
    retry_after = 1
