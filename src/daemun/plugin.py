"""Feature and Kit: the one way in. A tool needs nothing but this module."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from fastapi import APIRouter

from daemun.core.actor import Actor
from daemun.core.errors import Conflict, Denied, Malformed, Missing, Refusal, TooMany, Unauthenticated, Unavailable, Unsuitable
from daemun.core.event import Event, EventKind, Happening
from daemun.core.finding import Finding, command, deviates, fails, put, unseen, well
from daemun.core.measures import Measure, Number
from daemun.core.secret import Secret
from daemun.core.sentence import Sentence
from daemun.core.setting import Also, Profile, setting
from daemun.ports.database import Transaction, Work
from daemun.ports.jobs import Doing, Job, JobKind, Jobs, JobStopped
from daemun.web.answers import refuses, untold
from daemun.web.bodies import Body, Line
from daemun.web.forms import CurrentForm, Form
from daemun.web.jobs import Queued
from daemun.web.pageroute import CurrentPages, PageRoute
from daemun.web.requires import public, requires, signed_in
from daemun.web.visit import CurrentVisit, Visit

S = TypeVar("S")
P_contra = TypeVar("P_contra", contravariant=True)
Listener = Callable[[Work, Happening], None]
Numbers = Callable[[Transaction], Iterable[Number]]
"""What operators see of it at /metrics, looked up when they ask. May take its time: nobody else waits."""
About = Callable[[Transaction, str], Mapping[str, Any]]
"""All that is kept about a person, by their id, for that person to read: text, numbers, moments, and lists of them; nothing secret."""
EVERY_EVENT = "*"


@dataclass(frozen=True, slots=True)
class Permission:
    """`thing.verb`, said for people, and the built-in roles that hold it from the start."""

    name: str
    ko: str
    en: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """Runs inside the event's transaction, in rising `order`, and may not refuse.

    `event`: `auth.login.success`, `auth.login` (however it ends), or `*`.
    """

    event: str
    listener: Listener
    order: int = 100


@dataclass(frozen=True, slots=True)
class Chore:
    """Done every so often by one process of all, or by `daemun housekeeping`. Says how much it did; done twice it does no harm."""

    name: str
    every: timedelta
    ko: str
    en: str
    run: Callable[[Visit], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Background:
    """Runs in every server process from its start until it is cancelled."""

    name: str
    run: Callable[[Visit], Awaitable[None]]


class Patient(Protocol):
    """A running configuration as `daemun doctor` shows it to a check."""

    @property
    def profile(self) -> Profile: ...

    @property
    def data(self) -> Path:
        """The folder of the house."""
        ...

    @property
    def now(self) -> datetime: ...

    @property
    def database_file(self) -> Path | None:
        """None where the database is a server's."""
        ...

    @property
    def database(self) -> Transaction:
        """Only to be read. For checks that need the database: there is one when they look."""
        ...

    def section(self, name: str, cls: type[S]) -> S: ...


Findings = Iterable[Finding]
Need = Literal["settings", "house", "server", "database", "network"]


@dataclass(frozen=True, slots=True)
class Check(Generic[P_contra]):
    """One thing `daemun doctor` looks at; it changes nothing, and what it does not speak of is well. A capability's `CHECKS` stand in
    its `checks.py`, where they are found; a tool hands its own over."""

    name: str
    ko: str
    en: str
    """What ought to be so."""
    look: Callable[[P_contra], Findings]
    clauses: tuple[int, ...] = ()
    """What published standards ask of it, by their numbers in docs/reference/clauses.md."""
    needs: Need = "settings"
    """house: one that was started before. server: a database that answers. database: and our schema in it. network: another machine, which
    is asked unless somebody said not to."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Everything a capability hands over."""

    name: str
    routers: tuple[APIRouter, ...] = ()
    permissions: tuple[Permission, ...] = ()
    events: tuple[EventKind, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    locale: Path | None = None
    migrations: Path | None = None
    sensitive: tuple[str, ...] = field(default=())
    """Paths, and all that lies under them: refusals there are told, and so is each reading for which a permission is required."""
    letters: Path | None = None
    """A folder with `ko.toml` and `en.toml`: a table for each kind of letter it posts."""
    templates: Path | None = None
    """A folder of pages, in a folder of the feature's name."""
    chores: tuple[Chore, ...] = ()
    background: tuple[Background, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    """Long work it does; begun by `Jobs.submit`."""
    checks: tuple[Check[Patient], ...] = ()
    about: About | None = None
    """Its part of what people take with them when they ask for their data."""
    measures: tuple[Measure, ...] = ()
    """Those of its `numbers` that are its own."""
    numbers: Numbers | None = None


class Kit(Protocol):
    """What a feature is given when it is plugged in."""

    def section(self, name: str, cls: type[S]) -> S:
        """Its settings: `DAEMUN_<NAME>__<FIELD>`, or `[name]` in daemun.toml. `cls` is a frozen dataclass of `setting(…)` fields."""
        ...

    @property
    def data(self) -> Path:
        """A folder of its own to write to."""
        ...

    @property
    def jobs(self) -> Jobs:
        """Where its `Feature.jobs` are submitted."""
        ...


Plug = Callable[[Kit], Feature]

__all__ = [
    "EVERY_EVENT",
    "APIRouter",
    "About",
    "Actor",
    "Also",
    "Background",
    "Body",
    "Check",
    "Chore",
    "Conflict",
    "CurrentForm",
    "CurrentPages",
    "CurrentVisit",
    "Denied",
    "Doing",
    "Event",
    "EventKind",
    "Feature",
    "Finding",
    "Findings",
    "Form",
    "Happening",
    "Job",
    "JobKind",
    "JobStopped",
    "Jobs",
    "Kit",
    "Line",
    "Listener",
    "Malformed",
    "Measure",
    "Missing",
    "Number",
    "PageRoute",
    "Patient",
    "Permission",
    "Plug",
    "Queued",
    "Refusal",
    "Secret",
    "Sentence",
    "Subscription",
    "TooMany",
    "Transaction",
    "Unauthenticated",
    "Unavailable",
    "Unsuitable",
    "Visit",
    "Work",
    "command",
    "deviates",
    "fails",
    "public",
    "put",
    "refuses",
    "requires",
    "setting",
    "signed_in",
    "unseen",
    "untold",
    "well",
]
