"""RFC 7662: a service asks whether a token is alive; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.apikeys.keeping import Key, a_key, own
from tests.features.oidc.asking import a_service, introspected, pair_of, post
from tests.features.people.administering import Staff, a_staff, holding
from tests.features.people.recovering import ADMIN, work
from tests.house import House, a_house, built

DEAD = {"active": False}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path, identity__signups_per_address="1000") as opened:
        yield opened


@pytest.fixture
async def ann(house: House) -> Staff:
    return await a_staff(house, "ann_2026")


@pytest.fixture
async def service(house: House) -> Key:
    return await a_service(house, "tokens.introspect")


async def test_of_a_live_token_of_each_kind_it_is_told_whose_it_is_and_what_it_may(house: House, ann: Staff, service: Key) -> None:
    access, refresh = await pair_of(ann)
    told = await introspected(service, access)
    now = int(house.clock.now().timestamp())
    assert told == {
        "active": True,
        "kind": "access",
        "token_type": "Bearer",
        "iss": "http://localhost:8000",
        "aud": "daemun",
        "sub": "ann_2026",
        "username": "ann_2026",
        "user_db_id": ann.id,
        "client_id": "daemun",
        "scope": "stocks.read",
        "acr": "aal1",
        "auth_time": now,
        "iat": now,
        "exp": now + 900,
        "jti": told["jti"],
        "sid": told["sid"],
    }
    of_refresh = await introspected(service, refresh)
    assert {name: of_refresh[name] for name in ("active", "kind", "token_type", "sid", "exp")} == {
        "active": True,
        "kind": "refresh",
        "token_type": "N_A",
        "sid": told["sid"],
        "exp": now + 86_400,
    }
    assert "scope" not in of_refresh
    key = await a_key(ann)
    of_key = await introspected(service, key.text)
    assert (of_key["kind"], of_key["scope"], of_key["client_id"], of_key["user_db_id"]) == ("api_key", "stocks.read", key.id, ann.id)
    assert of_key["exp"] == now + 90 * 86_400


async def test_looking_at_a_refresh_token_does_not_use_it(ann: Staff, service: Key) -> None:
    _, refresh = await pair_of(ann)
    for _ in range(3):
        assert (await introspected(service, refresh))["active"]
    renewed = await ann.client.refresh(refresh)
    assert renewed.status_code == 200
    assert await introspected(service, refresh) == DEAD, "it was used: its successor is the one that lives"
    assert (await introspected(service, renewed.json()["refresh_token"]))["active"]


async def test_of_what_is_dead_only_that_is_told(house: House, ann: Staff, service: Key) -> None:
    """Clause 77: RFC 7662 2.2: forged, foreign, expired, ended, revoked: one answer for all."""
    access, refresh = await pair_of(ann)
    key = await a_key(ann)
    _, payload, signature = access.split(".")
    forged = (
        f"{payload}.{payload}.{signature}",
        access[:-4] + "AAAA",
        refresh[:-4] + "AAAA",
        key.text[:-1] + ("1" if key.text.endswith("0") else "0"),
        "x",
        "a.b.c",
        "daemun_",
    )
    for token in forged:
        assert await introspected(service, token) == DEAD
    await ann.client.log_out(refresh)
    await own(ann, "DELETE", f"/me/api-keys/{key.id}")
    for token in (access, refresh, key.text):
        assert await introspected(service, token) == DEAD
    access, refresh = await pair_of(ann)
    key = await a_key(ann, expires_at=house.clock.now().replace(hour=10).isoformat())
    house.clock.advance(minutes=15)
    assert await introspected(service, access) == DEAD
    assert (await introspected(service, refresh))["active"]
    house.clock.advance(days=1)
    for token in (access, refresh, key.text):
        assert await introspected(service, token) == DEAD


async def test_of_somebody_who_is_not_normal_nothing_is_alive(house: House, ann: Staff, service: Key) -> None:
    access, refresh = await pair_of(ann)
    key = await a_key(ann)
    # Nothing is ended here but the account: what is asked is the account itself.
    await work(house, built(house.app).identity.move, ann.id, "ban", by=ADMIN)
    for token in (access, refresh, key.text):
        assert await introspected(service, token) == DEAD


async def test_what_it_may_is_what_it_may_at_this_moment(house: House, ann: Staff, service: Key) -> None:
    access, _ = await pair_of(ann)
    key = await a_key(ann)
    await holding(house, ann.id, "auditor")
    assert "users.read" in (await introspected(service, access))["scope"].split()
    await holding(house, ann.id)
    assert [(await introspected(service, each))["scope"] for each in (access, key.text)] == ["", ""]


async def test_strangers_are_told_nothing(house: House, ann: Staff) -> None:
    """Clause 77: the caller authenticates, by a key with the scope for it; no login will do, and no key without the scope."""
    access, _ = await pair_of(ann)
    body = {"token": access}
    nobody = await ann.client.http.post("/oauth/introspect", data=body)
    assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")
    admin = await a_staff(house, "cho_2026", "admin")
    for token, code in ((admin.token, "api_key_due"), (access, "api_key_due")):
        refused = await ann.client.http.post("/oauth/introspect", data=body, headers={"authorization": f"Bearer {token}"})
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    for key in (await a_key(admin, scopes=["users.read", "tokens.revoke"]), await a_key(ann)):
        refused = await post(key, "/oauth/introspect", body)
        assert (refused.status_code, refused.json()["code"], "active" in refused.json()) == (403, "denied", False)


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "api_key", "dragon", ""])
async def test_a_hint_is_no_more_than_that(hint: str, ann: Staff, service: Key) -> None:
    for token in await pair_of(ann):
        assert (await introspected(service, token, token_type_hint=hint))["active"]


async def test_what_is_no_form_with_one_token_is_told_so(service: Key) -> None:
    for body, kind in (
        (b"", FORM),
        (b"token=", FORM),
        (b"token=a&token=b", FORM),
        (b"token=" + b"a" * 9000, FORM),
        (b"token=%ff", FORM),
        (b'{"token": "a"}', "application/json"),
    ):
        headers = {"authorization": f"Bearer {service.text}", "content-type": kind}
        answer = await service.house.client().http.post("/oauth/introspect", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), body
    by_address = await service.ask("POST", "/oauth/introspect?token=abc")
    assert by_address.status_code == 400, "an address stands in logs"


async def test_the_house_says_of_itself_where_this_is_done(house: House) -> None:
    """RFC 8414 2: what it says leads somewhere."""
    told = (await house.client().get("/.well-known/oauth-authorization-server")).json()
    assert told["issuer"] == "http://localhost:8000"
    for name in ("introspection", "revocation"):
        assert told[f"{name}_endpoint_auth_methods_supported"] == ["Bearer"]
        path = told[f"{name}_endpoint"].removeprefix(told["issuer"])
        assert (await house.client().post(path)).status_code == 401
    assert (await house.client().get(told["jwks_uri"].removeprefix(told["issuer"]))).json()["keys"]
    assert told["grant_types_supported"] == told["response_types_supported"] == []
