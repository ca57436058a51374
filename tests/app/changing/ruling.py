"""Administrators at work, and the services they operate."""

from __future__ import annotations

from tests.app.changing.entering import member_of
from tests.features.apikeys.keeping import a_key
from tests.features.mail.test_letters_api import posted
from tests.features.oidc.asking import a_service, introspected, pair_of, revoked
from tests.features.people.administering import Staff, a_staff
from tests.features.people.owning import a_session
from tests.features.people.recovering import user_of
from tests.features.people.test_inviting import JOHN, PASSWORD
from tests.features.people.test_set_up import FIRST, offered
from tests.house import House
from tests.mailbox import letter_to
from tests.paging import a_page_client

WHY = {"reason": "시험"}


async def people(house: House, master: Staff) -> None:
    _, ann = await member_of(house, "ann_ruled")
    user = (await user_of(house, ann)).id
    for path in ("", f"/{user}", f"/{user}/logins", f"/{user}/sessions"):
        await master.ask("GET", f"/users{path}")
    await master.client.get("/api/audit-logs", token=master.token)
    await master.done("PATCH", f"/users/{user}", {"name": "안주"})
    await master.done("PUT", f"/users/{user}/roles", {"roles": ["user", "auditor"]})
    one, _ = await a_session(house, ann), await a_session(house, ann)
    await master.done("DELETE", f"/users/{user}/sessions/{one}")
    await master.done("DELETE", f"/users/{user}/sessions")
    for step in ("suspend", "lift", "hold", "release", "unlock", "recovery", "delete", "restore", "delete", "erase"):
        await master.done("POST", f"/users/{user}/{step}", WHY)
    await master.done("POST", "/users", {"handle": "made.up", "email": "made.up@example.com", "name": "새사람"})
    _, ben = await member_of(house, "ben_ruled")
    await master.done("POST", "/users/bulk", {"ids": [(await user_of(house, ben)).id], "action": "suspend", **WHY})
    cho = await a_staff(house, "cho_ruled")
    await master.ask("GET", "/api-keys")
    await master.done("DELETE", f"/api-keys/{(await a_key(cho)).id}")
    await master.ask("POST", "/sessions/end-everyone", WHY)
    master_again = (await master.client.log_in(master.member)).json()["access_token"]
    object.__setattr__(master, "token", master_again)


async def invitations(house: House, master: Staff) -> None:
    await master.done("POST", "/users", JOHN)
    token = (await letter_to(house, JOHN["email"], "account_created")).token
    await house.client().post("/auth/invitation", {"token": token, "password": PASSWORD, "password_confirm": PASSWORD})
    await master.done("POST", "/invitations", {"email": "guest@example.com", "name": "손님"})
    page = a_page_client(house)
    opened = await page.open(f"/invitation?t={(await letter_to(house, 'guest@example.com', 'invitation')).token}")
    await page.submit(opened, handle="guest_1", password=PASSWORD, password_confirm=PASSWORD)
    await master.done("POST", "/invitations", {"email": "other@example.com"})
    first, *_ = (await master.done("GET", "/invitations"))["invitations"]
    again = await master.done("POST", f"/invitations/{first['id']}/resend")
    await master.done("DELETE", f"/invitations/{again['id']}")


async def roles_letters_and_tokens(house: House, master: Staff) -> None:
    await master.ask("POST", "/audit/exports", {"format": "csv"})
    role = {"name": "night_shift", "ko": "밤 당번", "en": "Night shift", "permissions": ["users.read"]}
    await master.done("POST", "/roles", role)
    await master.done("PUT", "/roles/night_shift", role | {"permissions": ["roles.read"]})
    await master.done("POST", "/roles/night_shift/versions/1/restore")
    for path in ("/roles", "/roles/night_shift/versions", "/permissions", "/letters", "/audit/health"):
        await master.done("GET", path)
    await master.done("DELETE", "/roles/night_shift")
    await posted(house)
    letter, *_ = (await master.done("GET", "/letters"))["letters"]
    await master.done("POST", f"/letters/{letter['id']}/retry")
    key = await a_service(house, "tokens.introspect", "tokens.revoke")
    access, refresh = await pair_of(await a_staff(house, "dan_ruled"))
    await introspected(key, access)
    await revoked(key, refresh)


async def setting_up(house: House) -> None:
    """Where there is no master yet."""
    await house.client().post("/auth/setup", FIRST | {"token": await offered(house)})


async def setting_up_on_a_page(house: House) -> None:
    page = a_page_client(house)
    await page.submit(await page.open(f"/setup?t={await offered(house)}"), **FIRST)
