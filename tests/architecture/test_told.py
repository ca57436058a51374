"""Nothing is changed, and nothing sensitive is shown, without an event: each route is walked, and what it publishes is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from fastapi.routing import APIRoute
from tests.app.changing import STORIES, entering, keeping, ruling
from tests.features.jobs.working import TOOL
from tests.features.people.administering import Ear, an_office, listening
from tests.house import House, a_house, built

from daemun.web.answers import why_untold
from daemun.web.csrf import SAFE
from daemun.web.requires import Requires, guard_of

Route = tuple[str, str]
HOUSES: tuple[tuple[Callable[[House], Awaitable[None]], dict[str, str]], ...] = (
    (entering.finishing, {"identity__signup": "private"}),
    (keeping.working, {"tools": TOOL}),
    (ruling.setting_up, {}),
    (ruling.setting_up_on_a_page, {}),
)
"""Those that one house does not allow."""


def to_be_told(house: House) -> Iterator[tuple[Route, APIRoute]]:
    """What changes something, and what shows something sensitive to those who hold a permission."""
    it = built(house.app)
    for route in (each for feature in it.features for router in feature.routers for each in router.routes):
        assert isinstance(route, APIRoute)
        guard = guard_of(route)
        shows = isinstance(guard, Requires) and guard.permission and it.watchman.minds(route.path)
        for method in route.methods or ():
            if method not in SAFE or (method == "GET" and shows):
                yield (method, route.path), route


def heard_on(house: House, ear: Ear) -> dict[Route, set[str]]:
    """What came of each route. That somebody was refused proves nothing."""
    found, routes = defaultdict[Route, set[str]](set), list(to_be_told(house))
    for each in ear.heard:
        seen, kind = each.circumstance, each.event.kind
        for name, route in routes:
            if kind.outcome == "success" and name[0] == seen.method and route.path_regex.match(seen.path):
                found[name].add(kind.name)
                break
    return found


async def test_every_change_and_every_look_at_something_sensitive_is_told(sqlite_url: str, tmp_path: Path) -> None:
    told, untold = defaultdict[Route, set[str]](set), dict[Route, str]()
    async with an_office(sqlite_url, tmp_path) as (house, master):
        ear = listening(house)
        for story in STORIES:
            await story(house, master)
        told |= heard_on(house, ear)
        untold = {name: why for name, route in to_be_told(house) if (why := why_untold(route))}
        wanted = {name for name, _ in to_be_told(house)}
    for number, (walk, settings) in enumerate(HOUSES):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with a_house(f"sqlite:///{folder}/daemun.db", folder, **settings) as house:
            ear = listening(house)
            await walk(house)
            for name, kinds in heard_on(house, ear).items():
                told[name] |= kinds
    silent = wanted - told.keys() - untold.keys()
    assert not silent, f"nothing was published by {sorted(silent)}: publish an event and walk there in tests/app/changing, or say untold(…)"
    assert not untold.keys() & told.keys(), f"these say why nothing is told of them, and something is: {untold.keys() & told.keys()}"
