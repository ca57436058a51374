"""People at their own account."""

from __future__ import annotations

from typing import Any

from tests.app.changing.entering import browser_of, member_of
from tests.features.apikeys.keeping import ONE
from tests.features.jobs.working import a_person
from tests.features.people.administering import Staff
from tests.features.people.owning import NEW, a_session
from tests.house import House


async def by_programs(house: House, master: Staff) -> None:
    client, ann = await member_of(house, "ann_keeps")
    await browser_of(house, ann)
    token = (await client.log_in(ann)).json()["access_token"]
    other = await a_session(house, ann, address="198.51.100.7")

    async def ask(method: str, path: str, body: Any = None) -> Any:
        answer = await client.http.request(method, path, json=body, headers={"authorization": f"Bearer {token}"})
        return answer.json() if answer.content else None

    await ask("PATCH", "/me", {"name": "안나", "language": "en"})
    await ask("POST", "/me/email", {"email": "ann_kept@example.com", "password": ann.password})
    key = (await ask("POST", "/me/api-keys", ONE))["id"]
    key = (await ask("POST", f"/me/api-keys/{key}/rotate", {}))["id"]
    await ask("DELETE", f"/me/api-keys/{key}")
    await ask("PATCH", f"/me/sessions/{other}", {"name": "집"})
    await ask("DELETE", f"/me/sessions/{other}")
    for device in (await ask("GET", "/me/devices"))["devices"]:
        await ask("DELETE", f"/me/devices/{device['id']}")
    await a_session(house, ann)
    await ask("POST", "/me/sessions/end-others")
    await ask("GET", "/me/export")
    await ask("POST", "/me/password", {"current_password": ann.password, "password": NEW, "password_confirm": NEW})


async def working(house: House) -> None:
    """Where there is a tool that works for people."""
    ann = await a_person(house)
    await ann.cancel((await ann.submit(upto=1000, pause=0.05))["job_id"])


async def by_pages(house: House, master: Staff) -> None:
    _, ben = await member_of(house, "ben_keeps")
    other = await a_session(house, ben, address="198.51.100.7")
    it = await browser_of(house, ben)
    page = await it.submit(await it.open("/account"), "name", name="벤자민", language="ko")
    await it.submit(page, "verify")
    await it.submit(await it.open("/account/email"), "password", email="ben_kept@example.com", password=ben.password)
    page = await it.submit(await it.open(f"/account/sessions/{other}"), "name", name="집 노트북")
    await it.submit(page, "session")
    await it.submit(await it.open("/account/keys/new"), "name", name="밤 배치", scopes="stocks.read", days="7")
    await it.submit(await it.follow(await it.open("/account/keys"), "교체"), "hours", hours="1")
    await it.submit(await it.open("/account/keys"), "key")
    page = await it.open("/account/password")
    await it.submit(page, "current_password", current_password=ben.password, password=NEW, password_confirm=NEW)
