"""What is wrong with a question asked of the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from daemun.core.errors import Flaw, Malformed, TooMany, Unsuitable


class QueryMalformed(Malformed):
    """`at` is the place in the text, from 0; the sentence counts from 1."""

    code = "audit_query_malformed"
    at: int = 0

    @classmethod
    def of(cls, code: str, at: int, **data: str | int) -> Self:
        made = cls(Flaw("q", code, (("column", at + 1), *data.items())), column=at + 1)
        made.at = at
        return made

    def members(self) -> Mapping[str, str | int | None]:
        return {"at": self.at}


class CursorMalformed(Malformed):
    """Not one that a page has said."""

    code = "audit_cursor_malformed"

    @classmethod
    def here(cls) -> Self:
        return cls(Flaw("cursor", "audit_cursor_malformed"))


class PageTooFar(Unsuitable):
    """Counting pages costs more the further one goes: beyond this there is a cursor."""

    code = "audit_page_too_far"


class TooManyTails(TooMany):
    """One person's browsers hold so many open already."""

    code = "audit_too_many_tails"
