"""What an attacker tried, and what the house does now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update
from tests.house import House, Member, a_house, a_member, built

from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.core.secret import Secret
from daemun.features.identity.store import login_history, users
from daemun.ports.database import Transaction, Work
from daemun.ports.hasher import Verdict


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


class FullPool:
    """A hasher in a storm: every place is taken."""

    async def hash(self, password: Secret) -> str:
        raise Unavailable

    async def verify(self, password: Secret, encoded: str | None) -> Verdict:
        raise Unavailable


async def test_a_storm_of_logins_does_not_lock_out_those_who_are_in_it(house: House) -> None:
    client = house.client()
    await a_member(client)
    identity = built(house.app).identity
    real = identity.hasher
    object.__setattr__(identity, "hasher", FullPool())
    assert [(await client.log_in(Member())).status_code for _ in range(12)] == [503] * 12
    object.__setattr__(identity, "hasher", real)
    assert (await client.log_in(Member())).status_code == 200


async def test_what_is_refused_without_cost_leaves_one_mark_a_window(house: House) -> None:
    client = house.client()
    await a_member(client)
    for _ in range(40):
        await client.log_in(Member(), password="Wrong-Pass-11!")

    def marks(tx: Transaction) -> int:
        found = tx.one(select(func.count()).select_from(login_history))
        return int(found[0]) if found else 0

    assert await built(house.app).database.read(marks) == 6


@pytest.mark.parametrize("spelling", ["john_doe", "JOHN_DOE", "ｊｏｈｎ_ｄｏｅ", " john_doe "])
@pytest.mark.parametrize("exists", [True, False])
async def test_another_spelling_is_the_same_counter_whether_the_account_exists_or_not(house: House, spelling: str, exists: bool) -> None:
    """ASVS 5.0 6.3.8. Clause 26."""
    john = Member(handle="john_doe", email="john@example.com")
    if exists:
        await a_member(house.client(), john)
    for number in range(5):
        await house.client(f"198.51.100.{number}").log_in(john, password="Wrong-Pass-11!")
    answer = await house.client("203.0.113.200").post("/auth/login", {"user_id": spelling, "password": "Wrong-Pass-11!"})
    assert answer.status_code == 429


async def test_households_of_one_ipv6_neighbourhood_are_bounded_together(house: House) -> None:
    codes = [
        (await house.client(f"2001:db8:1:{number:x}::1").log_in(Member(handle=f"ghost_{number}"))).status_code for number in range(1, 305)
    ]
    assert (codes.count(401), codes.count(429)) == (300, 4)


@pytest.mark.parametrize("text", ["\ud800", "ab\udfffcd", "\x9b31mred", "a\u2028b", "\u202eabc", "\u200b\u200b\u200b", "\u0000ab"])
async def test_text_that_cannot_be_stored_or_would_deceive_is_malformed(house: House, text: str) -> None:
    client = house.client()
    for path, body in (("/auth/signup", Member().form | {"name": text}), ("/auth/login", {"user_id": text, "password": "x"})):
        escaped = await client.http.post(path, content=_json(body), headers={"content-type": "application/json"})
        expected = (401,) if path.endswith("login") and text == "\u200b\u200b\u200b" else (400, 422)
        assert escaped.status_code in expected, (path, escaped.text)


@pytest.mark.parametrize("handle", ["admin", "Root", "SYSTEM", "daemun"])
async def test_nobody_signs_up_as_the_house(house: House, handle: str) -> None:
    assert (await house.client().sign_up(Member(handle=handle))).json()["code"] == "handle_taken"


async def test_logins_at_once_on_an_outdated_hash_all_come_in(house: House) -> None:
    await a_member(house.client())
    # As imported: the same password, hashed without the pepper.
    plain = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(Member().password)

    def outdate(work: Work) -> None:
        work.run(update(users).values(password=plain))

    await built(house.app).database.work(outdate, Circumstance())
    answers = await asyncio.gather(*(house.client().log_in(Member()) for _ in range(3)))
    assert [each.status_code for each in answers] == [200, 200, 200]


async def test_a_trailing_slash_is_not_found_and_sends_no_password_on(house: House) -> None:
    """RFC 9700: no redirect that forwards credentials. Clause 68."""
    answer = await house.client().post("/auth/login/", {"user_id": "x", "password": "y"}, headers={"host": "evil.example"})
    assert (answer.status_code, "location" in answer.headers) == (404, False)


async def test_a_large_body_is_refused_before_it_is_read(house: House) -> None:
    body = b'{"a":[' + b"[]," * 30_000 + b"[]]}"
    answer = await house.client().http.post("/auth/login", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/한글", "/%0d%0aset-cookie:x", "/a?q=%0d%0a"])
async def test_a_redirect_goes_to_the_configured_address_whatever_is_asked(tmp_path: Path, path: str) -> None:
    """Clause 65."""
    more = {"https_redirect": "true", "public_url": "https://gate.example"}
    async with a_house(f"sqlite:///{tmp_path}/daemun.db", tmp_path, **more) as secure:
        answer = await secure.client().get(path, headers={"host": "evil.example"})
        assert answer.status_code == 308
        location = answer.headers["location"]
        assert location.startswith("https://gate.example/")
        assert location.isascii()
        assert "\r" not in location


async def test_an_error_of_the_database_takes_no_secret_into_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Clause 62."""
    from sqlalchemy import text

    def sabotage(work: Work) -> None:
        work.run(text("ALTER TABLE daemun_users RENAME TO elsewhere"))

    await built(house.app).database.work(sabotage, Circumstance())
    answer = await house.client().log_in(Member(handle="private_name"), password="Private-Pass-77!")
    assert answer.status_code == 500
    assert "private_name" not in caplog.text
    assert "Private-Pass" not in caplog.text


def _json(body: object) -> bytes:
    import json

    return json.dumps(body).encode()
