"""Long work: it outlives the request that asks for it, and the process that begins it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from daemun.core.actor import Actor
from daemun.ports.database import Transaction, Work

P = ParamSpec("P")
T = TypeVar("T")
JobState = Literal["queued", "running", "complete", "cancelled", "error"]
Result = Mapping[str, Any]
"""What came of it, in few words, as JSON: its owner reads it. What is long or personal belongs into a file."""


class JobStopped(BaseException):
    """Raised in a job that is to end here: its owner cancelled it, the process leaves, or another one has taken it over.

    No `Exception`, so that nobody catches it by accident; `finally` and `with` clean up as ever.
    """


class Doing(Protocol):
    """A job as the code that does it sees it: in a thread of its own, so every call may block.

    A process may die at any instant. Then the job is done again from its beginning by another, and whatever went through `once` is not
    done a second time. Whoever lost the job (it was stopped for longer than its lease) reads and writes nothing by it any more.
    """

    @property
    def id(self) -> str: ...

    @property
    def owner(self) -> str: ...

    @property
    def params(self) -> Mapping[str, Any]:
        """What it was submitted with."""
        ...

    def read(self, query: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """May take its time: nobody else waits for it."""
        ...

    def work(self, story: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Written whole or not at all, and only while the job is still ours. At least once: a death after it does it again."""
        ...

    def once(self, name: str, story: Callable[Concatenate[Work, P], Any], *args: P.args, **kwargs: P.kwargs) -> Any:
        """Exactly once: what the story returns (JSON) is remembered under that name in the same transaction, and answered from then on."""
        ...

    def progress(self, done: int, of: int) -> None:
        """Costs nothing, so say it often: here, too, a job hears that it is to stop."""
        ...

    def file(self, name: str, media_type: str) -> Path:
        """An empty file to write to. It is its owner's to fetch once the job is complete. What lies beside it under its name and `.tmp` is
        tidied away with it."""
        ...


@dataclass(frozen=True, slots=True)
class JobKind:
    """Work of one sort. `name` is `thing.verb`."""

    name: str
    ko: str
    en: str
    run: Callable[[Doing], Result]
    """Raises a refusal to end as an error with its code."""
    permission: str | None = None
    """Whoever fetches its file must hold it at that moment, too."""
    kept: timedelta | None = None
    """How long after its end the job and its file stay; None: as long as is usual here."""


@dataclass(frozen=True, slots=True)
class JobFile:
    name: str
    media_type: str
    size: int
    stored: str
    """The name it lies under."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its owner may see it."""

    id: str
    kind: str
    owner: str
    state: JobState
    created_at: datetime
    begun_at: datetime | None = None
    done_at: datetime | None = None
    expires_at: datetime | None = None
    cancelling: bool = False
    done: int = 0
    of: int = 0
    """0: nobody knows yet."""
    result: Result = field(default_factory=dict)
    error: str | None = None
    file: JobFile | None = None
    position: int | None = None
    """Of one that waits: 1 is the next."""


class Jobs(Protocol):
    def submit(self, work: Work, kind: JobKind, params: Mapping[str, Any], *, by: Actor) -> Job:
        """Lives and dies with the work; begun by some process after its commit. Raises a refusal when too many of theirs wait."""
        ...
