"""Who is known by an access token, and for how long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from jwt.types import Options
from tests.features.sessions.rooms import ANN, ISSUER, Room, a_ring, a_room
from tests.house import a_house

from daemun.adapters.keyring import SharedKeyring
from daemun.adapters.system import SystemEntropy
from daemun.core.secret import Secret
from daemun.features.sessions import InvalidToken, Sessions, SessionSettings
from daemun.features.sessions.recognised import Recognised
from daemun.ports.keyring import Keyring

SHARED = Secret("f4b0c1d2e3a49586f7081929304a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c")

ANY_TIME: Options = {"verify_exp": False, "verify_iat": False}  # the house has its own clock


@pytest.fixture
async def room(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(sqlite_url, tmp_path) as opened:
        yield opened


def elsewhere(room: Room, *, ring: Keyring | None = None, issuer: str = ISSUER) -> Sessions:
    """Another process on the same clock; with other keys or another name, another house."""
    return Sessions.of(SessionSettings(), ring or room.ring, issuer=issuer, clock=room.clock, entropy=SystemEntropy())


async def test_a_token_is_known_in_every_process(room: Room) -> None:
    token = (await room.open()).access.reveal()
    claims = room.sessions.claims_of(token)
    assert (claims.user_id, claims.handle, claims.email, claims.name) == (ANN.user_id, ANN.handle, ANN.email, ANN.name)
    assert elsewhere(room).claims_of(token) == room.sessions.claims_of(token) == claims


async def test_a_remembered_token_ends_with_its_second(room: Room) -> None:
    token = (await room.open()).access.reveal()
    room.sessions.claims_of(token)
    room.clock.advance(minutes=15)
    for _ in range(2):
        with pytest.raises(InvalidToken):
            room.sessions.claims_of(token)


async def test_a_remembered_token_goes_with_its_key(room: Room) -> None:
    """A key that was dropped takes everything along that was verified with it."""
    long = SessionSettings(access_lifetime=timedelta(hours=12))
    sessions = Sessions.of(long, room.ring, issuer=ISSUER, clock=room.clock, entropy=SystemEntropy())
    pair = await room.work(sessions.open, ANN, remember=False)
    sessions.claims_of(pair.access.reveal())
    room.ring.rotate("signing")
    assert sessions.claims_of(pair.access.reveal()).user_id == ANN.user_id
    room.clock.advance(minutes=20)
    with pytest.raises(InvalidToken):
        sessions.claims_of(pair.access.reveal())


async def test_a_token_signed_with_a_retired_key_stays_good(room: Room) -> None:
    pair = await room.open()
    room.ring.rotate("signing")
    assert room.sessions.claims_of(pair.access.reveal()).session_id == pair.session_id


async def test_a_token_of_another_house_is_refused(room: Room, tmp_path: Path) -> None:
    """RFC 8725 3.8: keys belong to an issuer. Clause 72."""
    token = (await room.open()).access.reveal()
    strangers = [elsewhere(room, issuer="https://other.example"), elsewhere(room, ring=a_ring(tmp_path / "other", room.clock))]
    for each in strangers:
        with pytest.raises(InvalidToken):
            each.claims_of(token)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 10_000, "\ud800", "?" * 300, "é.é.é"])
async def test_what_is_no_token_is_refused_and_not_remembered(room: Room, token: str) -> None:
    with pytest.raises(InvalidToken):
        room.sessions.claims_of(token)
    assert len(room.sessions.recognised) == 0


async def test_a_session_token_is_no_refresh_token_nor_the_other_way_round(room: Room) -> None:
    """RFC 8725 3.12. Clause 74."""
    pair = await room.open()
    with pytest.raises(InvalidToken):
        room.sessions.claims_of(pair.refresh.reveal())
    await room.refused(pair.access, "refresh_invalid")


async def test_memory_is_bounded_and_forgets_the_oldest(room: Room) -> None:
    seen = Recognised(most=2)
    claims, key = room.sessions.claims_of((await room.open()).access.reveal()), room.ring.signing()
    for token in ("one", "two", "three"):
        seen.add(token, claims, key)
    assert len(seen) == 2
    assert (seen.find("one"), seen.find("two"), seen.find("three")) == (None, (claims, key), (claims, key))
    assert "three" not in repr(seen)


async def test_the_published_keys_have_no_private_part_and_verify(room: Room) -> None:
    """RFC 7517, RFC 8037 2."""
    room.ring.rotate("signing")
    published = room.sessions.jwks()
    assert len(published["keys"]) == 3  # retired, active, next
    for key in published["keys"]:
        assert key.keys() == {"kty", "crv", "x", "kid", "alg", "use"}
    token = (await room.open()).access.reveal()
    pyjwk = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(token)["kid"]]
    told = jwt.decode(token, pyjwk, algorithms=["EdDSA"], audience="daemun", issuer=ISSUER, options=ANY_TIME)
    assert (told["sub"], told["user_db_id"], told["type"]) == (ANN.handle, ANN.user_id, "access")


async def test_a_shared_secret_signs_for_those_who_hold_it_and_is_not_published(room: Room) -> None:
    """The KRX guide's HS256."""
    sessions = elsewhere(room, ring=SharedKeyring(SHARED, room.ring))
    token = (await room.work(sessions.open, ANN, remember=False)).access.reveal()
    assert sessions.jwks() == {"keys": []}
    assert sessions.claims_of(token).handle == ANN.handle
    told = jwt.decode(token, SHARED.reveal(), algorithms=["HS256"], audience="daemun", options=ANY_TIME)
    assert told["user_db_id"] == ANN.user_id
    with pytest.raises(InvalidToken):
        room.sessions.claims_of(token)


async def test_anybody_may_fetch_the_published_keys(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        answer = await house.client().get("/.well-known/jwks.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jwk-set+json")
    assert "max-age" in answer.headers["cache-control"]
    assert {each["use"] for each in answer.json()["keys"]} == {"sig"}
    assert not any("d" in each for each in answer.json()["keys"])


def sentences(**rules: Any) -> list[str]:
    return [english for _, english in SessionSettings(**rules).wrong("prod")]


def test_settings_that_do_not_go_together_stop_the_start() -> None:
    assert sentences() == []
    assert sentences(algorithm="HS256", shared_secret=SHARED) == []
    assert "JWT_SECRET_KEY" in sentences(algorithm="HS256")[0]
    for wrong in (
        {"access_lifetime": timedelta(0)},
        {"access_lifetime": timedelta(days=2)},
        {"refresh_lifetime": timedelta(minutes=1)},
        {"refresh_idle": timedelta(minutes=1)},
        {"grace": timedelta(hours=1)},
        {"grace": timedelta(seconds=-1)},
        {"most_per_user": 0},
        {"audience": ""},
    ):
        assert sentences(**wrong), wrong
