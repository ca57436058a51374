"""Those who help people see what became of a letter, and send it again. They never see its words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.features.mail.rooms import LINK, a_letter
from tests.house import Client, House, Member, a_house, a_member, built

from daemun.core.circumstance import Circumstance
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer
from daemun.features.mail import store

HELPER = Member(handle="helper_1", email="helper@example.com", name="도우미")


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as found:
        yield found


async def posted(house: House, count: int = 1, *, state: str = "failed") -> None:
    found = built(house.app)
    for _ in range(count):
        house.clock.advance(seconds=1)
        await found.database.work(lambda work: found.mail.post(work, a_letter()), Circumstance())
    values = {"state": state, "last_error": "550 recipient", "tries": 3}
    await found.database.work(lambda work: work.run(update(store.letters).values(values)), Circumstance())


async def a_helper(house: House) -> tuple[Client, str]:
    """Somebody of the support."""
    client, found = house.client(), built(house.app)
    newcomer = Newcomer(HELPER.handle, HELPER.email, HELPER.name, Secret(HELPER.password))
    await found.make_admin(found.visit("test"), newcomer, role="support_admin")
    return client, (await client.log_in(HELPER)).json()["access_token"]


async def test_a_helper_sees_what_became_of_a_letter_and_not_what_it_says(house: House) -> None:
    await posted(house)
    client, token = await a_helper(house)
    answer = await client.get("/api/v1/letters", token=token)
    (letter,) = answer.json()["letters"]
    assert (letter["kind"], letter["state"], letter["tries"], letter["error"]) == ("welcome", "failed", 3, "550 recipient")
    assert letter["user_id"] == a_letter().user_id
    assert not [hidden for hidden in ("ann@example.com", "안은주", LINK, "48201937", "sealed") if hidden in answer.text]


async def test_letters_are_listed_newest_first_a_page_at_a_time(house: House) -> None:
    await posted(house, 5)
    client, token = await a_helper(house)
    first = (await client.get("/api/v1/letters?limit=3", token=token)).json()
    rest = (await client.get(f"/api/v1/letters?limit=3&after={first['next']}", token=token)).json()
    ids = [each["id"] for each in first["letters"] + rest["letters"]]
    assert len(ids) == 5
    assert ids == sorted(ids, reverse=True)
    assert rest["next"] is None
    assert (await client.get("/api/v1/letters?state=waiting", token=token)).json()["letters"] == []
    for wrong in ("limit=0", "limit=201", "after=x", "state=opened"):
        assert (await client.get(f"/api/v1/letters?{wrong}", token=token)).status_code == 422


async def test_a_failed_letter_is_sent_again_when_a_helper_says_so(house: House) -> None:
    await posted(house)
    client, token = await a_helper(house)
    letter = (await client.get("/api/v1/letters", token=token)).json()["letters"][0]
    path = f"/api/v1/letters/{letter['id']}/retry"
    again = await client.post(path, token=token)
    assert (again.status_code, again.json()["state"], again.json()["tries"]) == (200, "waiting", 0)
    assert built(house.app).mail.bell.is_set()
    twice = await client.post(path, token=token)
    assert (twice.status_code, twice.json()["code"]) == (409, "letter_not_failed")
    nothing = await client.post(f"/api/v1/letters/{'0' * 26}/retry", token=token)
    assert nothing.status_code == 404


async def test_a_member_may_neither_see_nor_send(house: House) -> None:
    await posted(house)
    client = house.client()
    token = (await client.log_in(await a_member(client))).json()["access_token"]
    for given, status in ((None, 401), (token, 403)):
        assert (await client.get("/api/v1/letters", token=given)).status_code == status
        assert (await client.post(f"/api/v1/letters/{'0' * 26}/retry", token=given)).status_code == status
