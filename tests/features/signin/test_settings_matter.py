"""What an operator sets is what happens."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from tests.house import Client, House, Member, a_house, a_member

SHARED = "q8Zr3vN1xTb6Lw0KpYc9GdHs5JfAeUm2RiXoQzVtB4n7"


def header(token: str) -> dict[str, Any]:
    part = token.split(".", maxsplit=1)[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def logged_in(house: House, *, remember: bool = False) -> tuple[Client, dict[str, Any]]:
    client = house.client()
    await a_member(client)
    tokens: dict[str, Any] = (await client.log_in(Member(), remember=remember)).json()
    return client, tokens


async def test_the_nist_policy_wants_length_and_no_composition(sqlite_url: str, tmp_path: Path) -> None:
    """NIST 800-63B-4 3.1.1.2. Clauses 1, 3."""
    async with a_house(sqlite_url, tmp_path, identity__password_policy="nist") as house:
        client = house.client()
        short = await client.sign_up(Member(password="Maru-Bada-72!"))
        assert short.status_code == 400
        assert [each["code"] for each in short.json()["errors"]] == ["password_too_short"]
        assert (await client.sign_up(Member(password="가나다 마루 바다 구름 하늘 돌비"))).status_code == 201


async def test_hs256_signs_with_the_shared_secret_and_publishes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path, sessions__algorithm="HS256", sessions__shared_secret=SHARED) as house:
        client, tokens = await logged_in(house)
        assert header(tokens["access_token"])["alg"] == "HS256"
        claims = jwt.decode(
            tokens["access_token"], SHARED, algorithms=["HS256"], audience="daemun", options={"verify_exp": False, "verify_iat": False}
        )
        assert claims["sub"] == "ann_2026"
        assert (await client.get("/.well-known/jwks.json")).json() == {"keys": []}
        assert (await client.get("/me", token=tokens["access_token"])).status_code == 200


async def test_eddsa_tokens_verify_with_the_published_keys_in_another_library(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        client, tokens = await logged_in(house)
        keys = jwt.PyJWKSet.from_dict((await client.get("/.well-known/jwks.json")).json())
        kid = header(tokens["access_token"])["kid"]
        claims = jwt.decode(
            tokens["access_token"],
            keys[kid].key,
            algorithms=["EdDSA"],
            audience="daemun",
            options={"verify_exp": False, "verify_iat": False},
        )
        assert claims["type"] == "access"
        assert header(tokens["access_token"])["typ"] == "at+jwt"


async def test_a_rotated_key_signs_what_is_new_and_verifies_what_is_out(sqlite_url: str, tmp_path: Path) -> None:
    from tests.house import built

    async with a_house(sqlite_url, tmp_path) as house:
        client, tokens = await logged_in(house)
        built(house.app).keyring.rotate("signing")
        built(house.app).keyring.rotate("refresh")
        assert (await client.get("/me", token=tokens["access_token"])).status_code == 200
        house.clock.advance(minutes=1)
        renewed = (await client.refresh(tokens["refresh_token"])).json()
        assert header(renewed["access_token"])["kid"] != header(tokens["access_token"])["kid"]
        assert (await client.get("/me", token=renewed["access_token"])).status_code == 200
        house.clock.advance(minutes=25)
        assert (await client.get("/me", token=tokens["access_token"])).status_code == 401


async def test_reuse_keeps_the_first_refresh_token_until_its_end(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path, sessions__refresh_mode="reuse") as house:
        client, tokens = await logged_in(house, remember=True)
        for _ in range(3):
            house.clock.advance(days=9)
            answer = await client.refresh(tokens["refresh_token"])
            assert (answer.status_code, answer.json()["refresh_token"]) == (200, tokens["refresh_token"])
        house.clock.advance(days=9)
        assert (await client.refresh(tokens["refresh_token"])).status_code == 401


async def test_without_remember_me_a_day_unused_ends_it(sqlite_url: str, tmp_path: Path) -> None:
    """Clause 69."""
    async with a_house(sqlite_url, tmp_path) as house:
        client, tokens = await logged_in(house)
        house.clock.advance(hours=25)
        assert (await client.refresh(tokens["refresh_token"])).json()["code"] == "refresh_expired"


async def test_with_remember_me_it_lasts_thirty_days_and_no_longer(sqlite_url: str, tmp_path: Path) -> None:
    """ASVS 5.0 10.4.8: an absolute end, even when sliding. Clauses 11, 58."""
    async with a_house(sqlite_url, tmp_path) as house:
        client, tokens = await logged_in(house, remember=True)
        for _ in range(5):
            house.clock.advance(days=5, hours=23)
            answer = await client.refresh(tokens["refresh_token"])
            assert answer.status_code == 200
            tokens = answer.json()
        house.clock.advance(days=1)
        assert (await client.refresh(tokens["refresh_token"])).json()["code"] == "refresh_expired"


async def test_sign_up_can_be_closed(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path, identity__signup="invite") as house:
        answer = await house.client().sign_up(Member())
        assert (answer.status_code, answer.json()["code"]) == (403, "signup_closed")


async def test_the_documents_own_names_are_read(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"JWT_ACCESS_TOKEN_EXPIRE_MINUTES=60\nMAX_LOGIN_ATTEMPTS=2\nDATABASE_URL={sqlite_url}\nPASSWORD_MIN_LENGTH=10\n"
    )
    async with a_house(sqlite_url, tmp_path) as house:
        client, tokens = await logged_in(house)
        assert tokens["expires_in"] == 3600
        codes = [(await client.log_in(Member(), password="Wrong-Pass-11!")).status_code for _ in range(3)]
        assert codes == [401, 401, 429]
        assert (await client.sign_up(Member(handle="other", email="o@example.com", password="Ab1!xyzq"))).status_code == 400


async def test_counts_live_in_valkey_when_it_is_configured(sqlite_url: str, valkey_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path, valkey_url=valkey_url) as house, a_house(sqlite_url, tmp_path, valkey_url=valkey_url) as twin:
        await a_member(house.client())
        for each in (house, twin, house, twin, house):
            assert (await each.client().log_in(Member(), password="Wrong-Pass-11!")).status_code == 401
        assert (await twin.client().log_in(Member())).status_code == 429


@pytest.mark.parametrize("password", [" leading and trailing 1A! ", "비밀번호-Maru-구름-72!", "é" * 20 + "Aa1!x", "A1!" + "긴" * 200])
async def test_every_character_of_a_password_counts(sqlite_url: str, tmp_path: Path, password: str) -> None:
    """NIST 800-63B-4 3.1.1.2: spaces, Unicode, length; nothing trimmed, nothing truncated. Clauses 2, 5."""
    async with a_house(sqlite_url, tmp_path, identity__password_require_lowercase="false") as house:
        client = house.client()
        await a_member(client, password=password)
        assert (await client.log_in(Member(), password=password)).status_code == 200
        for other in (password.strip() + "x", password[:-1], password[:72] if len(password) > 72 else password + " "):
            assert (await client.log_in(Member(), password=other)).status_code == 401


@pytest.mark.parametrize("posture", ["halo", "strict"])
async def test_a_stricter_posture_takes_the_documents_flat_five_a_minute(sqlite_url: str, tmp_path: Path, posture: str) -> None:
    (tmp_path / ".env").write_text(f"DAEMUN_GUARD_POSTURE={posture}\n")
    async with a_house(sqlite_url, tmp_path) as house:
        codes = [(await house.client().log_in(Member(handle=f"ghost_{number}"))).status_code for number in range(6)]
        assert codes == [401] * 5 + [429]
