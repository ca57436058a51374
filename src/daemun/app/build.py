"""Where everything meets, once, in the order it depends on each other."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.app import routes, tools
from daemun.app.bus import Bus
from daemun.app.ground import Ground
from daemun.app.house import House
from daemun.app.rooms import COUNTRIES, WEB_LOCALE, furnish
from daemun.app.sections import Sections
from daemun.app.settings import Settings
from daemun.features.access import Lookout
from daemun.features.jobs import Jobs, Sealing
from daemun.features.signin import Recognise
from daemun.plugin import Feature, Plug
from daemun.ports.system import Clock
from daemun.web.catalogue import Catalogue
from daemun.web.csrf import Csrf, origin_of
from daemun.web.pages import Pages

__all__ = ["House", "build"]


def build(settings: Settings, *, clock: Clock | None = None, brought: Iterable[Plug | Feature] = ()) -> House:
    """`brought`: tools of the application, beside those that are found."""
    sections = Sections.of(settings)
    jobs = Jobs(sections.jobs, Sealing(lambda: ground.key("jobs"), SystemEntropy()))
    plugged = tools.plugged(settings, brought, jobs)
    settings.check()  # only now that every section was asked for is a misspelt name known as such
    ground = Ground.of(settings, sections, clock or SystemClock())
    rooms = furnish(settings, sections, ground, jobs, plugged)
    routes.check(rooms.features)
    pages = _pages(settings, ground, rooms.features)
    recogniser = Recognise(rooms.sessions, rooms.identity, rooms.access, rooms.keys, ground.memory)
    bus = Bus(rooms.features)
    rooms.shipping.hear(bus.kinds)
    rooms.spilling.hear(bus.kinds)
    ground.database.aside = rooms.spilling.aside
    lookout = Lookout(ground.clock, tuple(path for feature in rooms.features for path in feature.sensitive))
    house = House(settings, sections, ground, rooms, bus, pages, recogniser, lookout)
    rooms.search.lexicon.hear(bus.kinds, pages.catalogue)
    ground.metrics.hear(rooms.features, house.chores.numbers)
    return house


def _pages(settings: Settings, ground: Ground, features: tuple[Feature, ...]) -> Pages:
    public = settings.core.public_url
    return Pages.of(
        [feature.templates for feature in features if feature.templates],
        catalogue=Catalogue.read([WEB_LOCALE, COUNTRIES, *(feature.locale for feature in features if feature.locale)]),
        jar=ground.jar,
        csrf=Csrf(ground.key("csrf"), ground.entropy, origin_of(public) if public else None),
        entropy=ground.entropy,
        base=urlsplit(settings.core.base_url).path,
        prefix=settings.core.prefix,
    )
