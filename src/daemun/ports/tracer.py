"""Traces: which steps a request was made of, for those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol


class Tracer(Protocol):
    """Spans as context managers. Never raises, and never waits for whoever receives them."""

    def request(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span | None]:
        """A request that came in; `headers` may say which trace it belongs to."""
        ...

    def span(self, name: str, what: object) -> AbstractContextManager[object]:
        """A step of what is under way. `what` is a callable, of which the name is kept and nothing else."""
        ...

    def close(self) -> None:
        """Sends what is left."""
        ...


class Span(Protocol):
    def answered(self, route: str, status: int, request_id: str, code: str) -> None: ...


class NoTracer:
    """Where nobody watches."""

    def request(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span | None]:  # noqa: ARG002 - the port's form
        return NOTHING

    def span(self, name: str, what: object) -> AbstractContextManager[None]:  # noqa: ARG002 - the port's form
        return NOTHING

    def close(self) -> None:
        return None


NOTHING: Final = nullcontext()
