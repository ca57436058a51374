"""RFC 7009: tokens and keys are revoked by whoever holds them and may; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.apikeys.keeping import Key, a_key
from tests.features.oidc.asking import a_service, introspected, pair_of, post, revoked
from tests.features.people.administering import Staff, a_staff, an_office, listening
from tests.house import House
from tests.mailbox import letter_to


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, Staff]]:
    async with an_office(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def house(office: tuple[House, Staff]) -> House:
    return office[0]


@pytest.fixture
async def ann(house: House) -> Staff:
    return await a_staff(house, "ann_2026")


@pytest.fixture
async def service(house: House) -> Key:
    return await a_service(house, "tokens.introspect", "tokens.revoke")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("hint", ["", "dragon"])
async def test_revoking_either_token_ends_the_login_with_both(which: int, hint: str, house: House, ann: Staff, service: Key) -> None:
    pair, other, ear = await pair_of(ann), await pair_of(ann), listening(house)
    answer = await revoked(service, pair[which], token_type_hint=hint)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await ann.client.get("/me", token=pair[0])).json()["code"] == "session_ended"
    assert (await ann.client.refresh(pair[1])).status_code == 401
    assert ("session.end.success", {"reason": "revoked", "count": 1}) in ear.told()
    assert (await introspected(service, other[0]))["active"], "the other login goes on"


async def test_a_refresh_token_that_was_used_already_ends_its_login_too(ann: Staff, service: Key) -> None:
    """RFC 7009 2.1: and the access tokens of the same grant."""
    _, old = await pair_of(ann)
    new = (await ann.client.refresh(old)).json()
    assert (await revoked(service, old)).status_code == 200
    assert (await ann.client.get("/me", token=new["access_token"])).status_code == 401


async def test_a_key_that_was_found_is_revoked_by_whoever_hands_it_in(house: House, ann: Staff, service: Key) -> None:
    key = await a_key(ann)
    assert (await revoked(service, key.text)).status_code == 200
    assert await key.opens() == (401, "api_key_ended")
    assert ann.member.email in repr(await letter_to(house, ann.member.email, "api_key_revoked_by_program"))


async def test_a_key_may_give_itself_back(service: Key) -> None:
    assert (await revoked(service, service.text)).status_code == 200
    assert await service.opens() == (401, "api_key_ended")


async def test_what_nobody_has_or_is_over_is_revoked_as_asked_for(house: House, ann: Staff, service: Key) -> None:
    """Clause 76: RFC 7009 2.2: unknown and expired tokens are 200, and an unknown hint changes nothing."""
    access, refresh = await pair_of(ann)
    await ann.client.log_out(refresh)
    ear = listening(house)
    for token in ("x", "a.b.c", access, refresh, refresh[:-2] + "AA", access[:-2] + "AA", "daemun_" + "0" * 45):
        assert (await revoked(service, token, token_type_hint="dragon")).status_code == 200
    assert ear.told() == []


async def test_the_token_of_somebody_out_of_reach_is_left_untouched(office: tuple[House, Staff], service: Key) -> None:
    """Clause 76: RFC 7009 2.1: the caller is told, and nothing ends. Whom a key reaches is the rule of every administrator."""
    house, master = office
    tokens = [*await pair_of(master), (await a_key(master)).text]
    ear = listening(house)
    for token in tokens:
        refused = await revoked(service, token)
        assert (refused.status_code, refused.json()["error"], refused.json()["code"]) == (400, "invalid_grant", "token_of_another")
        assert (await introspected(service, token))["active"]
    assert [each for each in ear.names() if each.startswith("token.")] == ["token.revoke.denied"] * 3


async def test_only_a_key_with_the_scope_revokes(house: House, ann: Staff) -> None:
    access, _ = await pair_of(ann)
    reading = await a_service(house, "tokens.introspect", handle="reader_1")
    assert (await post(reading, "/oauth/revoke", {"token": access})).json()["code"] == "denied"
    by_login = await ann.client.http.post("/oauth/revoke", data={"token": access}, headers={"authorization": f"Bearer {access}"})
    assert (by_login.status_code, by_login.json()["code"]) == (403, "api_key_due")
    assert (await ann.client.http.post("/oauth/revoke", data={"token": access})).status_code == 401
    assert (await introspected(reading, access))["active"]
