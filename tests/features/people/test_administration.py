"""What administrators do to people: what it changes, ends, writes and says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.features.people.administering import a_staff, an_office, everything, given, listening, signed_in
from tests.house import built
from tests.mailbox import letter_to, letters_to

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.people import Hands, MoveSomebody

SOME = {"reason": "약관 위반"}


async def test_a_suspended_person_is_out_at_once_and_told_why_and_until_when(database_url: str, tmp_path: Path) -> None:
    """Clause 42: every session ends with the suspension."""
    async with an_office(database_url, tmp_path) as (house, master):
        ben, ear = await a_staff(house, "ben_2026"), listening(house)
        until = house.clock.now() + timedelta(days=3)
        answer = await master.done("POST", f"/users/{ben.id}/suspend", SOME | {"until": until.isoformat()})
        assert (answer["status"], answer["record"]["status_reason"], answer["record"]["sessions"]) == ("BANNED", "약관 위반", 0)
        assert not await ben.is_in()
        letter = await letter_to(house, "ben_2026@example.com", "account_suspended_until")
        assert "약관 위반" in letter.text and "2026-11-24 09:00 UTC" in letter.text
        assert {"account.suspend.success", "session.end.success"} <= set(ear.names())


async def test_a_suspension_ends_in_the_future(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        past = (house.clock.now() - timedelta(days=1)).isoformat()
        await master.refused(409, "illegal_move", "POST", f"/users/{ben.id}/suspend", SOME | {"until": past})
        for wrong in ("2026-11-24", "2026-11-24T09:00:00", "soon", 5):
            await master.refused(422, "malformed", "POST", f"/users/{ben.id}/suspend", SOME | {"until": wrong})
        for nothing in ("", "   ", "\n", "x\u202ey"):
            await master.refused(422, "malformed", "POST", f"/users/{ben.id}/suspend", {"reason": nothing})
        assert await ben.is_in()


async def test_a_suspension_is_lifted_and_said(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        await master.done("POST", f"/users/{ben.id}/suspend", SOME)
        assert (await letter_to(house, "ben_2026@example.com", "account_suspended")).link is None
        await master.done("POST", f"/users/{ben.id}/lift", SOME)
        assert (await letter_to(house, "ben_2026@example.com", "account_lifted")).link is None
        await signed_in(house, ben.member)


async def test_a_deleted_person_is_out_and_comes_back_by_the_letter(database_url: str, tmp_path: Path) -> None:
    """Clause 42: every session ends with the account; the letter says how to come back."""
    async with an_office(database_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        assert (await master.done("POST", f"/users/{ben.id}/delete", SOME))["status"] == "DELETED"
        assert not await ben.is_in()
        letter = await letter_to(house, "ben_2026@example.com", "account_deleted_by_admin")
        assert letter.link and letter.link.startswith(house.settings.core.base_url + "/restore?t=")
        assert "2026-12-21" in letter.text
        assert (await master.done("POST", f"/users/{ben.id}/restore", SOME))["status"] == "NORMAL"
        assert (await letter_to(house, "ben_2026@example.com", "account_restored")).user_id == ben.id


async def test_who_was_suspended_before_deletion_is_told_that_it_still_holds(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        for act in ("suspend", "delete", "restore"):
            await master.done("POST", f"/users/{ben.id}/{act}", SOME)
        assert (await letters_to(house, "ben_2026@example.com"))[-1].kind == "account_suspended"
        assert (await master.done("GET", f"/users/{ben.id}"))["status"] == "BANNED"


async def test_an_erased_person_is_in_no_row_of_any_table(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026", "auditor", name="지워질 사람")
        await master.refused(409, "illegal_move", "POST", f"/users/{ben.id}/erase", SOME)
        await master.done("POST", f"/users/{ben.id}/delete", SOME)
        await master.done("POST", f"/users/{ben.id}/hold", {"reason": "소송"})
        await master.refused(409, "under_legal_hold", "POST", f"/users/{ben.id}/erase", SOME)
        await master.done("POST", f"/users/{ben.id}/release", {"reason": "끝"})
        await master.done("POST", f"/users/{ben.id}/erase", SOME)
        await master.refused(404, "user_missing", "GET", f"/users/{ben.id}")
        assert (await letter_to(house, "ben_2026@example.com", "account_erased")).user_id == ""
        rows = ((name, repr(each)) for name, found in everything(database_url).items() for each in found)
        rest = {name for name, row in rows if any(word in row for word in (ben.id, "ben_2026", "지워질"))}
        assert rest <= {"daemun_attempts"}, rest


async def test_a_hold_is_not_told_to_whom_it_concerns(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        before, ear = await letters_to(house, "ben_2026@example.com"), listening(house)
        held = await master.done("POST", f"/users/{ben.id}/hold", {"reason": "소송"})
        assert (held["record"]["held"], held["record"]["held_by"]) == ("소송", f"user:{master.id}")
        await master.done("POST", f"/users/{ben.id}/release", {"reason": "끝"})
        await master.refused(409, "illegal_move", "POST", f"/users/{ben.id}/release", {"reason": "끝"})
        assert ear.names() == ["account.hold.success", "account.release.success"]
        assert await letters_to(house, "ben_2026@example.com") == before


async def test_roles_that_change_bite_at_once_and_are_told(database_url: str, tmp_path: Path) -> None:
    """Clause 49: at the very next request, with the token from before."""
    async with an_office(database_url, tmp_path) as (house, master):
        ben, ear = await a_staff(house, "ben_2026"), listening(house)
        assert await master.done("PUT", f"/users/{ben.id}/roles", {"roles": ["user", "auditor"]}) == {"given": ["auditor"], "taken": []}
        await ben.done("GET", "/users")
        assert "auditor, user" in (await letter_to(house, "ben_2026@example.com", "roles_changed")).text
        assert await master.done("PUT", f"/users/{ben.id}/roles", {"roles": ["user"]}) == {"given": [], "taken": ["auditor"]}
        await ben.refused(403, "denied", "GET", "/users")
        assert ear.names() == ["role.grant.success", "access.sensitive.success", "role.revoke.success", "access.denied"]
        count = len(await letters_to(house, "ben_2026@example.com"))
        assert await master.done("PUT", f"/users/{ben.id}/roles", {"roles": ["user"]}) == {"given": [], "taken": []}
        assert len(await letters_to(house, "ben_2026@example.com")) == count
        await master.refused(400, "unknown_role", "PUT", f"/users/{ben.id}/roles", {"roles": ["auditor", "emperor"]})
        assert (await master.done("GET", f"/users/{ben.id}"))["roles"] == ["user"]


async def test_the_last_master_stays(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        other = await a_staff(house, "other_one", "master")
        await master.done("POST", f"/users/{other.id}/suspend", SOME)
        await master.refused(409, "last_master", "PUT", f"/users/{master.id}/roles", {"roles": []})
        await master.done("POST", f"/users/{other.id}/lift", SOME)
        other = await signed_in(house, other.member)
        await master.done("PUT", f"/users/{master.id}/roles", {"roles": []})
        await given(house, master.id, "admin")
        await master.refused(403, "master_only", "POST", f"/users/{other.id}/delete", SOME)


async def test_an_address_set_by_an_administrator_is_unverified_and_can_be_taken_back(database_url: str, tmp_path: Path) -> None:
    """Clause 25: both mailboxes are told; what was asked for in the old one opens nothing any more."""
    async with an_office(database_url, tmp_path) as (house, master):
        ben, ear = await a_staff(house, "ben_2026"), listening(house)
        await master.done("POST", f"/users/{ben.id}/recovery")
        changed = await master.done("PATCH", f"/users/{ben.id}", {"email": "new@example.com", "name": "벤 자민", "language": "en"})
        assert (changed["email"], changed["is_verified"], changed["name"], changed["language"]) == (
            "new@example.com",
            False,
            "벤 자민",
            "en",
        )
        assert not await ben.is_in()
        undo = await letter_to(house, "ben_2026@example.com", "email_changed_by_admin")
        assert undo.link and "/email/undo?t=" in undo.link and "new@example.com" in undo.text
        assert "/verify?t=" in ((await letter_to(house, "new@example.com", "email_given_by_admin")).link or "")
        reset = await letter_to(house, "ben_2026@example.com", "recovery_started_by_admin")
        assert (await house.client().post("/auth/password/reset", _password(reset.token))).json()["code"] == "link_invalid"
        assert "account.email_change.success" in ear.names()
        await master.refused(409, "email_taken", "PATCH", f"/users/{ben.id}", {"email": "master_one@example.com"})
        await master.refused(422, "malformed", "PATCH", f"/users/{ben.id}", {"email": "nonsense"})
        assert (await master.done("PATCH", f"/users/{ben.id}", {"email": "NEW@example.com"}))["email"] == "new@example.com"


async def test_a_recovery_is_a_letter_to_its_owner_and_nothing_to_the_administrator(database_url: str, tmp_path: Path) -> None:
    """Clause 29: the administrator starts it, and sees neither link nor password; nor does the old password end by it."""
    async with an_office(database_url, tmp_path) as (house, _):
        support, ben = await a_staff(house, "help_2026", "support_admin"), await a_staff(house, "ben_2026")
        ear = listening(house)
        answer = await support.ask("POST", f"/users/{ben.id}/recovery")
        assert (answer.status_code, answer.content) == (204, b"")
        letter = await letter_to(house, "ben_2026@example.com", "recovery_started_by_admin")
        assert letter.link and letter.token not in repr(ear.heard)
        assert "user.recover.success" in ear.names()
        assert await ben.is_in()


async def test_nobody_floods_a_mailbox_through_support(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path, identity__recoveries_per_account="2") as (house, _):
        support, ben = await a_staff(house, "help_2026", "support_admin"), await a_staff(house, "ben_2026")
        for _ in range(2):
            await support.done("POST", f"/users/{ben.id}/recovery")
        answer = await support.refused(429, "too_many_attempts", "POST", f"/users/{ben.id}/recovery")
        assert answer.headers["retry-after"] == "3600"
        assert [each.kind for each in await letters_to(house, "ben_2026@example.com")].count("recovery_started_by_admin") == 2


async def test_strangers_use_nothing_up_of_what_support_may_send(database_url: str, tmp_path: Path) -> None:
    """Each of those who help has their own count for each account: neither a stranger nor a colleague shuts them out."""
    async with an_office(database_url, tmp_path, identity__recoveries_per_account="2") as (house, master):
        support, ben = await a_staff(house, "help_2026", "support_admin"), await a_staff(house, "ben_2026")
        for _ in range(4):
            await house.client("198.51.100.7").post("/auth/password/forgot", {"email": "ben_2026@example.com"})
        for _ in range(2):
            await support.done("POST", f"/users/{ben.id}/recovery")
        await support.refused(429, "too_many_attempts", "POST", f"/users/{ben.id}/recovery")
        await master.done("POST", f"/users/{ben.id}/recovery")
        await support.done("POST", f"/users/{(await a_staff(house, 'cho_2026')).id}/recovery")
        house.clock.advance(hours=1)
        await (await signed_in(house, support.member)).done("POST", f"/users/{ben.id}/recovery")


async def test_a_locked_login_is_opened(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path, identity__login_attempts="2") as (house, master):
        ben = await a_staff(house, "ben_2026")
        for _ in range(2):
            await ben.client.log_in(ben.member, password="Wrong-Pass-1!")
        assert (await ben.client.log_in(ben.member)).status_code == 429
        ear = listening(house)
        await master.done("POST", f"/users/{ben.id}/unlock")
        assert ear.told() == [("account.unlock.success", {"reason": "admin"})]
        await signed_in(house, ben.member)


async def test_sessions_are_seen_and_ended_one_or_all(database_url: str, tmp_path: Path) -> None:
    """Clause 44: an administrator ends the sessions of one person."""
    async with an_office(database_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        second = await signed_in(house, ben.member)
        third = await signed_in(house, ben.member)
        shown = (await master.done("GET", f"/users/{ben.id}/sessions"))["sessions"]
        assert len(shown) == 3 and {each["address"] for each in shown} == {"203.0.113.0/24"}
        newest = max(shown, key=lambda each: each["id"])["id"]
        other = next(each["id"] for each in (await master.done("GET", f"/users/{master.id}/sessions"))["sessions"])
        await master.refused(404, "missing", "DELETE", f"/users/{ben.id}/sessions/{other}")
        await master.done("DELETE", f"/users/{ben.id}/sessions/{newest}")
        await master.refused(404, "missing", "DELETE", f"/users/{ben.id}/sessions/{newest}")
        assert [await each.is_in() for each in (ben, second, third)].count(True) == 2
        assert await master.done("DELETE", f"/users/{ben.id}/sessions") == {"ended": 2}
        assert not any([await each.is_in() for each in (ben, second, third)])
        told = [each.text for each in await letters_to(house, "ben_2026@example.com") if each.kind == "sessions_ended_by_admin"]
        assert ["1건" in told[0], "2건" in told[1]] == [True, True]
        assert await master.is_in()


async def test_a_master_ends_everybodys_sessions_but_the_one_that_asks(database_url: str, tmp_path: Path) -> None:
    """Clause 44: an administrator ends the sessions of all."""
    async with an_office(database_url, tmp_path) as (house, master):
        staff = [await a_staff(house, f"member_{number}") for number in range(3)]
        own_other = await signed_in(house, master.member)
        assert await master.done("POST", "/sessions/end-everyone") == {"ended": 4}
        assert not any([await each.is_in() for each in [*staff, own_other]])
        assert await master.is_in()


async def test_logins_are_told_newest_first_and_page_by_page(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        house.clock.advance(seconds=1)
        await ben.client.log_in(ben.member, password="Wrong-Pass-1!")
        first = await master.done("GET", f"/users/{ben.id}/logins?limit=1")
        assert (first["logins"][0]["success"], first["logins"][0]["reason"]) == (False, "wrong")
        assert first["logins"][0]["address"] == "203.0.113.9"
        second = await master.done("GET", f"/users/{ben.id}/logins?limit=1&after={first['next']}")
        assert second["logins"][0]["success"] is True


async def test_an_administrator_who_is_suspended_meanwhile_does_nothing_any_more(database_url: str, tmp_path: Path) -> None:
    """The gate let them in; what counts is what they are when it is done. Clause 63: it fails closed."""
    async with an_office(database_url, tmp_path) as (house, master):
        zoe, ben = await a_staff(house, "zoe_2026", "user_admin"), await a_staff(house, "ben_2026")
        door = built(house.app)
        seen = await door.visit("test").read(lambda tx: door.access.rights_of(tx, zoe.id))
        actor, move = replace(Actor("user", zoe.id), permissions=seen.permissions), MoveSomebody(Hands(door.desk))
        await master.done("POST", f"/users/{zoe.id}/suspend", SOME)
        with pytest.raises(Refusal) as caught:
            await door.visit("test").work(move, actor, ben.id, "ban", "복수")
        assert caught.value.code == "account_inactive"
        await master.done("POST", f"/users/{zoe.id}/lift", SOME)
        await master.done("PUT", f"/users/{zoe.id}/roles", {"roles": ["user", "user_admin", "auditor"]})
        await master.done("PUT", f"/users/{zoe.id}/roles", {"roles": ["user"]})
        with pytest.raises(Refusal) as caught:
            await door.visit("test").work(move, actor, ben.id, "ban", "복수")
        assert caught.value.code == "denied"
        assert await ben.is_in()


def _password(token: str) -> dict[str, str]:
    return {"token": token, "password": "Sanho-Bada-83!", "password_confirm": "Sanho-Bada-83!"}
