"""Every way in is known, and none is weaker than the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect
from tests.features.people.owning import a_browser, a_token
from tests.features.people.recovering import NEW, a_reset_token, a_verified_member, reset
from tests.house import House, a_house, a_member, built

from daemun.web.requires import Public, guard_of

GUESSING = Path(__file__).resolve().parents[3] / "docs" / "explanation"
QUESTIONS = re.compile(r"hint|question|answer_to|mother|pet_name", re.I)


def doors(house: House) -> Iterator[str]:
    """What anybody may send something to."""
    for route in (route for feature in built(house.app).features for router in feature.routers for route in router.routes):
        if isinstance(guard_of(route), Public) and route.methods - {"GET", "HEAD"}:  # type: ignore[arg-type,attr-defined]  # checked at the start: API routes only
            yield route.path  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize("page", ["guessing.md", "guessing.ko.md"])
async def test_every_door_that_anybody_may_knock_at_is_documented(sqlite_url: str, tmp_path: Path, page: str) -> None:
    """Clause 24: no pathway is undocumented."""
    told = set(re.findall(r"`(?:POST )?(/[\w./-]+)`", (GUESSING / page).read_text("utf-8")))
    async with a_house(sqlite_url, tmp_path) as house:
        assert not set(doors(house)) - told


async def test_nobody_is_asked_for_a_hint_or_a_question(sqlite_url: str, tmp_path: Path) -> None:
    """Clause 4: neither a form, nor the interface, nor the database knows of any. (An API key's hint is its own last letters.)"""
    async with a_house(sqlite_url, tmp_path) as house:
        schemas = {name: each for name, each in house.app.openapi()["components"]["schemas"].items() if "Key" not in name}
        assert not QUESTIONS.search(json.dumps(schemas))
        from sqlalchemy import create_engine

        tables = inspect(create_engine(sqlite_url))
        columns = {each["name"] for table in tables.get_table_names() if table != "daemun_api_keys" for each in tables.get_columns(table)}
        assert columns
        assert not {each for each in columns if QUESTIONS.search(each)}


async def test_a_browser_that_is_remembered_still_needs_the_password(sqlite_url: str, tmp_path: Path) -> None:
    """Clause 15: a known device has a budget of its own, and opens nothing."""
    async with a_house(sqlite_url, tmp_path) as house:
        member = await a_member(house.client())
        browser = await a_browser(house, member)
        kept = {name: value for name, value in browser.http.cookies.items() if name.endswith("device")}
        assert kept, "the device is known"
        for name in list(browser.http.cookies):
            if name not in kept:
                browser.http.cookies.delete(name)
        assert (await browser.open("/account")).path.startswith("/signin")
        assert (await browser.http.get("/me")).status_code == 401


async def test_a_letter_proves_the_mailbox_and_raises_nothing(database_url: str, tmp_path: Path) -> None:
    """Clause 19: after a reset by mail one signs in, and is as sure as the password makes one: AAL1."""
    async with a_house(database_url, tmp_path) as house:
        client = house.client()
        member = await a_verified_member(house, client)
        answer = await reset(client, await a_reset_token(house, client, member))
        assert answer.status_code == 200
        assert "token" not in answer.text
        token = await a_token(client, member, password=NEW)
        sessions = (await client.get("/me/sessions", token=token)).json()["sessions"]
        assert {each["aal"] for each in sessions} == {1}
