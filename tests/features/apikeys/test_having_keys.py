"""Keys from their making to their end, over HTTP, on both databases."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.features.apikeys.keeping import ONE, Key, a_key, key_in, own, written
from tests.features.people.administering import Staff, a_staff, an_office, everything, given, holding, listening
from tests.features.people.recovering import ADMIN, becomes, work
from tests.house import House, built
from tests.mailbox import letter_to

from daemun.features.apikeys import PREFIX
from daemun.features.apikeys.keys import key_text
from daemun.features.identity import MoveName
from daemun.web.requires import Requires

Office = tuple[House, Staff]


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(database_url, tmp_path) as opened:
        yield opened


def at(house: House, **parts: float) -> str:
    return (house.clock.now() + timedelta(**parts)).isoformat()


async def test_a_key_is_made_used_listed_and_revoked(office: Office, database_url: str) -> None:
    """Clause 14: NIST 800-63B-4 5.1: an ended secret opens nothing; its text is stored nowhere."""
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    ear, key = listening(house), await a_key(ann)
    assert (await letter_to(house, ann.member.email, "api_key_created")).text.count(key.text) == 0
    me = (await key.ask("GET", "/me")).json()
    assert (me["id"], me["user_id"], me["roles"], me["permissions"]) == (ann.id, "ann_2026", [], ["stocks.read"])
    assert (await key.ask("GET", "/stocks/listings")).json()["user"] == "ann_2026"
    assert await written(house) == 1
    (listed,) = (await own(ann, "GET", "/me/api-keys")).json()["api_keys"]
    assert (listed["name"], listed["scopes"], listed["state"]) == (ONE["name"], ["stocks.read"], "live")
    assert listed["hint"] == f"daemun_…{key.text[-4:]}"
    assert listed["last_used_from"] == "198.51.100.0/24"
    assert (await own(ann, "DELETE", f"/me/api-keys/{key.id}")).status_code == 204
    assert await key.opens() == (401, "api_key_ended")
    assert (await own(ann, "DELETE", f"/me/api-keys/{key.id}")).status_code == 404
    await letter_to(house, ann.member.email, "api_key_revoked")
    await written(house)
    assert ear.names() == ["api_key.create.success", "api_key.end.success", "api_key.use.denied"]
    assert key.text not in repr(everything(database_url)) + json.dumps(listed)


async def test_a_use_is_written_once_a_minute_and_a_dead_key_told_of_as_seldom(office: Office) -> None:
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    ear, key = listening(house), await a_key(ann)
    for seconds, news in ((0, 1), (30, 0), (30, 1)):
        house.clock.advance(seconds=seconds)
        for _ in range(3):
            assert await key.opens() == (200, "")
        assert await written(house) == news
    await own(ann, "DELETE", f"/me/api-keys/{key.id}")
    ear.told()
    for _ in range(3):
        assert await key.opens() == (401, "api_key_ended")
        await written(house)
    assert ear.told() == [("api_key.use.denied", {"reason": "ended"})]
    assert ear.heard == []


async def test_a_key_expires_and_lives_no_longer_than_the_house_allows(office: Office) -> None:
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    key, usual = await a_key(ann, expires_at=at(house, minutes=3)), await a_key(ann)
    assert usual.told["expires_at"].startswith("2027-02-19")
    for moment, code in ((at(house, days=366), "api_key_too_long"), (at(house, seconds=-1), "moment_over")):
        refused = await own(ann, "POST", "/me/api-keys", ONE | {"expires_at": moment})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    house.clock.advance(minutes=3)
    assert await key.opens() == (401, "api_key_ended")
    assert await usual.opens() == (200, "")
    house.clock.advance(days=31)
    assert await built(house.app).chores.now("apikeys.sweep")
    assert (await own(await again(ann), "GET", "/me/api-keys")).json()["api_keys"][-1]["id"] == usual.id


async def again(staff: Staff) -> Staff:
    """Logged in anew."""
    return replace(staff, token=(await staff.client.log_in(staff.member)).json()["access_token"])


async def test_a_key_may_what_its_owner_gave_it_and_never_more_than_its_owner_may_now(office: Office) -> None:
    """Clause 49: a role that was taken is gone at the next request of a key, too."""
    house, _ = office
    cho = await a_staff(house, "cho_2026", "user_admin")
    ear = listening(house)
    for scope, status, code in (("roles.manage", 403, "scope_not_held"), ("dragons.ride", 400, "unknown_permission")):
        refused = await own(cho, "POST", "/me/api-keys", ONE | {"scopes": ["users.read", scope]})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert scope in refused.json()["detail"]
    assert ear.names() == ["api_key.create.denied"]
    key, narrow = await a_key(cho, scopes=["users.read", "users.manage"]), await a_key(cho, scopes=[])
    assert (await key.ask("GET", "/api/v1/users")).status_code == 200
    assert (await narrow.ask("GET", "/api/v1/users")).status_code == 403
    await holding(house, cho.id, "user")
    assert (await key.ask("GET", "/api/v1/users")).status_code == 403
    assert (await key.ask("GET", "/me")).json()["permissions"] == []
    await given(house, cho.id, "user_admin")
    assert (await key.ask("GET", "/api/v1/users")).status_code == 200


async def test_a_key_is_no_person(office: Office) -> None:
    """Clause 24: ASVS 6.3.4: a key is no way round what a login has to prove: what asks for a person or a fresh proof, refuses it."""
    house, _ = office
    dan = await a_staff(house, "dan_2026", "admin")
    permissions = (await own(dan, "GET", "/me")).json()["permissions"]
    key = await a_key(dan, scopes=permissions)
    for method, path, body in (
        ("POST", "/me/api-keys", ONE),
        ("GET", "/me/api-keys", None),
        ("DELETE", f"/me/api-keys/{key.id}", None),
        ("POST", f"/me/api-keys/{key.id}/rotate", {}),
        ("PATCH", "/me", {"name": "다른 이름"}),
        ("POST", "/me/password", {"current_password": "a", "password": "b", "password_confirm": "b"}),
        ("GET", "/me/export", None),
        ("GET", "/me/sessions", None),
        ("POST", "/auth/reauthenticate", {"password": dan.member.password}),
        ("PUT", f"/api/v1/users/{dan.id}/roles", {"roles": ["master"]}),
        ("POST", "/api/v1/users", {"handle": "new_one", "email": "n@example.com", "name": "새 사람"}),
        ("GET", "/account", None),
    ):
        answer = await key.ask(method, path, body)
        assert answer.status_code == 403, (method, path, answer.text)
        assert path == "/account" or answer.json()["code"] == "api_key_refused"
    ann = await a_staff(house, "ann_2026")
    suspended = await key.ask("POST", f"/api/v1/users/{ann.id}/suspend", {"reason": "약관 위반"})
    assert suspended.status_code == 200
    assert suspended.json()["status"] == "BANNED"
    refused = await key.ask("POST", f"/api/v1/users/{dan.id}/suspend", {"reason": "약관 위반"})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_account")


async def test_only_a_fresh_proof_makes_a_key(office: Office) -> None:
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    key = await a_key(ann)
    house.clock.advance(minutes=6)
    for method, path in (("POST", "/me/api-keys"), ("POST", f"/me/api-keys/{key.id}/rotate"), ("DELETE", f"/me/api-keys/{key.id}")):
        refused = await own(ann, method, path, ONE)
        assert (refused.status_code, refused.json()["code"]) == (401, "reauthentication_due")
    assert (await own(ann, "POST", "/auth/reauthenticate", {"password": ann.member.password})).status_code == 200
    assert (await own(ann, "DELETE", f"/me/api-keys/{key.id}")).status_code == 204


async def test_a_rotated_key_works_beside_its_successor_until_the_moment_of_choice(office: Office) -> None:
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    old = await a_key(ann)
    answer = await own(ann, "POST", f"/me/api-keys/{old.id}/rotate", {"old_until": at(house, hours=2)})
    new = key_in(house, answer)
    assert (new.told["name"], new.told["scopes"]) == (ONE["name"], ["stocks.read"])
    await letter_to(house, ann.member.email, "api_key_rotated")
    listed = {each["id"]: each for each in (await own(ann, "GET", "/me/api-keys")).json()["api_keys"]}
    assert listed[old.id]["replaced_by"] == new.id
    assert (await own(ann, "POST", f"/me/api-keys/{old.id}/rotate", {})).status_code == 404, "it has a successor already"
    house.clock.advance(hours=1, minutes=59)
    assert [await each.opens() for each in (old, new)] == [(200, "")] * 2
    house.clock.advance(minutes=1)
    assert [await each.opens() for each in (old, new)] == [(401, "api_key_ended"), (200, "")]
    ann = await again(ann)
    at_once = key_in(house, await own(ann, "POST", f"/me/api-keys/{new.id}/rotate", {"old_until": at(house)}))
    assert [await each.opens() for each in (new, at_once)] == [(401, "api_key_ended"), (200, "")]


async def test_a_key_that_is_rotated_never_gets_back_what_its_owner_lost(office: Office) -> None:
    house, _ = office
    cho = await a_staff(house, "cho_2026", "user_admin")
    old = await a_key(cho, scopes=["stocks.read", "users.read"])
    await holding(house, cho.id, "user")
    new = key_in(house, await own(cho, "POST", f"/me/api-keys/{old.id}/rotate", {}))
    assert new.told["scopes"] == ["stocks.read"]


@pytest.mark.parametrize("move", ["ban", "sleep", "delete"])
async def test_the_keys_of_an_account_that_is_not_normal_open_nothing_and_do_not_come_back(move: MoveName, office: Office) -> None:
    """Clause 42."""
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    key = await a_key(ann)
    await becomes(house, ann.member, move)
    assert await key.opens() == (401, "api_key_ended")
    back: dict[str, MoveName] = {"ban": "lift", "sleep": "wake", "delete": "restore"}
    await becomes(house, ann.member, back[move])
    assert await key.opens() == (401, "api_key_ended")


async def test_whoever_forgets_to_end_the_keys_leaves_none_that_opens(office: Office) -> None:
    """The account is asked at every request, and not only when it changes."""
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    key = await a_key(ann)
    await work(house, built(house.app).identity.move, ann.id, "ban", by=ADMIN)
    assert await key.opens() == (403, "account_inactive")


async def test_what_is_no_key_costs_no_glance_and_tells_nothing(office: Office) -> None:
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    key = await a_key(ann)
    for text in (key.text[:-1], key.text + "0", PREFIX + key.text.removeprefix(PREFIX).swapcase(), PREFIX, key_text(b"\x01" * 29).reveal()):
        answer = await Key(house, "", text, {}).ask("GET", "/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "api_key_invalid")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert (await Key(house, "", key.text[:-1], {}).ask("GET", "/healthz")).status_code == 200


async def test_nobody_reaches_the_keys_of_others_but_administrators_who_reach_their_owner(office: Office) -> None:
    house, master = office
    ann, bob, cho = await a_staff(house, "ann_2026"), await a_staff(house, "bob_2026"), await a_staff(house, "cho_2026", "user_admin")
    key, masters = await a_key(ann), await a_key(master)
    for method, path in (("DELETE", f"/me/api-keys/{key.id}"), ("POST", f"/me/api-keys/{key.id}/rotate")):
        assert (await own(bob, method, path, {})).status_code == 404
    await bob.refused(403, "denied", "GET", "/api-keys")
    await bob.refused(403, "denied", "DELETE", f"/api-keys/{key.id}")
    page = await cho.done("GET", f"/api-keys?user_id={ann.id}")
    assert [(each["id"], each["user_id"], each["created_by"]) for each in page["api_keys"]] == [(key.id, ann.id, f"user:{ann.id}")]
    first = await cho.done("GET", "/api-keys?limit=1")
    rest = await cho.done("GET", f"/api-keys?after={first['next']}")
    assert [each["id"] for each in (*first["api_keys"], *rest["api_keys"])] == sorted([masters.id, key.id], reverse=True)
    await cho.refused(403, "master_only", "DELETE", f"/api-keys/{masters.id}")
    await cho.done("DELETE", f"/api-keys/{key.id}")
    assert [await each.opens() for each in (key, masters)] == [(401, "api_key_ended"), (200, "")]
    await letter_to(house, ann.member.email, "api_key_revoked_by_admin")
    await cho.refused(404, "missing", "DELETE", f"/api-keys/{key.id}")


async def test_ending_everything_of_somebody_ends_their_keys(office: Office) -> None:
    house, master = office
    ann = await a_staff(house, "ann_2026")
    keys = [await a_key(ann), await a_key(ann)]
    await master.done("DELETE", f"/users/{ann.id}/sessions")
    assert [await each.opens() for each in keys] == [(401, "api_key_ended")] * 2
    assert "2" in (await letter_to(house, ann.member.email, "api_keys_revoked_by_admin")).text


async def test_keys_are_bounded_in_number_and_in_haste(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path, apikeys__most_per_user="2", apikeys__made_per_hour="3") as (house, _):
        ann = await a_staff(house, "ann_2026")
        first, _second = await a_key(ann), await a_key(ann)
        full = await own(ann, "POST", "/me/api-keys", ONE)
        assert (full.status_code, full.json()["code"]) == (409, "api_keys_full")
        await own(ann, "DELETE", f"/me/api-keys/{first.id}")
        third = await a_key(ann)
        await own(ann, "DELETE", f"/me/api-keys/{third.id}")
        fast = await own(ann, "POST", "/me/api-keys", ONE)
        assert (fast.status_code, fast.json()["code"], fast.headers["retry-after"]) == (429, "api_keys_too_many", "3601")
        house.clock.advance(hours=1, seconds=1)
        await a_key(await again(ann))


async def test_what_is_kept_of_a_key_is_taken_along_without_the_key(office: Office) -> None:
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    key = await a_key(ann)
    (told,) = (await own(ann, "GET", "/me/export")).json()["parts"]["apikeys"]["api_keys"]
    assert (told["id"], told["name"], told["scopes"]) == (key.id, ONE["name"], ["stocks.read"])
    assert not {"key_hash", "created_by", "user_id"} & told.keys()


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "  "}, {"name": "a\u0000b"}, {"name": "x" * 61}, {"name": "a", "scopes": "b"}, []]
)
async def test_bad_input_is_named_and_makes_nothing(body: object, office: Office) -> None:
    house, _ = office
    ann = await a_staff(house, "ann_2026")
    refused = await own(ann, "POST", "/me/api-keys", body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"] in ("name", "scopes", "body")
    assert (await own(ann, "GET", "/me/api-keys")).json()["api_keys"] == []


def test_a_route_that_asks_for_a_person_cannot_be_opened_to_keys_by_mistake() -> None:
    """Clause 24: the mistake stops the start."""
    for careful in ({"max_age": timedelta(minutes=5)}, {"aal": 2}):
        for keys in ("too", "only"):
            with pytest.raises(ValueError, match="authenticate again"):
                Requires("users.manage", keys=keys, **careful)
