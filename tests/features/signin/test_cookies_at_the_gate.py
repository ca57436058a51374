"""Who is known by a cookie, at the real gate and on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.house import House, Member, a_house, a_member, built

from daemun.app.build import House as Built
from daemun.core.actor import SYSTEM
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.features.identity import Someone, User
from daemun.features.sessions import BrowserSession, Holder, SessionEnded
from daemun.features.signin.recognise import WHOSE
from daemun.ports.database import micros
from daemun.web.visit import Visit


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


async def person(house: House, member: Member) -> User:
    made = built(house.app)
    found = await made.database.read(lambda tx: made.identity.find(tx, member.handle))
    assert found is not None
    return found


async def browse(house: House, member: Member, *, remember: bool = False) -> BrowserSession:
    made, user = built(house.app), await person(house, member)
    holder = Holder(user.id, user.handle, user.email, user.name)
    return await made.database.work(lambda work: made.sessions.open_browser(work, holder, remember=remember), Circumstance())


async def known(house: House, value: str) -> tuple[int, str]:
    """The status of /me, and whose it is or which code refused it."""
    name = built(house.app).pages.jar.name("session")
    answer = await house.client().get("/me", headers={"cookie": f"{name}={value}"})
    told = answer.json()
    return answer.status_code, told.get("user_id") or told["code"]


async def actor(made: Built, value: str) -> object:
    return await made.recogniser.known(made.database, made.recogniser.signed_cookie(value), Circumstance())


async def test_a_cookie_opens_what_its_owner_may_see(house: House) -> None:
    ann, bob = await a_member(house.client()), await a_member(house.client(), handle="bob_2026", email="bob@example.com")
    anns, bobs = await browse(house, ann), await browse(house, bob)
    assert await known(house, anns.cookie.reveal()) == (200, "ann_2026")
    assert await known(house, bobs.cookie.reveal()) == (200, "bob_2026")
    assert await known(house, anns.session_id) == (401, "invalid_cookie")
    assert await known(house, anns.cookie.reveal()[:-2] + "AA") == (401, "invalid_cookie")


async def test_a_cookie_is_worth_nothing_at_the_next_request_after_its_session_ended(house: House) -> None:
    """Clause 41: ASVS 7.4.1."""
    ann, made = await a_member(house.client()), built(house.app)
    given, user = await browse(house, ann), await person(house, ann)
    assert await known(house, given.cookie.reveal()) == (200, "ann_2026")
    await made.database.work(lambda work: made.sessions.end_all(work, user.id, "password_changed", by=SYSTEM), Circumstance())
    assert await known(house, given.cookie.reveal()) == (401, "session_ended")
    house.clock.advance(days=40)
    assert await known(house, given.cookie.reveal()) == (401, "session_ended")


async def test_the_gate_says_how_sure_it_is_and_since_when(house: House) -> None:
    ann, made = await a_member(house.client()), built(house.app)
    given = await browse(house, ann)
    house.clock.advance(minutes=7)
    someone = await actor(made, given.cookie.reveal())
    assert isinstance(someone, Someone)
    assert (someone.session, someone.aal, someone.authenticated_ago) == (given.session_id, 1, timedelta(minutes=7))
    token = (await house.client().log_in(ann)).json()["access_token"]
    house.clock.advance(minutes=2)
    bearer = await made.recogniser.known(made.database, made.recogniser.signed(token), Circumstance())
    assert isinstance(bearer, Someone)
    assert (bearer.aal, bearer.authenticated_ago) == (1, timedelta(minutes=2))


async def test_looking_at_pages_keeps_a_session_and_looking_away_ends_it(house: House) -> None:
    """Clause 18: NIST SP 800-63B-4 5.2."""
    ann, made = await a_member(house.client()), built(house.app)
    given = await browse(house, ann)
    for _ in range(3):
        house.clock.advance(minutes=50)
        assert await known(house, given.cookie.reveal()) == (200, "ann_2026")
        await made.sessions.touches.write(Visit(made.database, Circumstance()))
    house.clock.advance(minutes=60)
    assert await known(house, given.cookie.reveal()) == (401, "session_ended")


async def test_a_server_writes_uses_down_and_sweeps_what_is_over_by_itself(house: House) -> None:
    made = built(house.app)
    assert "sessions.touches" in {each.name for each in made.background}
    assert "sessions.sweep" in {each.name for each in made.chores.all}


async def test_a_database_that_is_away_costs_a_use_and_no_request(house: House) -> None:
    ann, made = await a_member(house.client()), built(house.app)
    given = await browse(house, ann)
    house.clock.advance(minutes=5)
    assert await known(house, given.cookie.reveal()) == (200, "ann_2026")
    await made.database.stop()
    with pytest.raises(Unavailable):
        await made.sessions.touches.write(Visit(made.database, Circumstance()))
    await made.database.start(made.bus.dispatch)
    assert await known(house, given.cookie.reveal()) == (200, "ann_2026")
    assert await made.sessions.touches.write(Visit(made.database, Circumstance())) == 1


async def test_nobody_gets_a_session_without_doing_something_for_it(house: House) -> None:
    """Clause 47: ASVS 7.6.2."""
    ann = await a_member(house.client())
    for path in ("/me", "/healthz", "/.well-known/jwks.json", "/openapi.json"):
        answer = await house.client().get(path, headers={"cookie": "daemun=x; __Host-daemun=x"})
        assert "daemun=" not in answer.headers.get("set-cookie", "")
    made, user = built(house.app), await person(house, ann)
    assert await made.database.read(lambda tx: made.sessions.sessions_of(tx, user.id)) == []


async def test_who_is_behind_a_cookie_is_one_statement(house: House) -> None:
    ann, made = await a_member(house.client()), built(house.app)
    given = await browse(house, ann)
    cookie = made.recogniser.signed_cookie(given.cookie.reveal())
    session, user, _ = await made.database.glance(WHOSE, token_hash=cookie.token_hash, now=micros(house.clock.now()))
    assert session is not None
    assert user is not None
    assert session[0] == given.session_id
    assert session[1] == user[0]
    nobody = await made.database.glance(WHOSE, token_hash="0" * 64, now=micros(house.clock.now()))
    assert nobody[:2] == (None, None)


async def test_an_answer_that_was_meant_for_somebody_else_opens_nothing(house: House) -> None:
    ann, bob = await a_member(house.client()), await a_member(house.client(), handle="bob_2026", email="bob@example.com")
    made, now = built(house.app), micros(house.clock.now())
    anns, bobs = [made.recogniser.signed_cookie((await browse(house, each)).cookie.reveal()) for each in (ann, bob)]
    row = await made.database.glance(WHOSE, token_hash=bobs.token_hash, now=now)
    assert isinstance(made.recogniser._someone(row, bobs, now), Someone)
    assert isinstance(made.recogniser._someone(row, anns, now), SessionEnded)


async def test_a_lost_answer_is_given_again_to_the_same_device_at_another_address(house: House) -> None:
    made, ann = built(house.app), await a_member(house.client())
    device = {"cookie": f"{made.pages.jar.name('device')}={made.sessions.devices.cookie().cookie.reveal()}"}
    forged = {"cookie": device["cookie"][:-2] + "AA"}
    first = (await house.client(**device).log_in(ann)).json()["refresh_token"]
    second = await house.client("198.51.100.7", **device).refresh(first)
    house.clock.advance(seconds=5)
    again = await house.client("203.0.113.200", **device).refresh(first)
    assert (again.status_code, again.json()) == (200, second.json())
    assert (await house.client("203.0.113.201", **forged).refresh(first)).json()["code"] == "refresh_replayed"
