"""Where everything meets: what does not fit together stops the start."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from daemun.app.bus import Bus
from daemun.app.routes import check
from daemun.core.actor import SYSTEM
from daemun.core.circumstance import Circumstance
from daemun.core.event import EventKind, Happening
from daemun.plugin import EVERY_EVENT, APIRouter, Feature, Permission, Subscription, Work, public, requires

HAPPENED = EventKind("thing.happen", "success", "data", fields={"size": "public"})
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class NoWork:
    """Listeners here touch nothing."""


def told(bus: Bus, kind: EventKind) -> None:
    work: Work = NoWork()  # type: ignore[assignment]  # never touched
    bus.dispatch(work, Happening("1", kind.by(SYSTEM, NOON), Circumstance()))


def test_subscribing_to_an_unknown_name_stops_the_start() -> None:
    with pytest.raises(LookupError, match=r"thing\.hapen\.success"):
        Bus([Feature("a", events=(HAPPENED,), subscriptions=(Subscription("thing.hapen.success", lambda work, happening: None),))])


def test_listeners_are_told_in_their_declared_order() -> None:
    heard: list[str] = []
    subscriptions = (
        Subscription(EVERY_EVENT, lambda work, happening: heard.append("last"), 900),
        Subscription(HAPPENED.name, lambda work, happening: heard.append("first"), 10),
        Subscription(HAPPENED.name, lambda work, happening: heard.append("second"), 20),
    )
    told(Bus([Feature("a", events=(HAPPENED,), subscriptions=subscriptions)]), HAPPENED)
    assert heard == ["first", "second", "last"]


def test_an_event_that_no_feature_declares_cannot_be_published() -> None:
    with pytest.raises(LookupError, match=r"thing\.happen\.success"):
        told(Bus([]), HAPPENED)


def test_an_event_says_only_what_its_kind_declares() -> None:
    with pytest.raises(TypeError, match="colour"):
        HAPPENED.by(SYSTEM, NOON, colour="red")


def test_a_route_that_declares_nothing_stops_the_start() -> None:
    """Clause 48."""
    routes = APIRouter()

    @routes.get("/open-by-mistake")
    async def route() -> None: ...

    with pytest.raises(LookupError, match="open-by-mistake"):
        check([Feature("a", routers=(routes,))])


def test_a_route_that_requires_what_nobody_declares_stops_the_start() -> None:
    routes = APIRouter()

    @routes.get("/things", dependencies=[requires("things.raed")])
    async def route() -> None: ...

    with pytest.raises(LookupError, match=r"things\.raed"):
        check([Feature("a", routers=(routes,), permissions=(Permission("things.read", "보기", "See"),))])


def test_routes_that_declare_something_are_served() -> None:
    routes = APIRouter()

    @routes.get("/things", dependencies=[requires("things.read")])
    async def things() -> None: ...

    @routes.get("/hello", dependencies=[public("says hello")])
    async def hello() -> None: ...

    check([Feature("a", routers=(routes,), permissions=(Permission("things.read", "보기", "See"),))])
