"""Feature and Kit: the one way in. A tool needs nothing but this module."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from fastapi import APIRouter

from daemun.core.actor import Actor
from daemun.core.errors import Conflict, Denied, Malformed, Missing, Refusal, TooMany, Unauthenticated, Unavailable, Unsuitable
from daemun.core.event import Event, EventKind, Happening
from daemun.core.secret import Secret
from daemun.core.setting import Also, setting
from daemun.ports.database import Transaction, Work
from daemun.web.answers import refuses
from daemun.web.bodies import Body, Line
from daemun.web.forms import CurrentForm, Form
from daemun.web.pageroute import CurrentPages, PageRoute
from daemun.web.requires import public, requires, signed_in
from daemun.web.visit import CurrentVisit, Visit

S = TypeVar("S")
Listener = Callable[[Work, Happening], None]
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
    """Runs inside the event's transaction, in rising `order`, and may not refuse. `event`: a name such as `auth.login.success`, or `*`."""

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
    """Path prefixes whose reading is an event of its own."""
    letters: Path | None = None
    """A folder with `ko.toml` and `en.toml`: a table for each kind of letter it posts."""
    templates: Path | None = None
    """A folder of pages, in a folder of the feature's name."""
    chores: tuple[Chore, ...] = ()
    background: tuple[Background, ...] = ()
    about: About | None = None
    """Its part of what people take with them when they ask for their data."""


class Kit(Protocol):
    """What a feature is given when it is plugged in."""

    def section(self, name: str, cls: type[S]) -> S:
        """Its settings: `DAEMUN_<NAME>__<FIELD>`, or `[name]` in daemun.toml. `cls` is a frozen dataclass of `setting(…)` fields."""
        ...

    @property
    def data(self) -> Path:
        """A folder of its own to write to."""
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
    "Chore",
    "Conflict",
    "CurrentForm",
    "CurrentPages",
    "CurrentVisit",
    "Denied",
    "Event",
    "EventKind",
    "Feature",
    "Form",
    "Happening",
    "Kit",
    "Line",
    "Listener",
    "Malformed",
    "Missing",
    "PageRoute",
    "Permission",
    "Plug",
    "Refusal",
    "Secret",
    "Subscription",
    "TooMany",
    "Transaction",
    "Unauthenticated",
    "Unavailable",
    "Unsuitable",
    "Visit",
    "Work",
    "public",
    "refuses",
    "requires",
    "setting",
    "signed_in",
]
