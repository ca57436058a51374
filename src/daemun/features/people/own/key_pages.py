"""One's own account for people: the keys of their programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from daemun.core.errors import Flaw, Malformed
from daemun.features.apikeys import ApiKey, Draft, Made
from daemun.features.people.desk import SUDO
from daemun.features.people.own.account import Own, answered
from daemun.features.people.own.key_routes import KeyId
from daemun.features.people.own.session_pages import is_fresh
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, Form, PageRoute, Refusal, Visit, signed_in
from daemun.web.pages import Pages

KEYS: Final = "/account/keys"
DAYS: Final = (7, 30, 90, 180, 365)
OVERLAPS: Final = (0, 1, 24, 24 * 7, 24 * 30)
"""Hours for which the old key works beside the new one."""
USUAL: Final = "24"
CAREFUL = signed_in(max_age=SUDO)


def router(own: Own) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=PageRoute)
    _looking(routes, own)
    _making(routes, own)
    _rotating(routes, own)
    return routes


def _looking(routes: APIRouter, own: Own) -> None:
    @routes.get(KEYS, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        now, found = own.desk.sessions.clock.now(), await own.keys.look(visit)
        live = [each for each in found if each.state(now) == "live"]
        over = [each for each in found if each.state(now) != "live"]
        shown: dict[str, Any] = {"live": live, "over": over, "now": now, "words": _scopes(own, visit)}
        return pages.render(visit, "people/account_keys.html", fresh=is_fresh(visit), **shown)

    @routes.post(KEYS, dependencies=[CAREFUL])
    async def end(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        await own.keys.end(visit, form.text("key"))
        return pages.to(KEYS, done="api_key_revoked")


def _making(routes: APIRouter, own: Own) -> None:
    page = "people/account_key_new.html"
    days = own.desk.keys.rules.longest.days
    offered = [each for each in DAYS if each <= days] or [days]
    usual = str(min(offered, key=lambda each: abs(each - own.desk.keys.rules.lifetime.days)))

    def asked(pages: Pages, visit: Visit) -> dict[str, Any]:
        scopes = [(each.name, getattr(each, visit.circumstance.language)) for each in own.keys.offered(visit)]
        return {"scopes": scopes, "days": _said(pages, visit, "page_account_key_days_of", offered)}

    @routes.get(KEYS + "/new", dependencies=[CAREFUL])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, page, form=Form().starting(days=usual), **asked(pages, visit))

    @routes.post(KEYS + "/new", dependencies=[CAREFUL])
    async def make(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        lives = form.text("days")
        if lives not in map(str, offered):
            return pages.again(visit, page, form, Malformed(Flaw("days", "field_invalid")), **asked(pages, visit))
        expires_at = own.desk.sessions.clock.now() + timedelta(days=int(lives))
        made = await answered(own.keys.make(visit, Draft(form.text("name"), form.texts("scopes"), expires_at)))
        if isinstance(made, Refusal):
            return pages.again(visit, page, form, made, **asked(pages, visit))
        return _shown(pages, visit, made)


def _rotating(routes: APIRouter, own: Own) -> None:
    page = "people/account_key.html"

    def asked(pages: Pages, visit: Visit, key: ApiKey) -> dict[str, Any]:
        return {"key": key, "hours": _said(pages, visit, "page_account_key_hours_of", OVERLAPS)}

    @routes.get(KEYS + "/{key_id}", dependencies=[CAREFUL])
    async def look(visit: CurrentVisit, pages: CurrentPages, key_id: KeyId) -> Response:
        return pages.render(visit, page, form=Form().starting(hours=USUAL), **asked(pages, visit, await own.keys.find(visit, key_id)))

    @routes.post(KEYS + "/{key_id}", dependencies=[CAREFUL])
    async def rotate(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm, key_id: KeyId) -> Response:
        key, hours = await own.keys.find(visit, key_id), form.text("hours")
        if hours not in map(str, OVERLAPS):
            return pages.again(visit, page, form, Malformed(Flaw("hours", "field_invalid")), **asked(pages, visit, key))
        until = own.desk.sessions.clock.now() + timedelta(hours=int(hours))
        made = await answered(own.keys.rotate(visit, key_id, old_until=until))
        if isinstance(made, Refusal):
            return pages.again(visit, page, form, made, **asked(pages, visit, key))
        return _shown(pages, visit, made, old_until=min(until, key.expires_at))


def _shown(pages: Pages, visit: Visit, made: Made, old_until: datetime | None = None) -> Response:
    """The answer to the form itself: kept nowhere, so it cannot be shown again."""
    return pages.render(visit, "people/account_key_made.html", 201, key=made.key, text=made.text.reveal(), old_until=old_until)


def _said(pages: Pages, visit: Visit, code: str, numbers: Sequence[int]) -> list[tuple[str, str]]:
    """Numbers in words, for a choice; 0 has words of its own."""
    say, language = pages.catalogue.say, visit.circumstance.language
    return [(str(each), say(language, code if each else f"{code}_none", {"number": each})) for each in numbers]


def _scopes(own: Own, visit: Visit) -> dict[str, str]:
    """Permissions in words; of one that is gone with its tool, the name must do."""
    language = visit.circumstance.language
    return {name: getattr(each, language) for name, each in own.desk.access.catalogue.items()}
