"""Whoever watches over the log sees how it is, and the log verifies itself."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import text
from tests.features.audit.logged import audit_of, house_of, settled, shipped
from tests.house import House, Member, a_house, a_member

from daemun.adapters.database import connect_sqlite
from daemun.core.actor import SHELL, SYSTEM
from daemun.features.audit.watching.checkup import CheckUp
from daemun.ports.database import Work


async def told(house: House) -> dict[str, Any]:
    token = (await house.client().log_in(Member())).json()["access_token"]
    answer = await house.client().get("/api/v1/audit/health", token=token)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def an_auditor(house: House) -> None:
    await a_member(house.client())
    opened = house_of(house)

    def grant(work: Work) -> None:
        person = opened.identity.find(work, Member().handle)
        assert person is not None
        opened.access.grant(work, SYSTEM, person.id, "auditor")

    await opened.visit("test").work(grant)


async def test_an_auditor_sees_how_the_log_is_and_nobody_else(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        await an_auditor(house)
        token = (await house.client().log_in(Member())).json()["access_token"]
        other = await a_member(house.client(), handle="bob_2026", email="bob@example.com")
        stranger = (await house.client().log_in(other)).json()["access_token"]
        assert (await house.client().get("/api/v1/audit/health", token=stranger)).status_code == 403
        assert (await house.client().get("/api/v1/audit/health")).status_code == 401
        visit, opened = house_of(house).visit("test"), house_of(house)
        await visit.work(opened.rooms.forgetting.hold, subject=None, retention="admin", reason="a lawsuit", by=SHELL)
        await shipped(house)
        assert await CheckUp(audit_of(house)).run(visit) > 0
        size = (await audit_of(house).standing()).size
        seen = (await house.client().get("/api/v1/audit/health", token=token)).json()
        assert (seen["health"], seen["gaps"]) == ("well", 0)
        assert seen["entries"] >= seen["signed"] >= size, "that somebody looks is recorded, too"
        assert (seen["checked"]["entries"], seen["checked"]["findings"]) == (size, 0)
        assert [(each["class"], each["of_one_person"]) for each in seen["holds"]] == [("admin", False)]
        assert {"login", "account", "control", "tiles"} <= seen["storage"].keys()
        assert sum(each["entries"] for name, each in seen["storage"].items() if name != "tiles") == size
        assert [(each["name"], each["dead"], each["error"]) for each in seen["sinks"]] == [("files", 0, None)]
        house.clock.advance(days=4)
        assert (await told(house))["health"] == "late", "nobody verified it for days"
        numbers = {(each.name, *labels): value for each, value, labels in await opened.database.survey(_numbers(house))}
        assert numbers["daemun_audit_entries",] >= size
        assert numbers["daemun_audit_sink_dead", "files"] == 0


async def test_a_log_that_was_tampered_with_is_found_by_the_house_itself(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        await an_auditor(house)
        await settled(house)
        visit, check = house_of(house).visit("test"), CheckUp(audit_of(house))
        await check.run(visit)
        assert (await told(house))["checked"]["findings"] == 0
        with closing(connect_sqlite(tmp_path / "data" / "daemun-audit.db")) as raw:
            raw.execute(
                "UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), 'account.signup', 'account.sleepy') AS BLOB) WHERE idx = 1"
            )
        house.clock.advance(days=8)
        await check.run(visit)
        seen = await told(house)
        assert (seen["health"], seen["checked"]["first_finding"]) == ("broken", "entry_altered 1")
        await settled(house)
        kept = await audit_of(house).entries(0, 1000)
        assert any(b'"a":"audit.verify"' in each.entry for each in kept)


async def test_whoever_edits_what_is_searched_is_found_at_night_and_shown_nowhere(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        await an_auditor(house)
        await shipped(house)
        opened = house_of(house)
        visit, check = opened.visit("test"), CheckUp(audit_of(house))
        while await opened.database.survey(opened.rooms.search.behind):
            await asyncio.sleep(0.02)
        await check.run(visit)
        assert (await told(house))["checked"]["findings"] == 0
        token = (await house.client().log_in(Member())).json()["access_token"]
        edits = ("UPDATE daemun_audit_events SET actor = 'system:shell' WHERE idx = 1", "DELETE FROM daemun_audit_events WHERE idx = 2")
        for each in edits:
            await visit.work(_edited, each)
        seen = (await house.client().get("/api/v1/audit/events/1", token=token)).json()
        assert (seen["altered"], seen["action"]) == (True, "account.signup")
        assert seen["actor"]["id"] != "system:shell", "the log is believed, not the index"
        await check.run(visit)
        seen = await told(house)
        assert (seen["health"], seen["checked"]["first_finding"], seen["checked"]["findings"]) == ("broken", "projection_edited 1", 1)
        await opened.rooms.projector.rebuild(visit, lambda done, of: None)
        await check.run(visit)
        assert (await told(house))["checked"]["findings"] == 0, "drawn anew from the log"


def _edited(work: Work, statement: str) -> None:
    work.run(text(statement))


def _numbers(house: House) -> Any:
    numbers = next(each for each in house_of(house).features if each.name == "audit").numbers
    assert numbers is not None
    return lambda tx: list(numbers(tx))
